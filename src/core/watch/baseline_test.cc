#include "core/watch/baseline.h"

#include <gtest/gtest.h>

namespace backstop::watch {
namespace {

constexpr Hour kStart = 500'000;

void pass_hours(Baseline& baseline, Hour& hour, unsigned n, unsigned per_hour,
                bool is_attack = false) {
  for (unsigned i = 0; i < n; ++i) {
    baseline.move_to(hour, is_attack);
    baseline.add(per_hour);
    baseline.move_to(++hour, is_attack);
  }
}

TEST(Baseline, NothingIsNormalBeforeTwoWeeksAreKnown) {
  Baseline baseline;
  Hour hour = kStart;
  pass_hours(baseline, hour, kBaselineLearning - 1, 3);
  EXPECT_EQ(baseline.normal(hour), 0);
  pass_hours(baseline, hour, 1, 3);
  EXPECT_EQ(baseline.normal(hour), 3);
}

TEST(Baseline, IsThatOfTheSameHourOfTheWeek) {
  Baseline baseline;
  Hour hour = kStart;
  for (unsigned week = 0; week < 3; ++week) {
    pass_hours(baseline, hour, 1, 4);
    pass_hours(baseline, hour, kHoursPerWeek - 1, 1);
  }
  EXPECT_EQ(baseline.normal(hour), 4);
  EXPECT_EQ(baseline.normal(hour + 1), 1);
}

TEST(Baseline, IsTheMedianSoThatAFewOddWeeksDoNotCount) {
  Baseline baseline;
  Hour hour = kStart;
  pass_hours(baseline, hour, 5 * kHoursPerWeek, 2);
  pass_hours(baseline, hour, 3 * kHoursPerWeek, 8);
  EXPECT_EQ(baseline.normal(hour), 2);
}

TEST(Baseline, HoursOfAnAttackCountForNothing) {
  Baseline baseline;
  Hour hour = kStart;
  pass_hours(baseline, hour, 2 * kHoursPerWeek, 2);
  pass_hours(baseline, hour, 7 * kHoursPerWeek, 50, true);
  EXPECT_EQ(baseline.normal(hour), 2);
}

TEST(Baseline, HoursOfAnAttackThatWasNoticedLateAreTakenOut) {
  Baseline baseline;
  Hour hour = kStart;
  pass_hours(baseline, hour, 2 * kHoursPerWeek, 2);
  pass_hours(baseline, hour, kHoursPerWeek, 6);
  baseline.exclude_since(hour - kHoursPerWeek);
  pass_hours(baseline, hour, kHoursPerWeek, 6);
  EXPECT_EQ(baseline.normal(hour), 2);
}

TEST(Baseline, NobodyMovesItFarByStartingSlowly) {
  // As much as no rule notices, all day and night.
  Baseline baseline;
  Hour hour = kStart;
  pass_hours(baseline, hour, 4 * kHoursPerWeek, 13);
  EXPECT_LE(baseline.normal(hour), kBaselineGrowth);
  // And for ever faster, over years.
  for (unsigned week = 0; week < 104; ++week)
    pass_hours(baseline, hour, kHoursPerWeek,
               static_cast<unsigned>(3 * baseline.normal(hour)) + 13);
  EXPECT_LE(baseline.normal(hour), kBaselineHourMost);
}

TEST(Baseline, SilenceCounts) {
  Baseline baseline;
  Hour hour = kStart;
  pass_hours(baseline, hour, 2 * kHoursPerWeek, 3);
  baseline.move_to(hour + 8 * kHoursPerWeek, false);
  EXPECT_EQ(baseline.normal(hour + 8 * kHoursPerWeek), 0);
}

TEST(Baseline, CountsInStepsForABusyServer) {
  Baseline baseline(8);
  Hour hour = kStart;
  pass_hours(baseline, hour, 3 * kHoursPerWeek, 90'000);
  EXPECT_NEAR(baseline.normal(hour), 90'000, 90'000 / 16);
}

TEST(Baseline, ComesBackFromItsText) {
  Baseline baseline;
  Hour hour = kStart;
  pass_hours(baseline, hour, 3 * kHoursPerWeek, 3);
  Baseline other;
  ASSERT_TRUE(other.parse(baseline.render()));
  EXPECT_EQ(other.render(), baseline.render());
  EXPECT_EQ(other.normal(hour), 3);
  EXPECT_FALSE(Baseline().parse("1 2"));
  EXPECT_FALSE(Baseline().parse("5 4 0 -"));
  EXPECT_FALSE(Baseline().parse("1 2 3 0011"));
  EXPECT_TRUE(Baseline().parse(Baseline().render()));
}

}  // namespace
}  // namespace backstop::watch
