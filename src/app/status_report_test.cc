#include "app/status_report.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "edge/store/history_store.h"
#include "testing/fake_clock.h"
#include "testing/temporary_directory.h"

namespace backstop::app {
namespace {

const Instant kNow = parse_instant("2026-11-21T12:00:00Z").value();

transaction::HistoryRow make_row(std::string verdict, std::string decision, std::string enforced,
                                 Instant at) {
  transaction::HistoryRow row;
  row.at = at;
  row.queue_id = "4fzX";
  row.recipients = {"anna@Example.com"};
  row.verdict = std::move(verdict);
  row.decision = std::move(decision);
  row.enforced = std::move(enforced);
  return row;
}

class StatusTest : public ::testing::Test {
 protected:
  StatusTest() {
    basis_.now = kNow;
    basis_.config.store_directory = directory_.path();
    basis_.config.keys_directory = directory_ / "keys";
    config::Domain& domain = basis_.config.domains["example.com"];
    domain.name = "example.com";
  }
  void beat(Instant at) const {
    std::ofstream(directory_ / "heartbeat")
        << os::render_beat({.at = at, .pid = 123, .started = kNow - Days{1}});
  }
  void remember(const std::vector<transaction::HistoryRow>& rows) const {
    testing::FakeClock clock(kNow);
    store::HistoryStore store(directory_.path(), {}, clock, [](const auto&) {});
    for (const transaction::HistoryRow& row : rows)
      store.append(row);
    store.flush();
  }
  static bool has_problem(const StatusReport& report, std::string_view part) {
    for (const std::string& problem : report.problems)
      if (problem.find(part) != problem.npos) return true;
    return false;
  }

  testing::TemporaryDirectory directory_;
  Basis basis_;
};

TEST_F(StatusTest, says_that_a_ring_made_anew_keeps_all_domains_in_observe_for_a_lifetime) {
  std::ofstream(directory_ / "ring") << "0123456789abcdef 2026-11-11T12:00:00Z\n";
  EXPECT_TRUE(has_problem(find_status(basis_), "observes until 2026-12-02T12:00:00Z"));
  basis_.now = kNow + Days{12};
  EXPECT_FALSE(has_problem(find_status(basis_), "ring of keys"));
  std::ofstream(directory_ / "ring") << "0123456789abcdef -\n";
  EXPECT_FALSE(has_problem(find_status(basis_), "ring of keys"));
}

TEST_F(StatusTest, counts_what_would_have_been_refused_by_day_week_and_fortnight) {
  std::vector<transaction::HistoryRow> rows;
  for (int day = 0; day < 20; ++day) {
    const Instant at = kNow - Days{day} - Seconds{60};
    rows.push_back(make_row("forged", "mark", "refuse", at));
    rows.push_back(make_row("genuine", "accept", "accept", at));
  }
  rows.push_back(make_row("forged", "refuse", "refuse", kNow));
  rows.push_back(make_row("unproven", "mark", "mark", kNow));
  rows.push_back(make_row("late", "accept", "accept", kNow));
  rows.push_back(make_row("replayed", "mark", "mark", kNow));
  remember(rows);
  const StatusReport report = find_status(basis_);
  ASSERT_EQ(report.domains.size(), 1U);
  const DomainStatus& status = report.domains[0];
  EXPECT_EQ(status.day.judged, 6U);
  EXPECT_EQ(status.day.forged, 2U);
  EXPECT_EQ(status.day.refused, 1U);
  EXPECT_EQ(status.day.would_refuse, 1U);
  EXPECT_EQ(status.day.genuine, 1U);
  EXPECT_EQ(status.day.late, 1U);
  EXPECT_EQ(status.day.unproven, 1U);
  EXPECT_EQ(status.day.replayed, 1U);
  EXPECT_EQ(status.week.would_refuse, 7U);
  EXPECT_EQ(status.span.would_refuse, 14U);
  EXPECT_EQ(report.span_days, 14U);
  EXPECT_NE(say_domain(status, report.span_days)
                .find("observe; not safe to enforce yet; 15 forged and 0 genuine would have been "
                      "refused in 14 days; it still needs: "),
            std::string::npos);
}

TEST_F(StatusTest, claims_no_more_days_than_it_has_counted) {
  remember({make_row("forged", "mark", "refuse", kNow - Days{2})});
  EXPECT_EQ(find_status(basis_).span_days, 2U);
}

TEST_F(StatusTest, never_hides_genuine_mail_that_would_have_been_refused) {
  remember({make_row("genuine", "mark", "refuse", kNow)});
  const StatusReport report = find_status(basis_);
  EXPECT_NE(say_domain(report.domains[0], 14).find("0 forged and 1 genuine would have"),
            std::string::npos);
}

TEST_F(StatusTest, takes_a_fresh_heartbeat_for_a_living_daemon_and_no_other) {
  for (const auto& [age, running] : std::vector<std::pair<int, bool>>{
           {0, true}, {9, true}, {11, false}, {86'400, false}, {-3600, false}}) {
    beat(kNow - Seconds{age});
    const StatusReport report = find_status(basis_);
    EXPECT_EQ(report.is_running, running) << age;
    EXPECT_EQ(has_problem(report, "is not running"), !running) << age;
  }
}

TEST_F(StatusTest, says_that_it_never_ran) {
  EXPECT_TRUE(has_problem(find_status(basis_), "never ran"));
}

TEST_F(StatusTest, tells_of_gaps_of_the_last_week_and_of_mail_that_passes_unseen) {
  beat(kNow);
  std::ofstream(directory_ / "gaps") << "2026-11-01T00:00:00Z 2026-11-01T01:00:00Z down\n"
                                        "2026-11-20T00:00:00Z 2026-11-20T01:00:00Z down\n"
                                        "2026-11-20T02:00:00Z 2026-11-20T03:00:00Z unseen\n"
                                        "2026-11-21T11:00:00Z 2026-11-21T11:59:30Z signing\n"
                                        "not a gap\n";
  const StatusReport report = find_status(basis_);
  ASSERT_EQ(report.gaps.size(), 3U);
  EXPECT_EQ(report.gaps[0].cause, proof::GapCause::Signing);
  EXPECT_TRUE(has_problem(report, "goes out unsigned just now"));
  EXPECT_TRUE(has_problem(report, "without passing backstopd"));
  EXPECT_TRUE(has_problem(report, "1 line that cannot be read"));
}

TEST_F(StatusTest, tells_of_a_domain_that_fell_back_or_is_forced) {
  config::Domain& domain = basis_.config.domains["example.com"];
  domain.mode = policy::Mode::Enforce;
  StatusReport report = find_status(basis_);
  EXPECT_TRUE(has_problem(report, "example.com is to enforce, and observes"));
  EXPECT_TRUE(say_domain(report.domains[0], 14).starts_with("observe, though it is to enforce; "));
  domain.forced_until = kNow + Days{2};
  report = find_status(basis_);
  EXPECT_TRUE(has_problem(report, "enforces by force until 2026-11-23T12:00:00Z"));
  EXPECT_TRUE(say_domain(report.domains[0], 14).starts_with("enforce, by force until 2026-11-23"));
}

TEST_F(StatusTest, says_from_when_on_it_is_safe_to_enforce_and_who_bypasses_signing) {
  DomainStatus status;
  status.domain = {.name = "a.test"};
  status.span = {.would_refuse = 61'204};
  EXPECT_EQ(say_domain(status, 14),
            "observe; safe to enforce: backstop mode a.test enforce; 61,204 forged and 0 genuine "
            "would have been refused in 14 days");
  status.unmet.push_back({.name = "signing_since", .what = "w", .todo = "t", .until = kNow});
  EXPECT_EQ(say_domain(status, 14),
            "observe; safe to enforce from 2026-11-21T12:00:00Z; 61,204 forged and 0 genuine would "
            "have been refused in 14 days");
  status.unmet.push_back({.name = "path", .what = "the shop", .todo = "t"});
  status.unmet.push_back({.name = "path", .what = "a phone", .todo = "t"});
  EXPECT_EQ(say_domain(status, 14),
            "observe; not safe to enforce yet; 61,204 forged and 0 genuine would have been refused "
            "in 14 days; 2 senders bypass signing: the shop; a phone");
}

TEST_F(StatusTest, tells_of_a_history_and_a_ledger_that_cannot_be_read) {
  beat(kNow);
  std::ofstream(directory_ / "history.db") << std::string(5000, 'x');
  std::ofstream(directory_ / "ledger.db") << std::string(5000, 'x');
  const StatusReport report = find_status(basis_);
  EXPECT_TRUE(has_problem(report, "The history cannot be read"));
  EXPECT_TRUE(has_problem(report, "The ledger cannot be read"));
}

TEST_F(StatusTest, fits_into_eighty_columns_with_large_numbers) {
  beat(kNow);
  StatusReport report = find_status(basis_);
  Totals& week = report.domains[0].week;
  week = {.judged = 1'234'567,
          .genuine = 123'456,
          .late = 9'999,
          .unproven = 123'456,
          .replayed = 123'456,
          .forged = 999'999,
          .refused = 999'999,
          .would_refuse = 999'999,
          .genuine_would_refuse = 0,
          .signed_out = 1,
          .unsigned_out = 0};
  const std::string page = render_status_page(report);
  const std::size_t at = page.find("  week ");
  ASSERT_NE(at, std::string::npos) << page;
  EXPECT_LE(page.find('\n', at) - at, 79U) << page;
}

TEST_F(StatusTest, gives_many_domains_a_line_each) {
  for (int i = 0; i < 500; ++i) {
    config::Domain& domain = basis_.config.domains["d" + std::to_string(i) + ".test"];
    domain.name = "d" + std::to_string(i) + ".test";
  }
  const std::string page = render_status_page(find_status(basis_));
  EXPECT_LT(std::count(page.begin(), page.end(), '\n'), 230);
  EXPECT_NE(page.find("and 301 more"), std::string::npos);
}

TEST_F(StatusTest, tells_the_same_to_a_program) {
  beat(kNow);
  remember({make_row("forged", "mark", "refuse", kNow)});
  const auto json = nlohmann::json::parse(render_status_json(find_status(basis_)));
  EXPECT_EQ(json["v"], 1);
  EXPECT_EQ(json["good"], false);  // There are no keys.
  EXPECT_EQ(json["daemon"]["pid"], 123);
  EXPECT_EQ(json["domains"][0]["week"]["would_refuse"], 1);
  EXPECT_EQ(json["history"]["rows"], 1);
}

}  // namespace
}  // namespace backstop::app
