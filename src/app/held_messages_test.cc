#include "app/held_messages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "app/quarantine_page.h"
#include "app/store_files.h"
#include "core/base/held_limits.h"

namespace backstop::app {
namespace {

TEST(HeaderField, IsFoundByItsNameAndUnfolded) {
  const std::string header =
      "X-Subject: no\r\nsubject : one\r\n two\r\nSubject: three\r\n\r\nFrom: body\r\n";
  EXPECT_EQ(find_header_field(header, "Subject"), "one two");
  EXPECT_EQ(find_header_field(header, "From"), "");
  EXPECT_EQ(find_header_field("", "From"), "");
}

config::Config enforcing(std::string_view more) {
  config::Config config;
  EXPECT_TRUE(config::apply_text(config, "[domains.\"shop.test\"]\nmode = \"enforce\"\n", "t"));
  EXPECT_TRUE(config::apply_text(config, more, "t"));
  return config;
}

transaction::HistoryRow held_row() {
  policy::Facts facts;
  facts.kind = reading::Kind::Delay;
  facts.mode = policy::Mode::Enforce;
  facts.actions.unproven = policy::Decision::Quarantine;
  transaction::HistoryRow row;
  row.recipients = {"anna@shop.test"};
  row.facts = policy::render_facts(facts);
  return row;
}

TEST(DecideToday, FollowsThePolicyInForce) {
  const auto row = held_row();
  EXPECT_EQ(decide_today(row, enforcing("[actions.delay]\nunproven = \"quarantine\"\n")),
            policy::Decision::Quarantine);
  EXPECT_EQ(decide_today(row, enforcing("")), policy::Decision::Mark);
}

TEST(DecideToday, SaysNothingOfWhatItDoesNotKnow) {
  auto row = held_row();
  row.recipients = {"anna@elsewhere.test"};
  EXPECT_FALSE(decide_today(row, enforcing("")));
  row = held_row();
  row.facts = "of another version";
  EXPECT_FALSE(decide_today(row, enforcing("")));
}

// A queue in memory: what an administrator held, then what is ours.
class FakeQueue final : public mta::HeldQueue {
 public:
  mta::HeldListing listing;
  std::set<std::string> judged;    // Their headers have our verdict.
  std::vector<std::string> asked;  // Whose header was read.

  std::string_view server() const override { return "Fake"; }
  Result<mta::HeldListing> list() override { return listing; }
  Result<mta::HeldText> read_header(const std::string& queue_id) override {
    asked.push_back(queue_id);
    return mta::HeldText{"Subject: " + std::string(5000, 'x') +
                             (judged.contains(queue_id) ? "\nBackstop-Verdict: unproven\n" : "\n"),
                         false};
  }
  Result<mta::HeldText> read_message(const std::string& queue_id) override {
    return read_header(queue_id);
  }
  Result<void> release(const mta::HeldMessage&, Instant) override { return {}; }
  Result<void> drop(const mta::HeldMessage&) override { return {}; }
};

TEST(HeldSurvey, LooksAtOursFirstHoweverMuchOthersHold) {
  FakeQueue queue;
  transaction::HeldBook book;
  for (unsigned i = 0; i < limits::kHeldHeaders + 10; ++i) {
    mta::HeldMessage message;
    message.queue_id = "QUEUE" + std::to_string(i);
    message.arrived = Instant{Seconds{i}};
    queue.listing.messages.push_back(message);
  }
  const auto& ours = queue.listing.messages.back();
  const auto& stale = queue.listing.messages[limits::kHeldHeaders + 1];
  for (const auto* one : {&ours, &stale}) {
    book.entries[one->queue_id].verdict = "unproven";
    book.entries[one->queue_id].arrived = one->arrived;
  }
  queue.judged = {ours.queue_id};
  config::Config config;
  config.store_directory.clear();
  const auto survey = survey_held(queue, config, book);
  ASSERT_TRUE(survey);
  ASSERT_EQ(survey->held.size(), queue.listing.messages.size());
  EXPECT_TRUE(survey->held.back().is_ours);
  EXPECT_EQ(survey->held.back().subject.size(), limits::kHeldSubjectBytes);
  EXPECT_EQ(queue.asked.size(), limits::kHeldHeaders);
  EXPECT_EQ(std::ranges::count_if(survey->held, [](const Held& held) { return held.is_ours; }), 1)
      << "one without our verdict is not ours";
}

TEST(HeldNotice, SaysHowManyAndNothingForeign) {
  Held held;
  held.verdict = "unproven";
  held.subject = "buy now";
  held.message.sender = "eve@else.test";
  held.message.queue_id = "ABCDEF";
  const std::string letter = render_held_notice({.from = "postmaster@shop.test",
                                                 .to = "postmaster@shop.test",
                                                 .server = "Postfix",
                                                 .host = "mx",
                                                 .held = {&held, &held},
                                                 .expired = 1,
                                                 .days = 30,
                                                 .now = {}});
  EXPECT_NE(letter.find("Postfix holds 2 messages for Backstop (unproven 2)"), std::string::npos);
  EXPECT_NE(letter.find("Auto-Submitted: auto-generated\n"), std::string::npos);
  EXPECT_NE(letter.find("1 message was dropped"), std::string::npos);
  EXPECT_EQ(letter.find("buy now"), std::string::npos);
  EXPECT_EQ(letter.find("eve@else.test"), std::string::npos);
}

TEST(HeldPage, EscapesWhatIsForeign) {
  Held held;
  held.is_ours = true;
  held.message.queue_id = "ABCDEF";
  held.subject = "red \x1b[31m alert";
  const std::string page = render_held_page({&held}, "Postfix", 0, Instant{});
  EXPECT_EQ(page.find("\x1b[31m"), std::string::npos);
  EXPECT_NE(page.find("\\x1b[31m"), std::string::npos);
}

TEST(StoreFiles, AreKnownByName) {
  EXPECT_EQ(kind_of_store_file("ledger.db"), StoreFile::Database);
  EXPECT_EQ(kind_of_store_file("ledger.db-wal"), StoreFile::Passing);
  EXPECT_EQ(kind_of_store_file("ledger.db.corrupt-2026-11-21T00:00:00Z"), StoreFile::Damaged);
  EXPECT_EQ(kind_of_store_file("heartbeat"), StoreFile::Heartbeat);
  // Restored, they would tell a second time what was told.
  EXPECT_EQ(kind_of_store_file("alarms.spool"), StoreFile::Passing);
  EXPECT_EQ(kind_of_store_file("feed.spool.new"), StoreFile::Passing);
  EXPECT_EQ(kind_of_store_file("feed.spool.damaged"), StoreFile::Damaged);
  EXPECT_EQ(kind_of_store_file("letter-to-a-friend"), StoreFile::Unknown);
}

}  // namespace
}  // namespace backstop::app
