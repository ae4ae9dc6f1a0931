#include "core/transaction/feed_event.h"

#include <gtest/gtest.h>

#include "core/base/feed_limits.h"

namespace backstop::transaction {
namespace {

constexpr Instant kNow{Seconds{1'795'262'400}};

class FeedEventTest : public ::testing::Test {
 protected:
  FeedEventTest() {
    record_.at = kNow;
    record_.direction = Direction::Inbound;
    record_.kind = reading::Kind::Bounce;
    record_.judgement.verdict = policy::Verdict::Genuine;
    record_.judgement.row = 1;
    record_.facts.emplace_back();
    record_.facts.back().token = proof::ProofResult::Valid;
    record_.recipient_addresses.emplace_back(mail::parse_path("alice@example.com").value(), true);
    record_.recipient_addresses.emplace_back(mail::parse_path("x@elsewhere.test").value(), false);
    record_.known_id = "a1@example.com";
    record_.held = {{.index = 0, .address = "bob@remote.test"}};
    add("bob@remote.test", "failed");
  }
  void add(const std::string& address, const std::string& action) {
    reading_.recipients.push_back(
        {.address = address, .action = action, .status = "5.1.1", .diagnostic = {}});
  }
  std::vector<FeedEvent> events() {
    record_.reading = std::make_shared<const reading::Reading>(reading_);
    return feed_events_of(record_, "4B");
  }
  bool bounced() { return events().at(0).bounced; }

  Record record_;
  reading::Reading reading_;
};

TEST_F(FeedEventTest, AHeldRecipientOfAProvedBounceHasBounced) {
  const auto events = this->events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(events[0].bounced);
  EXPECT_EQ(events[0].recipient, "bob@remote.test");
  EXPECT_EQ(events[0].id, "1795262400-4B-0");
  EXPECT_EQ(events[0].to, std::vector<std::string>{"alice@example.com"}) << "ours alone";
  EXPECT_EQ(events[0].proofs, std::vector<std::string_view>{"token"});
}

TEST_F(FeedEventTest, ARecipientThatTheLedgerDoesNotHoldIsNotNamedAndHasNotBounced) {
  record_.held.clear();
  const auto events = this->events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_FALSE(events[0].bounced);
  EXPECT_TRUE(events[0].reports);
  EXPECT_EQ(events[0].recipient, "");
}

TEST_F(FeedEventTest, OnlyTheRecipientsThatAreHeldAreNamed) {
  add("carol@remote.test", "failed");
  add("dave@remote.test", "failed");
  record_.held = {{.index = 0, .address = "bob@remote.test"},
                  {.index = 2, .address = "dave@remote.test"}};
  const auto events = this->events();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_TRUE(events[0].bounced);
  EXPECT_FALSE(events[1].bounced);
  EXPECT_EQ(events[1].recipient, "");
  EXPECT_EQ(events[2].recipient, "dave@remote.test");
  EXPECT_NE(events[0].id, events[1].id);
}

TEST_F(FeedEventTest, WhatWasWrittenToIsNamedWhereAForwardMadeAnotherOfIt) {
  reading_.recipients[0].original = "bob@work.test";
  record_.held = {{.index = 0, .address = "bob@work.test"}};
  EXPECT_EQ(events().at(0).recipient, "bob@work.test");
}

// A stolen header with a recipient that is right, and any victim as the other of the two.
TEST_F(FeedEventTest, WhatStandsBesideTheHeldTextIsNeverNamed) {
  reading_.recipients[0].original = "victim@else.test";
  EXPECT_EQ(events().at(0).recipient, "bob@remote.test");
  reading_.recipients[0].address = "victim@else.test";
  reading_.recipients[0].original = "bob@remote.test";
  EXPECT_EQ(events().at(0).recipient, "bob@remote.test");
}

TEST_F(FeedEventTest, LateIsToldAndHasNeverBounced) {
  record_.judgement.verdict = policy::Verdict::Late;
  record_.judgement.row = 2;
  EXPECT_FALSE(bounced());
}

TEST_F(FeedEventTest, WhatIsNotVerifiedIsNotTold) {
  for (const auto verdict : {policy::Verdict::Unproven, policy::Verdict::Replayed,
                             policy::Verdict::Forged, policy::Verdict::NotBackscatter}) {
    record_.judgement.verdict = verdict;
    EXPECT_TRUE(events().empty()) << policy::name_of(verdict);
  }
  record_.judgement.verdict = policy::Verdict::Genuine;
  record_.direction = Direction::Outgoing;
  EXPECT_TRUE(events().empty());
}

TEST_F(FeedEventTest, APairAloneProvesNoBounce) {
  record_.judgement.row = 4;
  EXPECT_FALSE(bounced());
}

TEST_F(FeedEventTest, WhatIsDelayedOrDeliveredHasNotBounced) {
  for (const char* action : {"delayed", "delivered", "relayed", "expanded"}) {
    reading_.recipients[0].action = action;
    EXPECT_FALSE(bounced()) << action;
  }
  reading_.recipients[0].action = "failed";
  for (const auto kind : {reading::Kind::Delay, reading::Kind::DeliveryReport,
                          reading::Kind::VirusNotice, reading::Kind::AutoReply}) {
    record_.kind = kind;
    EXPECT_FALSE(bounced()) << reading::name_of(kind);
  }
}

TEST_F(FeedEventTest, AnAnswerThatReportsOfNobodyIsOneEventWithoutARecipient) {
  reading_.recipients.clear();
  record_.held.clear();
  record_.kind = reading::Kind::AutoReply;
  const auto events = this->events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_FALSE(events[0].reports);
  EXPECT_FALSE(events[0].bounced);
  EXPECT_EQ(events[0].message_id, "a1@example.com");
}

TEST_F(FeedEventTest, AReportOfThousandsIsToldOfSoMany) {
  for (int i = 0; i < 2000; ++i)
    add("x@remote.test", "failed");
  EXPECT_EQ(events().size(), limits::kFeedRecipients);
}

}  // namespace
}  // namespace backstop::transaction
