#include "core/scenario/estimate.h"

#include <gtest/gtest.h>

namespace backstop::scenario {
namespace {

TEST(Estimate, TwoMillionTimesFortyAndNinePercentIsSeventyTwoThousand) {
  const Estimate found =
      make_estimate({.messages = 2'000'000, .undeliverable = 0.40, .backscatter = 0.09});
  EXPECT_EQ(found.notifications, 72'000U);
  // Each share within a quarter.
  EXPECT_EQ(found.low, 40'500U);
  EXPECT_EQ(found.high, 112'500U);
}

TEST(Estimate, AnHourHasWhatDaysOfFiveToSevenLeaveIt) {
  const Estimate found =
      make_estimate({.messages = 2'000'000, .undeliverable = 0.40, .backscatter = 0.09});
  EXPECT_DOUBLE_EQ(found.per_hour.value, 500);
  EXPECT_NEAR(found.per_hour.low, 40'500 / 168.0, 1e-9);
  EXPECT_NEAR(found.per_hour.high, 112'500 / 120.0, 1e-9);
  EXPECT_DOUBLE_EQ(found.peak_hour.value, 3450);
}

TEST(Estimate, WhatIsNotGivenIsAsUsualWithAWideRange) {
  const Estimate found = make_estimate({});
  EXPECT_EQ(found.notifications, 32'000U);
  EXPECT_EQ(found.low, 2'000U);
  EXPECT_EQ(found.high, 106'000U);
  EXPECT_FALSE(found.assumptions.undeliverable.is_given);
  EXPECT_TRUE(make_estimate({.undeliverable = 0.3}).assumptions.undeliverable.is_given);
}

TEST(Estimate, NoShareGoesPastOne) {
  const Estimate found = make_estimate({.messages = 100, .undeliverable = 1, .backscatter = 0.9});
  EXPECT_EQ(found.notifications, 90U);
  EXPECT_EQ(found.high, 100U);
}

TEST(Estimate, NothingComesBackOfWhatIsAllDelivered) {
  const Estimate found = make_estimate({.messages = 1000, .undeliverable = 0});
  EXPECT_EQ(found.notifications, 0U);
  EXPECT_EQ(found.high, 0U);
}

TEST(Estimate, EveryCopyIsAnAnswer) {
  EXPECT_EQ(make_estimate({.messages = 1000, .undeliverable = 0.5, .backscatter = 0.1, .copies = 3})
                .notifications,
            150U);
}

TEST(Estimate, ARunIsTwentyToFourHundredTimesWhatCameBack) {
  const RunSize found = estimate_run(72'000);
  EXPECT_EQ(found.messages, 2'000'000U);
  EXPECT_EQ(found.low, 1'440'000U);
  EXPECT_EQ(found.high, 28'800'000U);
}

TEST(ParseShare, TakesAFractionAndAPercentage) {
  EXPECT_DOUBLE_EQ(parse_share("0.40").value(), 0.40);
  EXPECT_DOUBLE_EQ(parse_share("40%").value(), 0.40);
  EXPECT_DOUBLE_EQ(parse_share("0").value(), 0);
  EXPECT_DOUBLE_EQ(parse_share("1").value(), 1);
}

TEST(ParseShare, SaysWhatIsMeantByANumberThatIsNoShare) {
  EXPECT_EQ(parse_share("40").error().detail,
            "a share is from 0 to 1, or a percentage: write 40%, or 40 divided by 100");
  for (const std::string_view wrong : {"", "%", "-0.1", "1.1.1", "nan", "inf", "101%", "0,4", " 1"})
    EXPECT_FALSE(parse_share(wrong)) << wrong;
}

TEST(ParseAmount, TakesWholeNumbersWithTheirUsualShortForms) {
  EXPECT_DOUBLE_EQ(parse_amount("2000000").value(), 2e6);
  EXPECT_DOUBLE_EQ(parse_amount("2,000,000").value(), 2e6);
  EXPECT_DOUBLE_EQ(parse_amount("72k").value(), 72e3);
  EXPECT_DOUBLE_EQ(parse_amount("2M").value(), 2e6);
  for (const std::string_view wrong :
       {"", "0", "-1", "1.5", "M", "2G", "1000000000001", "99999999999999999999", "ten"})
    EXPECT_FALSE(parse_amount(wrong)) << wrong;
}

}  // namespace
}  // namespace backstop::scenario
