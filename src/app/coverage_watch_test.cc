#include "app/coverage_watch.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "app/alarm_board.h"
#include "app/coverage_file.h"
#include "testing/fake_alarms.h"
#include "testing/fake_clock.h"
#include "testing/fake_log.h"
#include "testing/fake_metrics.h"
#include "testing/fixed_surroundings.h"
#include "testing/temporary_directory.h"

namespace backstop::app {
namespace {

using coverage::PathKind;
using coverage::PathName;
using coverage::Word;
using policy::Coverage;

const Instant kNoon = parse_instant("2026-11-21T12:00:00Z").value();
const std::string kShop = "shop.test";
const PathName kEsp{PathKind::MessageId, "esp.example"};
const mail::Address kAnna{.local = "anna", .domain = "shop.test"};

class CoverageWatchTest : public ::testing::Test {
 protected:
  CoverageWatchTest() {
    config_.domains[kShop].name = kShop;
    config_.domains["off.test"] = {};
    config_.domains["off.test"].name = "off.test";
    config_.domains["off.test"].mode = policy::Mode::Off;
    begin();
  }
  void begin() {
    watch_.reset();
    watch_ = std::make_unique<CoverageWatch>(folder_.path(), surroundings_, alarms_, log_, kNoon);
    put_in_force();
  }
  void put_in_force(std::vector<proof::SigningGap> gaps = {}) {
    transaction::Surroundings in_force;
    in_force.config = std::make_shared<const config::Config>(config_);
    in_force.gaps = std::make_shared<const std::vector<proof::SigningGap>>(std::move(gaps));
    in_force.coverage = watch_->list();
    surroundings_.set(in_force);
  }
  void beat(Instant now = kNoon) {
    watch_->beat(now);
    put_in_force();
  }
  void send(bool is_signed, Instant at = kNoon) {
    transaction::Record record;
    record.at = at;
    record.direction = transaction::Direction::Outgoing;
    record.sender_address = kAnna;
    record.sender_is_ours = true;
    record.is_signed = is_signed;
    watch_->on_record(record, "q");
  }
  // A bounce of what we never signed, from a known correspondent unless `is_known` is false.
  void bounce(const mail::Address& to, bool is_known = true, Instant at = kNoon + Days(1)) {
    transaction::Record record;
    record.at = at;
    auto reading = std::make_shared<reading::Reading>();
    reading->kind = reading::Kind::Bounce;
    reading->returned.message_id = "1@esp.example";
    reading->returned.date = at;
    record.reading = reading;
    policy::Facts facts;
    facts.kind = reading::Kind::Bounce;
    facts.returned = policy::ReturnedShape::Enough;
    facts.pair = is_known ? policy::Pair::Known : policy::Pair::Absent;
    record.facts = {facts};
    record.recipient_addresses = {{to, true}};
    watch_->on_record(record, "q");
  }
  void publish() {
    watch_->on_spf(kShop,
                   coverage::SpfFindings{.has_record = true, .all = '-', .places = {}, .fault = ""},
                   kNoon);
  }
  Coverage coverage() const { return watch_->list()->coverage(kShop, "anna@shop.test"); }
  std::string file(std::string_view name) const {
    std::ifstream in(folder_ / std::string(name));
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }

  ::backstop::testing::TemporaryDirectory folder_;
  ::backstop::testing::FakeLog log_;
  ::backstop::testing::FakeAlarms alarms_{log_};
  config::Config config_;
  ::backstop::testing::FixedSurroundings surroundings_;
  std::unique_ptr<CoverageWatch> watch_;
};

TEST_F(CoverageWatchTest, WhatIsSignedAndListedIsCoveredAndStaysSoOverARestart) {
  send(true);
  publish();
  beat();
  EXPECT_EQ(coverage(), Coverage::Covered);
  EXPECT_EQ(watch_->list()->signing_since(kShop), kNoon);
  begin();
  EXPECT_EQ(coverage(), Coverage::Covered);
  EXPECT_EQ(watch_->list()->signing_since(kShop), kNoon);
}

TEST_F(CoverageWatchTest, AReturnedOriginalOfACorrespondentOpensAPath) {
  send(true);
  publish();
  beat();
  bounce(kAnna, false);
  beat();
  EXPECT_EQ(coverage(), Coverage::Covered) << "its text alone says nothing";
  bounce(kAnna);
  beat();
  EXPECT_EQ(coverage(), Coverage::Partly);
  const auto views = read_coverage([&] {
    config::Config config = config_;
    config.store_directory = folder_.path();
    return config;
  }());
  ASSERT_TRUE(views) << views.error().text();
  EXPECT_EQ(views->at(kShop).paths.front().name, kEsp);
  EXPECT_EQ(views->at(kShop).paths.front().addresses, std::vector<std::string>{"anna@shop.test"});
}

TEST_F(CoverageWatchTest, AWordOfACommandIsInForceWithTheNextBeatAndCanBeTakenBack) {
  send(true);
  publish();
  beat();
  bounce(kAnna);
  beat();
  ASSERT_EQ(say_of_path(folder_.path(), kShop, kEsp, Word::NotOurs, kNoon), true);
  beat();
  EXPECT_EQ(coverage(), Coverage::Covered);
  ASSERT_EQ(say_of_path(folder_.path(), kShop, kEsp, Word::None, kNoon), true);
  beat();
  EXPECT_EQ(coverage(), Coverage::Partly);
  EXPECT_EQ(say_of_path(folder_.path(), kShop, kEsp, Word::None, kNoon), false);
}

TEST_F(CoverageWatchTest, ADomainThatIsOffOrNotOursIsNotWatched) {
  bounce({.local = "x", .domain = "off.test"});
  watch_->on_logged({.path = kEsp, .sender = "x@off.test", .at = kNoon, .is_signed = false});
  watch_->on_logged({.path = kEsp, .sender = "x@else.test", .at = kNoon, .is_signed = false});
  watch_->on_logged({.path = kEsp, .sender = "", .at = kNoon, .is_signed = false});
  beat();
  watch_->rest();
  EXPECT_EQ(file(kCoverageFile).find("off.test"), std::string::npos);
  EXPECT_EQ(file(kCoverageFile).find("else.test"), std::string::npos);
}

TEST_F(CoverageWatchTest, WhatTheLogShowsBesideAGapIsTheGaps) {
  send(true);
  publish();
  beat();
  const LoggedSending unseen{.path = {PathKind::Service, "postfix/smtpd"},
                             .sender = "anna@shop.test",
                             .at = kNoon,
                             .is_signed = false};
  put_in_force({{kNoon - Seconds(30), kNoon - Seconds(10), proof::GapCause::Down}});
  watch_->on_logged(unseen);
  beat();
  EXPECT_EQ(coverage(), Coverage::Covered);
  put_in_force({{kNoon, kNoon, proof::GapCause::Unseen}});
  watch_->on_logged(unseen);
  beat();
  EXPECT_EQ(coverage(), Coverage::Partly);
}

TEST_F(CoverageWatchTest, ALongGapMakesSigningBeginAnew) {
  send(true);
  beat();
  put_in_force({{kNoon + Days(1), kNoon + Days(3), proof::GapCause::Down}});
  watch_->beat(kNoon + Days(3));
  watch_->beat(kNoon + Days(3));
  EXPECT_EQ(watch_->list()->signing_since(kShop), kNoon + Days(3));
}

TEST_F(CoverageWatchTest, ADamagedFileIsMovedAsideAndLeavesNothingCovered) {
  send(true);
  publish();
  beat();
  std::string text = file(kCoverageFile);
  text[text.size() / 2] ^= 1;
  std::ofstream(folder_ / std::string(kCoverageFile)) << text;
  begin();
  EXPECT_EQ(log_.count("[coverage-lost]"), 1U) << log_.text();
  EXPECT_EQ(file("coverage.corrupt-20261121T120000Z"), text);
  send(true);
  publish();
  beat();
  EXPECT_EQ(coverage(), Coverage::Unknown);
  begin();
  EXPECT_EQ(log_.count("[coverage-lost]"), 1U) << "the new one is whole";
  EXPECT_EQ(coverage(), Coverage::Unknown) << "and remembers the loss";
  ASSERT_TRUE(say_whole(folder_.path(), kShop, true, kNoon + Seconds(1)));
  beat();
  EXPECT_EQ(coverage(), Coverage::Covered);
}

TEST_F(CoverageWatchTest, AFileThatIsCutAnywhereIsNone) {
  send(true);
  beat();
  const std::string text = file(kCoverageFile);
  for (std::size_t size = 0; size < text.size(); ++size) {
    std::ofstream(folder_ / std::string(kCoverageFile)) << text.substr(0, size);
    EXPECT_FALSE(read_coverage_book(folder_.path())) << size;
  }
  std::ofstream(folder_ / std::string(kCoverageFile)) << text;
  EXPECT_TRUE(read_coverage_book(folder_.path()));
}

TEST_F(CoverageWatchTest, DamageOfOneDomainIsThatDomainsAlone) {
  send(true);
  publish();
  beat();
  watch_.reset();
  coverage::Book book = *read_coverage_book(folder_.path());
  book.on_outgoing("other.test", true, kNoon);
  book.on_loss("other.test", coverage::kNeverSeen);  // Written as a moment that is none.
  ASSERT_TRUE(write_coverage_book(folder_.path(), book, kNoon));
  begin();
  EXPECT_EQ(coverage(), Coverage::Covered);
  EXPECT_TRUE(alarms_.is_open(alarm::Alarm::CoverageLost));
  EXPECT_EQ(log_.count("other.test does not count as covered"), 1U) << log_.text();
  EXPECT_FALSE(file("coverage.corrupt-20261121T120000Z").empty());
  EXPECT_EQ(read_coverage_book(folder_.path())->find("other.test")->lost, kNoon)
      << "on the disk at once";
}

TEST_F(CoverageWatchTest, DamagedWordsLeaveThoseOfBeforeInForce) {
  send(true);
  publish();
  beat();
  bounce(kAnna);
  ASSERT_TRUE(say_of_path(folder_.path(), kShop, kEsp, Word::NotOurs, kNoon));
  beat();
  ASSERT_EQ(coverage(), Coverage::Covered);
  const std::string good = file(kCoverageWordsFile);
  const std::string bad = "backstop coverage-words 1\nwh";
  std::ofstream(folder_ / std::string(kCoverageWordsFile)) << bad;
  beat();
  EXPECT_EQ(coverage(), Coverage::Covered);
  EXPECT_TRUE(alarms_.is_open(alarm::Alarm::CoverageFailing));
  EXPECT_EQ(log_.count("read last stay in force"), 1U) << log_.text();
  EXPECT_FALSE(say_whole(folder_.path(), kShop, true, kNoon)) << "nothing is built on it";
  EXPECT_EQ(file(kCoverageWordsFile), bad) << "and it is not touched";
  std::ofstream(folder_ / std::string(kCoverageWordsFile)) << good;
  beat();
  EXPECT_FALSE(alarms_.is_open(alarm::Alarm::CoverageFailing));
  EXPECT_EQ(coverage(), Coverage::Covered);
}

TEST_F(CoverageWatchTest, WordsThatCouldNeverBeReadLeaveNothingCovered) {
  send(true);
  publish();
  beat();
  ASSERT_EQ(coverage(), Coverage::Covered);
  std::ofstream(folder_ / std::string(kCoverageWordsFile)) << "backstop coverage-words 1\nwh";
  begin();
  EXPECT_EQ(coverage(), Coverage::Unknown) << "who knows what was said to be ours";
  EXPECT_EQ(watch_->view(kShop).coverage, Coverage::Unknown);
  EXPECT_TRUE(alarms_.is_open(alarm::Alarm::CoverageFailing));
  std::filesystem::remove(folder_ / std::string(kCoverageWordsFile));
  beat();
  EXPECT_EQ(coverage(), Coverage::Covered) << "moved away";
  EXPECT_FALSE(alarms_.is_open(alarm::Alarm::CoverageFailing));
}

TEST_F(CoverageWatchTest, ItsAlarmsAreMetricsAndStandInTheStatus) {
  ::backstop::testing::FakeClock clock;
  ::backstop::testing::FakeMetrics counters;
  AlarmBoard board(folder_.path(), clock, counters, log_);
  const auto cell = [&](alarm::Alarm alarm) {
    return counters.values().at(metrics::cell_of(metrics::series(metrics::Metric::Alarm, alarm)));
  };
  std::filesystem::create_directory(folder_ / "coverage");
  CoverageWatch watch(folder_.path(), surroundings_, board, log_, kNoon);
  EXPECT_EQ(cell(alarm::Alarm::CoverageLost), 1);
  EXPECT_EQ(cell(alarm::Alarm::CoverageFailing), 0);
  transaction::Record record;
  record.direction = transaction::Direction::Outgoing;
  record.sender_address = kAnna;
  record.sender_is_ours = true;
  std::filesystem::remove(folder_ / "coverage");
  std::filesystem::create_directory(folder_ / "coverage");
  watch.on_record(record, "q");
  watch.beat(kNoon + kCoverageRewrite);
  EXPECT_EQ(cell(alarm::Alarm::CoverageFailing), 1);
  board.beat(clock.now());
  const auto standing = read_alarms(folder_.path());
  ASSERT_TRUE(standing);
  EXPECT_TRUE(std::ranges::any_of(*standing, [](const alarm::Standing& one) {
    return one.alarm == alarm::Alarm::CoverageFailing && one.is_open;
  }));
  std::filesystem::remove(folder_ / "coverage");
  watch.beat(kNoon + 2 * kCoverageRewrite);
  EXPECT_EQ(cell(alarm::Alarm::CoverageFailing), 0);
}

TEST_F(CoverageWatchTest, ADiskThatFailsTakesNothingFromWhatIsKnown) {
  send(true);
  publish();
  std::filesystem::create_directory(folder_ / "coverage");
  beat();
  EXPECT_EQ(coverage(), Coverage::Covered);
  EXPECT_EQ(log_.count("in memory only"), 1U) << log_.text();
  EXPECT_TRUE(alarms_.is_open(alarm::Alarm::CoverageFailing));
  std::filesystem::remove(folder_ / "coverage");
  beat(kNoon + kCoverageRewrite);
  EXPECT_FALSE(alarms_.is_open(alarm::Alarm::CoverageFailing));
  EXPECT_TRUE(read_coverage_book(folder_.path())->find(kShop));
}

TEST_F(CoverageWatchTest, SilenceOfDnsLeavesWhatIsKnown) {
  send(true);
  publish();
  EXPECT_EQ(watch_->spf_due(kShop), kNoon + Days(1));
  watch_->on_spf(kShop, fail(Errc::Unavailable, kShop, "no answer"), kNoon + Days(1));
  beat();
  EXPECT_EQ(coverage(), Coverage::Covered);
  EXPECT_EQ(watch_->spf_due(kShop), kNoon + Days(1) + std::chrono::minutes(15));
  EXPECT_EQ(watch_->spf_due("new.test"), Instant{});
}

TEST_F(CoverageWatchTest, AnAnswerThatSaysLessCountsWhenItComesTwice) {
  send(true);
  publish();
  const auto quarter = std::chrono::minutes(15);
  const coverage::SpfFindings gone;
  watch_->on_spf(kShop, gone, kNoon + Days(1));
  beat();
  EXPECT_EQ(coverage(), Coverage::Covered);
  EXPECT_EQ(watch_->spf_due(kShop), kNoon + Days(1) + quarter);
  watch_->on_spf(kShop, fail(Errc::Unavailable, kShop, "SERVFAIL"), kNoon + Days(1) + quarter);
  beat();
  EXPECT_EQ(coverage(), Coverage::Covered) << "nobody's answer is no second one";
  EXPECT_EQ(watch_->spf_due(kShop), kNoon + Days(1) + 2 * quarter);
  watch_->on_spf(kShop, gone, kNoon + Days(1) + 2 * quarter);
  beat();
  EXPECT_EQ(coverage(), Coverage::Unknown);
  EXPECT_EQ(watch_->spf_due(kShop), kNoon + Days(2) + 2 * quarter);
  EXPECT_EQ(log_.count("says less than before"), 1U) << log_.text();
}

TEST_F(CoverageWatchTest, AnAnswerThatSaysLessOnceIsForgotten) {
  send(true);
  publish();
  watch_->on_spf(kShop, coverage::SpfFindings{}, kNoon + Days(1));
  publish();
  watch_->on_spf(kShop, coverage::SpfFindings{}, kNoon + Days(2));
  beat();
  EXPECT_EQ(coverage(), Coverage::Covered) << "each is the first";
}

TEST_F(CoverageWatchTest, AnswersThatNeverAgreeCountAfterADay) {
  send(true);
  publish();
  coverage::SpfFindings broken{.has_record = true, .all = ' ', .places = {}, .fault = ""};
  for (unsigned i = 0; i < 96; ++i) {
    broken.fault = std::to_string(i);
    watch_->on_spf(kShop, broken, kNoon + i * std::chrono::minutes(15));
  }
  beat();
  EXPECT_EQ(coverage(), Coverage::Covered);
  broken.fault = "last";
  watch_->on_spf(kShop, broken, kNoon + Days(1));
  beat();
  EXPECT_EQ(coverage(), Coverage::Unknown);
}

TEST_F(CoverageWatchTest, CommandsAtTheSameTimeLoseNoWord) {
  std::vector<std::thread> commands;
  for (int i = 0; i < 8; ++i) {
    commands.emplace_back([&, i] {
      for (int k = 0; k < 5; ++k)
        EXPECT_TRUE(say_of_path(folder_.path(), kShop,
                                {PathKind::Relay, std::to_string(i) + "-" + std::to_string(k)},
                                Word::NotOurs, kNoon));
    });
  }
  for (std::thread& command : commands)
    command.join();
  EXPECT_EQ(read_coverage_words(folder_.path())->at(kShop).said.size(), 40U);
}

TEST_F(CoverageWatchTest, WordsBelongToWhomTheDirectoryBelongs) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  ASSERT_EQ(chown(folder_.path().c_str(), 12345, 12346), 0);
  ASSERT_TRUE(say_whole(folder_.path(), kShop, true, kNoon));
  struct stat status{};
  ASSERT_EQ(stat((folder_ / std::string(kCoverageWordsFile)).c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 12345U);
  EXPECT_EQ(status.st_gid, 12346U);
}

TEST_F(CoverageWatchTest, TheWordOursGathersAddresses) {
  ASSERT_TRUE(say_of_path(folder_.path(), kShop, kEsp, Word::Ours, kNoon, {"b@shop.test"}));
  ASSERT_TRUE(say_of_path(folder_.path(), kShop, kEsp, Word::Ours, kNoon, {"a@shop.test"}));
  EXPECT_EQ(read_coverage_words(folder_.path())->at(kShop).said.at(kEsp).addresses,
            (std::vector<std::string>{"a@shop.test", "b@shop.test"}));
  EXPECT_EQ(say_of_path(folder_.path(), kShop, kEsp, Word::Ours, kNoon, {"a@shop.test"}), false);
  std::vector<std::string> many(limits::kPathAddresses + 1);
  for (std::size_t i = 0; i < many.size(); ++i)
    many[i] = std::to_string(i) + "@shop.test";
  EXPECT_EQ(say_of_path(folder_.path(), kShop, kEsp, Word::Ours, kNoon, many).error().code,
            Errc::Limit);
  EXPECT_EQ(say_of_path(folder_.path(), kShop, {}, Word::Ours, kNoon).error().code, Errc::Invalid);
}

}  // namespace
}  // namespace backstop::app
