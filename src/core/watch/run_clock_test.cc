#include "core/watch/run_clock.h"

#include <gtest/gtest.h>

#include "core/watch/hash.h"

namespace backstop::watch {
namespace {

constexpr Second kNow = 1'800'000'000;
constexpr Second kHour = 3600;
constexpr Second kDay = 24 * kHour;

TEST(RunClock, SaysNothingWhileFewSitesHaveTold) {
  RunClock clock;
  for (unsigned i = 0; i < 1000; ++i)
    clock.add(kNow - i, kNow, mix(i % 2 + 1));
  EXPECT_FALSE(clock.last_activity());
  EXPECT_FALSE(clock.view(kNow).tail_ends);
}

TEST(RunClock, OneSourceCannotMoveIt) {
  RunClock clock;
  for (unsigned i = 1; i <= 50; ++i)
    clock.add(kNow - 3 * kDay - i, kNow, mix(i));
  const auto before_it = clock.last_activity();
  for (unsigned i = 0; i < 1000; ++i)
    clock.add(kNow - i, kNow, mix(77777));
  EXPECT_LE(*clock.last_activity(), *before_it + 60);
}

TEST(RunClock, DatesOfTheFutureDoNotCount) {
  RunClock clock;
  for (unsigned i = 1; i <= 50; ++i)
    clock.add(kNow + kDay, kNow, mix(i));
  EXPECT_FALSE(clock.last_activity());
}

TEST(RunClock, DatesOfLongAgoDoNotCount) {
  RunClock clock;
  for (unsigned i = 1; i <= 50; ++i)
    clock.add(kNow - 400 * kDay, kNow, mix(i));
  EXPECT_FALSE(clock.last_activity());
}

// A run of `active` seconds whose answers come at once, within hours, or when queues run full.
RunClock play(Second active, Second until) {
  RunClock clock;
  const Second begin = kNow - active;
  for (Second sent = begin; sent < kNow; sent += 60) {
    const std::uint64_t draw = mix(sent);
    Second delay = 40;
    if (draw % 10 == 9) delay = 4 * kDay + static_cast<Second>(draw >> 8U) % kDay;
    if (draw % 10 >= 7 && draw % 10 < 9) delay = static_cast<Second>(draw >> 8U) % (4 * kHour);
    if (sent + delay <= until) clock.add(sent, sent + delay, mix(draw % 700 + 1));
  }
  return clock;
}

TEST(RunClock, SaysWhenTheSpammerStoppedAndWhenTheTailIsOver) {
  for (const Second active : {6 * kHour, 30 * kHour, 48 * kHour, 10 * kDay}) {
    const RunClock clock = play(active, kNow + 2 * kDay);
    const ClockView view = clock.view(kNow + 2 * kDay);
    ASSERT_TRUE(view.last_activity);
    EXPECT_TRUE(view.has_stopped);
    EXPECT_NEAR(static_cast<double>(to_second(*view.last_activity)), kNow, kHour * 2);
    const double end = to_second(*view.tail_ends);
    EXPECT_NEAR(end, kNow + 5.0 * kDay, static_cast<double>(view.tail_error.count()));
    EXPECT_LE(view.tail_error, std::chrono::hours{24});
  }
}

TEST(RunClock, HasNotStoppedWhileItGoesOn) {
  const RunClock clock = play(3 * kDay, kNow);
  EXPECT_FALSE(clock.view(kNow).has_stopped);
}

TEST(RunClock, MeasuresTheTailOnceItHasSeenSome) {
  const RunClock clock = play(10 * kDay, kNow + kDay);
  EXPECT_TRUE(clock.view(kNow + kDay).is_measured);
  EXPECT_FALSE(play(kDay, kNow + kDay).view(kNow + kDay).is_measured);
}

TEST(RunClock, TwoOfOneRunAreOne) {
  RunClock one;
  RunClock other;
  one.add(kNow - 100, kNow, mix(1));
  one.add(kNow - 200, kNow, mix(2));
  other.add(kNow - 50, kNow, mix(1));
  other.add(kNow - 300, kNow, mix(3));
  one.merge(other);
  EXPECT_EQ(one.last_activity(), kNow - 300);
}

}  // namespace
}  // namespace backstop::watch
