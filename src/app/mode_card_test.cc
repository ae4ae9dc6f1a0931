#include "app/mode_card.h"

#include <gtest/gtest.h>

namespace backstop::app {
namespace {

constexpr Days kQueue{5};
const Instant kNow = *parse_instant("2026-11-21T06:00:00Z");

config::Domain ready() {
  return {.name = "a.test",
          .mode = policy::Mode::Observe,
          .signing_since = kNow - kQueue - Days(6),
          .coverage = policy::Coverage::Covered};
}

std::vector<std::string> names(const std::vector<Unmet>& unmet) {
  std::vector<std::string> out;
  for (const Unmet& each : unmet) {
    EXPECT_FALSE(each.what.empty() || each.todo.empty()) << each.name;
    out.push_back(each.name);
  }
  return out;
}

TEST(ModeCard, ADomainMayEnforceFromTheQueuesLifetimeAndSixDaysOn) {
  config::Domain domain = ready();
  EXPECT_TRUE(unmet_for_enforce(&domain, true, kQueue, kNow).empty());
  EXPECT_EQ(names(unmet_for_enforce(&domain, true, kQueue, kNow - Seconds(1))),
            std::vector<std::string>{"signing_since"});
  EXPECT_EQ(names(unmet_for_enforce(&domain, true, kQueue + Days(1), kNow)),
            std::vector<std::string>{"signing_since"})
      << "a queue that tries longer is waited for longer";
}

TEST(ModeCard, EachConditionThatDoesNotHoldIsNamed) {
  config::Domain domain = ready();
  EXPECT_EQ(names(unmet_for_enforce(&domain, false, kQueue, kNow)),
            std::vector<std::string>{"key"});
  domain.coverage = policy::Coverage::Partly;
  EXPECT_EQ(names(unmet_for_enforce(&domain, true, kQueue, kNow)),
            std::vector<std::string>{"coverage"});
  domain.signing_since.reset();
  EXPECT_EQ(names(unmet_for_enforce(&domain, false, kQueue, kNow)),
            (std::vector<std::string>{"key", "signing_since", "coverage"}));
  EXPECT_EQ(names(unmet_for_enforce(nullptr, true, kQueue, kNow)),
            std::vector<std::string>{"domain"});
}

TEST(ModeCard, OnlyEnforceRefusesAndOnlyWhatIsForged) {
  for (const policy::Mode mode :
       {policy::Mode::Off, policy::Mode::Observe, policy::Mode::Enforce}) {
    for (const Consequence& each : consequences_of(mode)) {
      const bool refused = each.decision == policy::Decision::Refuse;
      EXPECT_EQ(refused, mode == policy::Mode::Enforce && each.name == "forged")
          << policy::name_of(mode) << " " << each.name;
      EXPECT_FALSE(each.then.empty());
    }
  }
}

}  // namespace
}  // namespace backstop::app
