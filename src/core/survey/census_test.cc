#include "core/survey/census.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/base/limits.h"

namespace backstop::survey {
namespace {

using reading::Kind;

const Instant kNoon = parse_instant("2026-11-21T12:00:00Z").value();
const Day kToday = std::chrono::floor<Days>(kNoon);

std::uint64_t at(const KindCounts& counts, Kind kind) {
  return counts[static_cast<std::size_t>(kind)];
}

Sighting sighting(Kind kind, Instant time, const std::string& forged) {
  return Sighting{.kind = kind,
                  .time = time,
                  .language = "en",
                  .product = "",
                  .forged_address = forged,
                  .source = "mx.else.test",
                  .bot = IpAddress::parse("203.0.113.9"),
                  .reason = reading::FailureReason::UserUnknown};
}

TEST(Census, CountsByKindAndByDay) {
  Census census;
  census.add_ordinary(kToday);
  census.add_ordinary(std::nullopt);
  census.add(sighting(Kind::Bounce, kNoon, "a@shop.test"));
  census.add(sighting(Kind::AutoReply, kNoon + Days{1}, "a@shop.test"));
  census.add(sighting(Kind::FeedbackReport, kNoon, "a@shop.test"));
  const Totals totals = census.totals();
  EXPECT_EQ(totals.messages, 5U);
  EXPECT_EQ(totals.backscatter(), 2U);
  EXPECT_EQ(at(totals.kinds, Kind::Ordinary), 2U);
  EXPECT_EQ(at(totals.days.at(kToday), Kind::Bounce), 1U);
  EXPECT_EQ(at(totals.days.at(kToday), Kind::FeedbackReport), 1U);
  EXPECT_EQ(at(totals.days.at(kToday + Days{1}), Kind::AutoReply), 1U);
  EXPECT_EQ(at(totals.without_day, Kind::Ordinary), 1U);
  EXPECT_EQ(sum(totals.kinds), totals.messages);
  // Reports that were asked for are no backscatter: they name nobody who was forged.
  ASSERT_EQ(totals.forged_addresses.names.size(), 1U);
  EXPECT_EQ(totals.forged_addresses.names[0].n, 2U);
}

TEST(Census, TheOrderOfWhatIsCountedDoesNotMatter) {
  std::vector<Sighting> all;
  for (int i = 0; i < 5000; ++i) {
    all.push_back(sighting(static_cast<Kind>(i % 12), kNoon + Days{i % 40},
                           "user" + std::to_string(i * i % 977) + "@shop.test"));
  }
  const auto count = [&all] {
    Census census;
    for (const Sighting& one : all)
      census.add(one);
    return census.totals();
  };
  const Totals before = count();
  std::mt19937 shuffler(11);
  std::shuffle(all.begin(), all.end(), shuffler);
  const Totals after = count();
  EXPECT_EQ(before.kinds, after.kinds);
  EXPECT_EQ(before.days, after.days);
  ASSERT_EQ(before.forged_addresses.names.size(), after.forged_addresses.names.size());
  for (std::size_t i = 0; i < before.forged_addresses.names.size(); ++i) {
    EXPECT_EQ(before.forged_addresses.names[i].name, after.forged_addresses.names[i].name);
    EXPECT_EQ(before.forged_addresses.names[i].n, after.forged_addresses.names[i].n);
    EXPECT_EQ(before.forged_addresses.names[i].last, after.forged_addresses.names[i].last);
  }
}

TEST(Census, EveryListIsBounded) {
  Census census;
  for (std::size_t i = 0; i < limits::kSurveyDays + 10; ++i) {
    census.add_ordinary(kToday - Days{static_cast<int>(i)});
    census.list_ordinary({.source = std::string(99'999, 'x'), .from = "a", .subject = "b"});
    census.add_unreadable({.source = "a", .offset = i, .what = std::string(99'999, 'y')});
  }
  const Totals totals = census.totals();
  EXPECT_EQ(totals.days.size(), limits::kSurveyDays);
  EXPECT_EQ(at(totals.without_day, Kind::Ordinary), 10U);
  EXPECT_EQ(totals.ordinary.size(), limits::kSurveyListed);
  EXPECT_EQ(totals.ordinary[0].source.size(), limits::kSurveyTextBytes);
  EXPECT_EQ(totals.unreadable, limits::kSurveyDays + 10);
  EXPECT_EQ(totals.unreadable_places.size(), limits::kSurveyListed);
  EXPECT_FALSE(census.wants_ordinary());
}

TEST(Census, HalfNoiseIsMostlyNoise) {
  Census census;
  EXPECT_FALSE(census.totals().is_mostly_noise());
  census.add_ordinary(kToday);
  EXPECT_FALSE(census.totals().is_mostly_noise());
  census.add(sighting(Kind::Bounce, kNoon, "a@shop.test"));
  EXPECT_TRUE(census.totals().is_mostly_noise());
  census.add_ordinary(kToday);
  EXPECT_FALSE(census.totals().is_mostly_noise());
}

TEST(Census, WhatWeSentIsCountedApart) {
  Census census;
  Sighting one = sighting(Kind::Bounce, kNoon, "a@shop.test");
  one.genuine = true;
  census.add(one);
  one.genuine = false;
  census.add(one);
  census.add(one);
  EXPECT_EQ(census.totals().genuine, 1U);
  EXPECT_EQ(census.totals().unproven, 2U);
}

}  // namespace
}  // namespace backstop::survey
