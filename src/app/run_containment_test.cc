#include "app/run_containment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/base/sample_limits.h"
#include "testing/fake_alarms.h"
#include "testing/fake_log.h"
#include "testing/temporary_directory.h"

namespace backstop::app {
namespace {

using transaction::RuleDeed;
const Instant kNow = *parse_instant("2026-11-22T02:00:00Z");

class RunContainmentTest : public ::testing::Test {
 protected:
  RunContainment make(Instant now = kNow) {
    config::Config config;
    config.store_directory = directory_.path();
    return RunContainment(config, alarms_, log_, now);
  }
  unsigned add_rule(Instant ends = kNow + std::chrono::hours(24)) {
    unsigned number = 0;
    EXPECT_TRUE(change_rules(directory_.path(), [&](watch::RuleBook& book) -> Result<void> {
      BS_TRY(number, book.add({.action = watch::RuleAction::Refuse,
                               .domain = "shop.test",
                               .subject = "cheap watches",
                               .reason = "the flood",
                               .begun = kNow,
                               .ends = ends},
                              kNow));
      return {};
    }));
    return number;
  }
  bool is_standing(alarm::Alarm alarm) {
    const auto all = alarms_.standings();
    const auto found = std::ranges::find(all, alarm, &alarm::Standing::alarm);
    return found != all.end() && found->is_open;
  }
  transaction::Record outgoing(std::string_view sender) {
    transaction::Record record;
    record.at = kNow;
    record.direction = transaction::Direction::Outgoing;
    record.sender_address = *mail::parse_path(sender);
    record.sender_is_ours = true;
    return record;
  }

  testing::TemporaryDirectory directory_;
  testing::FakeLog log_;
  testing::FakeAlarms alarms_{log_};
};

TEST_F(RunContainmentTest, TakesNewRulesWithTheNextBeat) {
  RunContainment one = make();
  EXPECT_EQ(one.rules(), nullptr);
  add_rule();
  one.beat(kNow + Seconds(1));
  ASSERT_NE(one.rules(), nullptr);
  EXPECT_EQ(one.rules()->rules().size(), 1U);
}

TEST_F(RunContainmentTest, ARuleFileThatIsDamagedLeavesThoseReadBefore) {
  RunContainment one = make();
  add_rule();
  one.beat(kNow + Seconds(1));
  const std::string path = directory_.path() + "/rules";
  std::ofstream(path, std::ios::app) << "rule 9\n";
  one.beat(kNow + Seconds(2));
  ASSERT_NE(one.rules(), nullptr);
  EXPECT_TRUE(is_standing(alarm::Alarm::RulesUnreadable));
  std::filesystem::remove(path);
  one.beat(kNow + Seconds(3));
  EXPECT_EQ(one.rules(), nullptr);
  EXPECT_FALSE(is_standing(alarm::Alarm::RulesUnreadable));
}

TEST_F(RunContainmentTest, WhatARuleDidOutlivesTheDaemonAndIsToldAtItsEnd) {
  const unsigned number = add_rule(kNow + Seconds(100));
  {
    RunContainment one = make();
    one.beat(kNow);
    one.count({.rule = number, .deed = RuleDeed::Refused}, kNow);
    one.count({.rule = number, .deed = RuleDeed::Refused}, kNow + Seconds(5));
    one.rest();
  }
  RunContainment one = make(kNow + Seconds(10));
  one.count({.rule = number, .deed = RuleDeed::Held}, kNow + Seconds(10));
  one.beat(kNow + Seconds(20));
  const auto counts = read_rule_counts(directory_.path());
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->at(number).of(RuleDeed::Refused), 2U);
  EXPECT_EQ(counts->at(number).of(RuleDeed::Held), 1U);
  EXPECT_EQ(counts->at(number).first, kNow);
  one.beat(kNow + Seconds(100));
  one.beat(kNow + Seconds(101));
  const auto lines = log_.lines();
  EXPECT_EQ(std::ranges::count_if(lines,
                                  [](const auto& line) {
                                    return line.text.find(
                                               "rule r1 of shop.test ended: held 1, "
                                               "refused 2") != std::string::npos;
                                  }),
            1);
}

TEST_F(RunContainmentTest, NoMoreMessagesAreGatheredAtOnceThanMayBe) {
  RunContainment one = make();
  std::vector<std::shared_ptr<const void>> rooms;
  for (unsigned i = 0; i < limits::kSamplesGathered; ++i)
    rooms.push_back(one.find_room(kNow));
  EXPECT_NE(rooms.back(), nullptr);
  EXPECT_EQ(one.find_room(kNow), nullptr);
  rooms.pop_back();
  EXPECT_NE(one.find_room(kNow), nullptr);
}

TEST_F(RunContainmentTest, WhoSendsIsKnownAndOutlivesTheDaemon) {
  {
    RunContainment one = make();
    one.on_record(outgoing("alice@shop.test"), "q");
    one.rest();
    EXPECT_TRUE(one.senders()->sends(*mail::parse_path("alice@shop.test"), kNow));
  }
  const RunContainment one = make(kNow + Days(1));
  EXPECT_TRUE(one.senders()->sends(*mail::parse_path("alice@shop.test"), kNow + Days(1)));
  EXPECT_EQ(one.senders()->since(), kNow);
}

TEST_F(RunContainmentTest, AFileOfSendersThatIsDamagedMakesNobodyANeverSender) {
  std::ofstream(directory_.path() + "/senders") << "since 1999-01-01T00:00:00Z\n";
  const RunContainment one = make();
  EXPECT_EQ(one.senders()->since(), kNow);
  EXPECT_FALSE(one.senders()->never_sends(*mail::parse_path("bob@shop.test"), kNow + Days(100)));
}

}  // namespace
}  // namespace backstop::app
