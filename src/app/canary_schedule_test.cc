#include "app/canary_schedule.h"

#include <gtest/gtest.h>

#include <random>

#include "app/canary_mail.h"
#include "app/canary_state.h"

namespace backstop::app {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Instant kNow{Seconds{1'795'231'414}};
constexpr Seconds kHour = hours(1);

TEST(CanarySchedule, RunsOnceAnIntervalWhileAllIsWell) {
  CanarySchedule schedule(kHour, true, kNow);
  EXPECT_EQ(schedule.next(), kNow + Seconds(60));
  EXPECT_EQ(schedule.on_outcome(CanaryOutcome::Passed, true, schedule.next()), CanaryWord::Nothing);
  EXPECT_EQ(schedule.next(), kNow + Seconds(60) + kHour);
}

TEST(CanarySchedule, IsSilentUntilItHasEnteredOnce) {
  CanarySchedule schedule(kHour, false, kNow);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(schedule.on_outcome(CanaryOutcome::Unreached, false, schedule.next()),
              CanaryWord::Nothing);
  }
  EXPECT_FALSE(schedule.has_entered());
  schedule.on_outcome(CanaryOutcome::Wrong, true, schedule.next());
  schedule.on_outcome(CanaryOutcome::Wrong, true, schedule.next());
  EXPECT_EQ(schedule.on_outcome(CanaryOutcome::Wrong, true, schedule.next()), CanaryWord::Alarm);
}

TEST(CanarySchedule, SaysItAgainOnceADayAndThatItIsOver) {
  CanarySchedule schedule(kHour, true, kNow);
  unsigned alarms = 0;
  while (schedule.next() < kNow + Days(3)) {
    if (schedule.on_outcome(CanaryOutcome::Wrong, true, schedule.next()) == CanaryWord::Alarm)
      ++alarms;
  }
  EXPECT_EQ(alarms, 3U);
  EXPECT_EQ(schedule.on_outcome(CanaryOutcome::Passed, true, schedule.next()),
            CanaryWord::Recovered);
  EXPECT_EQ(schedule.failing_since(), std::nullopt);
}

// Whatever breaks, at whatever moment of the interval: the alarm comes within the next one.
TEST(CanarySchedule, AlarmsWithinTheIntervalOfWhateverBreaks) {
  for (const Seconds interval : {Seconds(60), Seconds(300), kHour, Seconds(Days(1))}) {
    for (const CanaryOutcome broken : {CanaryOutcome::Wrong, CanaryOutcome::Unreached}) {
      CanarySchedule schedule(interval, true, kNow);
      schedule.on_outcome(CanaryOutcome::Passed, true, schedule.next());
      const Instant first = schedule.next();
      CanaryWord word = CanaryWord::Nothing;
      Instant now = first;
      while (word != CanaryWord::Alarm && now <= first + interval) {
        now = schedule.next();
        word = schedule.on_outcome(broken, broken == CanaryOutcome::Wrong, now);
      }
      EXPECT_EQ(word, CanaryWord::Alarm);
      EXPECT_LE(now - first, interval) << interval.count();
    }
  }
}

TEST(CanarySchedule, RunsAtOnceWhenTheClockWasSetBackAndGoesOnFromThere) {
  CanarySchedule schedule(kHour, true, kNow);
  schedule.on_outcome(CanaryOutcome::Passed, true, kNow);
  EXPECT_FALSE(schedule.is_due(kNow + kHour - Seconds(1)));
  EXPECT_TRUE(schedule.is_due(kNow + kHour));
  const Instant back = kNow - Days(7);
  EXPECT_TRUE(schedule.is_due(back));
  schedule.on_outcome(CanaryOutcome::Passed, true, back);
  EXPECT_FALSE(schedule.is_due(back + Seconds(1)));
  EXPECT_EQ(schedule.next(), back + kHour);
}

TEST(CanarySchedule, SaysAStandingAlarmAgainWhenTheClockWasSetBack) {
  CanarySchedule schedule(kHour, true, kNow);
  for (int i = 0; i < 3; ++i)
    schedule.on_outcome(CanaryOutcome::Wrong, true, schedule.next());
  EXPECT_EQ(schedule.on_outcome(CanaryOutcome::Wrong, true, kNow - Days(30)), CanaryWord::Alarm);
}

TEST(CanarySchedule, TakesAClockThatJumpsAheadForNoTimeThatPassed) {
  CanarySchedule schedule(kHour, true, kNow);
  schedule.on_outcome(CanaryOutcome::Unreached, false, kNow);
  EXPECT_EQ(schedule.on_outcome(CanaryOutcome::Unreached, false, kNow + Days(9)),
            CanaryWord::Nothing);
}

// What a month of a living server is like for the canary: restarts of the mail server, up to ten
// minutes long, reloads that spoil one answer, and restarts of the daemon itself.
class Month {
 public:
  explicit Month(unsigned seed) : random_(seed) {
    for (Instant at = kNow; at < kNow + Days(30); at += draw(600, 3 * 86'400))
      down_.emplace_back(at, at + draw(1, 600));
    for (Instant at = kNow; at < kNow + Days(30); at += draw(600, 86'400))
      spoilt_.emplace_back(at, at + draw(1, 20));
    for (Instant at = kNow; at < kNow + Days(30); at += draw(60, 2 * 86'400))
      restarts_.push_back(at);
  }

  // Alarms in the month; from `broken` on every answer is `how`.
  std::vector<Instant> live(std::optional<Instant> broken = {},
                            CanaryOutcome how = CanaryOutcome::Wrong) {
    std::vector<Instant> alarms;
    CanarySchedule schedule(kHour, true, kNow);
    auto restart = restarts_.begin();
    while (schedule.next() < kNow + Days(30)) {
      if (restart != restarts_.end() && *restart <= schedule.next()) {
        schedule = CanarySchedule(kHour, true, *restart++);
        continue;
      }
      const Instant now = schedule.next();
      CanaryOutcome outcome = CanaryOutcome::Passed;
      if (holds(spoilt_, now)) outcome = CanaryOutcome::Wrong;
      if (broken && now >= *broken) outcome = how;
      if (holds(down_, now)) outcome = CanaryOutcome::Unreached;
      if (schedule.on_outcome(outcome, true, now) == CanaryWord::Alarm) alarms.push_back(now);
    }
    return alarms;
  }

  Seconds draw(int least, int most) {
    return Seconds(std::uniform_int_distribution<int>(least, most)(random_));
  }

 private:
  using Spans = std::vector<std::pair<Instant, Instant>>;
  static bool holds(const Spans& spans, Instant at) {
    for (const auto& [from, to] : spans)
      if (at >= from && at <= to) return true;
    return false;
  }
  std::mt19937 random_;
  Spans down_;
  Spans spoilt_;
  std::vector<Instant> restarts_;
};

TEST(CanarySchedule, RaisesNoFalseAlarmInAMonthOfRestarts) {
  for (unsigned seed = 1; seed <= 200; ++seed)
    EXPECT_TRUE(Month(seed).live().empty()) << "seed " << seed;
}

TEST(CanarySchedule, FindsWhatBreaksInSuchAMonth) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    for (const CanaryOutcome how : {CanaryOutcome::Wrong, CanaryOutcome::Unreached}) {
      Month month(seed);
      const Instant broken = kNow + month.draw(86'400, 20 * 86'400);
      const std::vector<Instant> alarms = month.live(broken, how);
      ASSERT_FALSE(alarms.empty()) << "seed " << seed;
      EXPECT_GE(alarms.front(), broken) << "seed " << seed;
      // The interval, and what a server that is down in between takes of it.
      EXPECT_LE(alarms.front() - broken, 2 * kHour) << "seed " << seed;
    }
  }
}

TEST(CanaryState, IsReadAsItWasWritten) {
  const CanaryState state{
      .has_entered = true,
      .passed = kNow,
      .tried = kNow + Seconds(5),
      .outcome = CanaryOutcome::Wrong,
      .failing_since = kNow,
      .trouble = "genuine bounce: answered 250",
      .silence = {
          .since = kNow, .answers = 4, .parties = {7, 0x7fff'0000'1234'abcd}, .letters = 2}};
  EXPECT_EQ(parse_canary_state(render_canary_state(state)), state);
  EXPECT_EQ(parse_canary_state(render_canary_state({})), CanaryState{});
  EXPECT_EQ(parse_canary_state(""), std::nullopt);
  EXPECT_EQ(parse_canary_state("something else\n"), std::nullopt);
  EXPECT_EQ(parse_canary_state("backstop-canary 1\nunknown x\npassed never\n\n"), CanaryState{});
}

TEST(CanaryState, HoldsNoLineOfForeignText) {
  const CanaryState state{.trouble = "250 ok\npassed 2026-11-21T00:00:00Z\x1b[31m"};
  const std::string text = render_canary_state(state);
  EXPECT_EQ(parse_canary_state(text)->passed, std::nullopt);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(CanaryMail, DatesAreAsMailHasThem) {
  EXPECT_EQ(render_mail_date(*parse_instant("2026-11-01T07:05:09Z")),
            "Sun, 1 Nov 2026 07:05:09 +0000");
}

}  // namespace
}  // namespace backstop::app
