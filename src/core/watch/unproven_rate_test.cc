#include "core/watch/unproven_rate.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace backstop::watch {
namespace {

const Instant kNow = *parse_instant("2026-11-22T02:10:00Z");

TEST(UnprovenRate, IsOfOneAddressAndOneHour) {
  UnprovenRate rate;
  const auto alice = *mail::parse_path("alice@shop.test");
  rate.add(alice, kNow);
  rate.add(*mail::parse_path("Alice@Shop.test"), kNow + std::chrono::minutes(40));
  EXPECT_EQ(rate.count(alice, kNow + std::chrono::minutes(49)), 2U);
  EXPECT_EQ(rate.count(*mail::parse_path("bob@shop.test"), kNow), 0U);
  EXPECT_EQ(rate.count(alice, kNow + std::chrono::minutes(50)), 0U);
  rate.add(alice, kNow + std::chrono::hours(1));
  EXPECT_EQ(rate.count(alice, kNow + std::chrono::hours(1)), 1U);
  EXPECT_EQ(rate.count(alice, kNow), 0U) << "a clock that was set back limits nobody";
}

TEST(UnprovenRate, WhoFindsNoRoomIsNotLimited) {
  UnprovenRate rate;
  for (std::size_t i = 0; i <= limits::kRateRecipients; ++i)
    rate.add(*mail::parse_path(fmt::format("u{}@shop.test", i)), kNow);
  EXPECT_EQ(rate.count(*mail::parse_path("u0@shop.test"), kNow), 1U);
  const auto last = *mail::parse_path(fmt::format("u{}@shop.test", limits::kRateRecipients));
  EXPECT_EQ(rate.count(last, kNow), 0U);
}

}  // namespace
}  // namespace backstop::watch
