#include "edge/door/message_world.h"

#include <gtest/gtest.h>

#include "testing/fake_alarms.h"
#include "testing/fake_clock.h"
#include "testing/fake_log.h"

namespace backstop::door {
namespace {

using alarm::Alarm;
using policy::Reason;

class NoMessages final : public MessageSource {
 public:
  std::unique_ptr<MessageFlow> begin(const transaction::Client& /*client*/) override {
    return nullptr;
  }
  bool answers_recipients() const override { return false; }
};

class MessageWorldTest : public ::testing::Test {
 protected:
  bool keep_note(Reason reason) {
    return keep(transaction::Note{.reason = reason, .detail = "a\x01z"}, "s1", true, world_);
  }

  testing::FakeClock clock_;
  testing::FakeLog log_;
  testing::FakeAlarms alarms_{log_};
  NoMessages messages_;
  MessageWorld world_{.clock = clock_, .log = log_, .messages = messages_, .alarms = &alarms_};
};

TEST_F(MessageWorldTest, WhatAPersonMustKnowOfAMessageIsAnAlarm) {
  EXPECT_TRUE(keep_note(Reason::ClockSkew));
  EXPECT_TRUE(keep_note(Reason::KeyUnknown));
  EXPECT_TRUE(keep_note(Reason::ForeignVerdictRemoved));
  EXPECT_TRUE(alarms_.is_open(Alarm::ClockSkew));
  EXPECT_TRUE(alarms_.is_open(Alarm::KeyUnknown));
  EXPECT_EQ(alarms_.standings().size(), 2u);
  EXPECT_EQ(log_.count("alarm: s1: "), 2u) << log_.text();
  EXPECT_EQ(log_.count("a\\x01z"), 5u) << "escaped everywhere: " << log_.text();
}

TEST_F(MessageWorldTest, SigningThatFailsIsAnAlarmUntilAMessageIsSigned) {
  keep_note(Reason::SigningUnavailable);
  EXPECT_TRUE(alarms_.is_open(Alarm::SigningGap));
  transaction::Record record;
  record.direction = transaction::Direction::Outgoing;
  keep(record, "s2", true, world_);
  EXPECT_TRUE(alarms_.is_open(Alarm::SigningGap)) << "unsigned";
  record.is_signed = true;
  keep(record, "s3", false, world_);
  EXPECT_TRUE(alarms_.is_open(Alarm::SigningGap)) << "the server lets nobody add the token";
  keep(record, "s4", true, world_);
  EXPECT_FALSE(alarms_.is_open(Alarm::SigningGap));
}

}  // namespace
}  // namespace backstop::door
