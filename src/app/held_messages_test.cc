#include "app/held_messages.h"

#include <gtest/gtest.h>

#include "app/quarantine_page.h"
#include "app/store_files.h"

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
