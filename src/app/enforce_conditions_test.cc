#include "app/enforce_conditions.h"

#include <gtest/gtest.h>

#include "app/modes_in_force.h"

namespace backstop::app {
namespace {

constexpr Days kQueue{5};
const Instant kNow = *parse_instant("2026-11-21T06:00:00Z");

// A domain whose ways are all known and sign, long enough.
class EnforceConditionsTest : public ::testing::Test {
 protected:
  EnforceConditionsTest() {
    config_.domains["a.test"] = {.name = "a.test", .mode = policy::Mode::Enforce};
    learnt_.domain = "a.test";
    learnt_.coverage = policy::Coverage::Covered;
    learnt_.signing_since = kNow - kQueue - kWarmUpMargin;
    learnt_.wholeness = coverage::Wholeness::Spf;
    learnt_.paths.push_back({.name = {}, .state = coverage::PathState::Signs});
    learnt_.paths.push_back({.name = {coverage::PathKind::Service, "submission"},
                             .state = coverage::PathState::Signs,
                             .signed_count = 9});
  }
  config::Domain& domain() { return config_.domains.at("a.test"); }
  EnforceQuestion question() {
    return {.domain = &domain(),
            .learnt = &learnt_,
            .signs = signs_,
            .queue_lifetime = kQueue,
            .open_groups = open_groups_};
  }
  std::vector<std::string> unmet(Instant now = kNow) {
    std::vector<std::string> out;
    for (const Unmet& each : unmet_for_enforce(question(), now)) {
      EXPECT_FALSE(each.what.empty() || each.todo.empty()) << each.name;
      out.push_back(each.name);
    }
    return out;
  }
  ModesInForce in_force(Instant now = kNow) {
    return find_modes_in_force(
        config_,
        [this](const config::Domain& which) {
          EnforceQuestion asked = question();
          asked.domain = &which;
          return asked;
        },
        now);
  }
  policy::Mode mode(Instant now = kNow) { return in_force(now).config.domains.at("a.test").mode; }
  void find_bypass() {
    learnt_.coverage = policy::Coverage::Unknown;
    learnt_.paths.push_back({.name = {coverage::PathKind::MessageId, "esp.example"},
                             .state = coverage::PathState::Unconfirmed,
                             .is_open = true,
                             .unsigned_count = 3});
  }

  config::Config config_;
  coverage::DomainView learnt_;
  bool signs_ = true;
  std::size_t open_groups_ = 0;
};

using Names = std::vector<std::string>;

TEST_F(EnforceConditionsTest, ADomainMayEnforceFromTheQueuesLifetimeAndSixDaysOn) {
  EXPECT_EQ(unmet(), Names{});
  EXPECT_EQ(unmet(kNow - Seconds(1)), Names{"signing_since"});
  EXPECT_EQ(unmet_for_enforce(question(), kNow - Seconds(1)).front().until, kNow);
  domain().signing_since = kNow - kQueue - kWarmUpMargin + Days(1);
  EXPECT_EQ(unmet(), Names{"signing_since"}) << "what is written stands above what is learnt";
  learnt_.signing_since.reset();
  domain().signing_since.reset();
  EXPECT_EQ(unmet(), Names{"signing_since"});
  EXPECT_EQ(unmet_for_enforce(question(), kNow).front().until, std::nullopt)
      << "waiting alone does not begin signing";
}

TEST_F(EnforceConditionsTest, EachConditionThatDoesNotHoldIsNamed) {
  signs_ = false;
  EXPECT_EQ(unmet(), Names{"key"});
  signs_ = true;
  open_groups_ = 2;
  EXPECT_EQ(unmet(), Names{"review"});
  open_groups_ = 0;
  find_bypass();
  EXPECT_EQ(unmet(), Names{"path"});
  learnt_.wholeness = coverage::Wholeness::NoRecord;
  EXPECT_EQ(unmet(), (Names{"path", "list"}));
  EnforceQuestion unguarded = question();
  unguarded.domain = nullptr;
  EXPECT_EQ(unmet_for_enforce(unguarded, kNow).front().name, "domain");
  EnforceQuestion unlearnt = question();
  unlearnt.learnt = nullptr;
  EXPECT_EQ(unmet_for_enforce(unlearnt, kNow).back().name, "coverage");
}

TEST_F(EnforceConditionsTest, WaitingNeverMeetsAPathThatNobodyConfirmed) {
  find_bypass();
  for (const Days wait : {Days(0), Days(30), Days(4000)})
    EXPECT_EQ(unmet(kNow + wait), Names{"path"});
}

TEST_F(EnforceConditionsTest, WhereNoLogIsFollowedItTakesAWordThatNothingIsMissing) {
  learnt_.paths.pop_back();
  EXPECT_EQ(unmet(), Names{"log"});
  learnt_.wholeness = coverage::Wholeness::Said;
  EXPECT_EQ(unmet(), Names{});
}

TEST_F(EnforceConditionsTest, WhatAStrangerCanWriteBlocksTheWayInAndEndsNoEnforce) {
  find_bypass();
  learnt_.coverage = policy::Coverage::Covered;
  learnt_.paths.back().is_weak = true;
  EXPECT_EQ(unmet(), Names{"path"});
  EXPECT_EQ(mode(), policy::Mode::Enforce);
}

TEST_F(EnforceConditionsTest, TheOperatorsWordStandsAboveWhatIsLearnt) {
  find_bypass();
  domain().coverage = policy::Coverage::Covered;
  EXPECT_EQ(unmet(), Names{});
  learnt_.coverage = policy::Coverage::Covered;
  domain().coverage = policy::Coverage::Partly;
  EXPECT_EQ(unmet(), Names{"coverage"});
}

TEST_F(EnforceConditionsTest, ADomainThatEnforcesFallsBackByItselfAndComesBackByItself) {
  EXPECT_EQ(mode(), policy::Mode::Enforce);
  find_bypass();
  EXPECT_EQ(mode(), policy::Mode::Observe);
  ASSERT_EQ(in_force().lapses.size(), 1U);
  EXPECT_EQ(in_force().lapses[0].subject, "a.test");
  EXPECT_EQ(in_force().lapses[0].why.name, "path");
  learnt_.paths.pop_back();
  learnt_.coverage = policy::Coverage::Covered;
  EXPECT_EQ(mode(), policy::Mode::Enforce);
  learnt_.signing_since = kNow - Days(1);
  EXPECT_EQ(mode(), policy::Mode::Observe) << "signing began anew";
  signs_ = false;
  learnt_.signing_since = kNow - Days(100);
  EXPECT_EQ(mode(), policy::Mode::Observe);
  signs_ = true;
  open_groups_ = 5;
  EXPECT_EQ(mode(), policy::Mode::Enforce) << "what waits for a look takes no protection away";
}

TEST_F(EnforceConditionsTest, WhatTheOperatorWroteByHandIsHisWordForADomainThatEnforces) {
  domain().coverage = policy::Coverage::Covered;
  domain().signing_since = kNow - Days(1);
  EXPECT_EQ(unmet(), Names{"signing_since"});
  EXPECT_EQ(mode(), policy::Mode::Enforce);
}

TEST_F(EnforceConditionsTest, ForceHoldsUntilItsTimeAndNoLonger) {
  find_bypass();
  domain().forced_until = kNow + Days(7);
  EXPECT_EQ(mode(), policy::Mode::Enforce);
  EXPECT_EQ(in_force().forced, (std::vector<Forced>{{"a.test", kNow + Days(7)}}));
  EXPECT_EQ(mode(kNow + Days(7) - Seconds(1)), policy::Mode::Enforce);
  EXPECT_EQ(mode(kNow + Days(7)), policy::Mode::Observe);
  EXPECT_TRUE(in_force(kNow + Days(7)).forced.empty());
}

TEST_F(EnforceConditionsTest, ForceLeavesNoTraceWhereEverythingHolds) {
  domain().forced_until = kNow + Days(7);
  const ModesInForce found = in_force();
  EXPECT_TRUE(found.forced.empty());
  EXPECT_EQ(found.config.domains.at("a.test").forced_until, std::nullopt);
}

TEST_F(EnforceConditionsTest, AnAddressFallsBackWithItsDomain) {
  domain().mode = policy::Mode::Observe;
  config_.address_modes["bob@a.test"] = policy::Mode::Enforce;
  EXPECT_EQ(in_force().config.address_modes.at("bob@a.test"), policy::Mode::Enforce);
  find_bypass();
  EXPECT_EQ(in_force().config.address_modes.at("bob@a.test"), policy::Mode::Observe);
  domain().mode = policy::Mode::Enforce;
  domain().forced_until = kNow + Days(1);
  EXPECT_EQ(in_force().config.address_modes.at("bob@a.test"), policy::Mode::Enforce);
}

}  // namespace
}  // namespace backstop::app
