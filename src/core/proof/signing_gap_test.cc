#include "core/proof/signing_gap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/base/limits.h"

namespace backstop::proof {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Seconds kLifetime = Days{21};
const Instant kNoon = parse_instant("2026-11-21T12:00:00Z").value();

SigningGap gap(Seconds from, Seconds to, GapCause cause = GapCause::Down) {
  return {.from = kNoon + from, .to = kNoon + to, .cause = cause};
}

std::vector<SigningGap> gaps_of(std::initializer_list<SigningGap> list, Instant now = kNoon) {
  std::vector<SigningGap> gaps;
  for (const SigningGap& each : list)
    add_gap(gaps, each, now, kLifetime);
  return gaps;
}

bool falls_in(const std::vector<SigningGap>& gaps, Instant received, Instant now) {
  return find_gap(gaps, received, now, kLifetime) != nullptr;
}

TEST(SigningGap, ExcusesWhatWasReceivedInItAndAnHourToEitherSide) {
  const auto gaps = gaps_of({gap(hours(0), minutes(5))});
  const Instant later = kNoon + Days(3);
  EXPECT_TRUE(falls_in(gaps, kNoon, later));
  EXPECT_TRUE(falls_in(gaps, kNoon - hours(1), later));
  EXPECT_TRUE(falls_in(gaps, kNoon + minutes(65), later));
  EXPECT_FALSE(falls_in(gaps, kNoon - hours(1) - Seconds(1), later));
  EXPECT_FALSE(falls_in(gaps, kNoon + minutes(65) + Seconds(1), later));
  EXPECT_FALSE(falls_in({}, kNoon, later));
}

TEST(SigningGap, ExcusesForOneLifetimeFromItsEnd) {
  const auto gaps = gaps_of({gap(hours(0), hours(2))});
  const Instant last = kNoon + hours(2) + kLifetime - Seconds(1);
  EXPECT_TRUE(falls_in(gaps, kNoon, last));
  EXPECT_FALSE(falls_in(gaps, kNoon, last + Seconds(1)));
}

TEST(SigningGap, OneThatIsTooOldDoesNotHideAnotherThatIsNot) {
  const std::vector<SigningGap> gaps{gap(-Days(30), -Days(30) + minutes(1)),
                                     gap(-Days(30), -Days(1), GapCause::Store)};
  const SigningGap* found = find_gap(gaps, kNoon - Days(30), kNoon, kLifetime);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->cause, GapCause::Store);
}

TEST(SigningGap, AMomentIsAGap) {
  const auto gaps = gaps_of({gap(Seconds(0), Seconds(0), GapCause::Signing)});
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_TRUE(falls_in(gaps, kNoon, kNoon));
}

TEST(AddGap, KeepsThemInOrder) {
  EXPECT_EQ(
      gaps_of({gap(hours(8), hours(9)), gap(hours(1), hours(2)), gap(hours(4), hours(5))}),
      (std::vector{gap(hours(1), hours(2)), gap(hours(4), hours(5)), gap(hours(8), hours(9))}));
}

TEST(AddGap, JoinsThoseOfOneCauseThatTouch) {
  EXPECT_EQ(gaps_of({gap(hours(1), hours(2)), gap(hours(2), hours(3))}),
            std::vector{gap(hours(1), hours(3))});
  EXPECT_EQ(gaps_of({gap(hours(1), hours(4)), gap(hours(2), hours(3))}),
            std::vector{gap(hours(1), hours(4))});
  EXPECT_EQ(gaps_of({gap(Seconds(1), Seconds(2)), gap(Seconds(3), Seconds(4))}),
            std::vector{gap(Seconds(1), Seconds(4))});
  EXPECT_EQ(gaps_of({gap(Seconds(1), Seconds(2)), gap(Seconds(4), Seconds(5))}).size(), 2u);
}

TEST(AddGap, JoinsAllThatOneReaches) {
  EXPECT_EQ(gaps_of({gap(hours(1), hours(2)), gap(hours(4), hours(5)), gap(hours(7), hours(8)),
                     gap(hours(2), hours(7))}),
            std::vector{gap(hours(1), hours(8))});
}

TEST(AddGap, StaysInOrderWhenWhatItJoinedBeganEarlier) {
  EXPECT_EQ(gaps_of({gap(hours(1), hours(6)), gap(hours(2), hours(3), GapCause::Signing),
                     gap(hours(5), hours(9))}),
            (std::vector{gap(hours(1), hours(9)), gap(hours(2), hours(3), GapCause::Signing)}));
}

TEST(AddGap, KeepsCausesApart) {
  EXPECT_EQ(gaps_of({gap(hours(1), hours(2)), gap(hours(1), hours(2), GapCause::Store)}).size(),
            2u);
}

TEST(AddGap, DropsWhatExcusesNothingMore) {
  auto gaps = gaps_of({gap(hours(0), hours(1)), gap(hours(4), hours(5))});
  const Instant now = kNoon + kLifetime + kGapKept + hours(3);
  const SigningGap late{.from = now - hours(1), .to = now, .cause = GapCause::Down};
  add_gap(gaps, late, now, kLifetime);
  EXPECT_EQ(gaps, (std::vector{gap(hours(4), hours(5)), late}));
}

TEST(AddGap, ClockThatStoodDaysAheadMakesNoGapForgotten) {
  auto gaps = gaps_of({gap(hours(0), hours(1))});
  const Instant ahead = kNoon + kLifetime + Days{4};
  add_gap(gaps, {.from = ahead, .to = ahead, .cause = GapCause::Down}, ahead, kLifetime);
  EXPECT_FALSE(falls_in(gaps, kNoon, ahead)) << "it excuses no longer than a lifetime";
  EXPECT_TRUE(falls_in(gaps, kNoon, ahead - Days{4}));
}

TEST(AddGap, PastTheLimitJoinsTheClosestAndLosesNone) {
  std::vector<SigningGap> gaps;
  const std::size_t many = limits::kSigningGaps + 200;
  for (std::size_t i = 0; i < many; ++i) {
    const Seconds from{static_cast<std::int64_t>(i) * 1000 + (i % 7) * 20};
    const auto cause = static_cast<GapCause>(i % 4);
    add_gap(gaps, gap(from, from + Seconds(5), cause), kNoon, kLifetime);
    ASSERT_LE(gaps.size(), limits::kSigningGaps);
  }
  EXPECT_EQ(gaps.size(), limits::kSigningGaps);
  for (std::size_t i = 0; i < many; ++i) {
    const Seconds from{static_cast<std::int64_t>(i) * 1000 + (i % 7) * 20};
    EXPECT_TRUE(falls_in(gaps, kNoon + from, kNoon)) << i;
  }
}

TEST(AddGap, IsInOrderAndJoinedWhateverIsAdded) {
  std::mt19937 random(7);
  std::vector<SigningGap> gaps;
  for (int i = 0; i < 3000; ++i) {
    const Seconds from{random() % 2'000'000};
    add_gap(gaps, gap(from, from + Seconds(random() % 400), static_cast<GapCause>(random() % 4)),
            kNoon, kLifetime);
    ASSERT_TRUE(std::ranges::is_sorted(gaps, {}, &SigningGap::from));
    ASSERT_LE(gaps.size(), limits::kSigningGaps);
  }
  for (std::size_t a = 0; a < gaps.size(); ++a) {
    EXPECT_LE(gaps[a].from, gaps[a].to);
    for (std::size_t b = a + 1; b < gaps.size(); ++b) {
      if (gaps[a].cause != gaps[b].cause) continue;
      EXPECT_GT(gaps[b].from, gaps[a].to + Seconds(1));
    }
  }
}

TEST(GapFile, IsReadAsItWasWritten) {
  const auto gaps = gaps_of({gap(hours(1), hours(2)), gap(hours(3), hours(4), GapCause::Signing),
                             gap(hours(5), hours(5), GapCause::Unseen),
                             gap(hours(6), hours(7), GapCause::Store)});
  unsigned unreadable = 0;
  EXPECT_EQ(parse_gaps(render_gaps(gaps), &unreadable), gaps);
  EXPECT_EQ(unreadable, 0u);
  EXPECT_EQ(render_gaps(gaps).substr(0, 47), "2026-11-21T13:00:00Z 2026-11-21T14:00:00Z down\n");
}

TEST(GapFile, WhatIsNoGapIsCountedAndPassedOver) {
  unsigned unreadable = 0;
  const auto gaps = parse_gaps(
      "\n"
      "2026-11-21T13:00:00Z 2026-11-21T14:00:00Z down\n"
      "2026-11-21T14:00:00Z 2026-11-21T13:00:00Z down\n"
      "2026-11-21T13:00:00Z 2026-11-21T14:00:00Z tea\n"
      "2026-11-21T13:00:00Z down\n"
      "yesterday today down\n"
      "garbage\n"
      "2026-11-21T15:00:00Z 2026-11-21T15:00:00Z store",
      &unreadable);
  EXPECT_EQ(gaps, (std::vector{gap(hours(1), hours(2)), gap(hours(3), hours(3), GapCause::Store)}));
  EXPECT_EQ(unreadable, 5u);
}

TEST(GapFile, WhatAnEditorPutOutOfOrderIsPutInOrderAndJoined) {
  const auto gaps = parse_gaps(
      "2026-11-21T15:00:00Z 2026-11-21T16:00:00Z down\n"
      "2026-11-21T13:00:00Z 2026-11-21T14:00:00Z down\n"
      "2026-11-21T14:00:00Z 2026-11-21T15:00:00Z down\n");
  EXPECT_EQ(gaps, std::vector{gap(hours(1), hours(4))});
}

TEST(GapFile, HoldsNoMoreThanTheLimit) {
  std::string text;
  for (std::size_t i = 0; i < 2 * limits::kSigningGaps; ++i) {
    const Instant at = kNoon + Seconds(static_cast<std::int64_t>(i) * 10);
    text += render_instant(at) + " " + render_instant(at) + " down\n";
  }
  EXPECT_EQ(parse_gaps(text).size(), limits::kSigningGaps);
}

TEST(GapCause, HasOneNameEach) {
  for (const auto cause : {GapCause::Down, GapCause::Signing, GapCause::Store, GapCause::Unseen})
    EXPECT_EQ(parse_gap_cause(name_of(cause)), cause);
  EXPECT_EQ(parse_gap_cause("Down"), std::nullopt);
}

}  // namespace
}  // namespace backstop::proof
