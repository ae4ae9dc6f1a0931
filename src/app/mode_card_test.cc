#include "app/mode_card.h"

#include <gtest/gtest.h>

namespace backstop::app {
namespace {

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
