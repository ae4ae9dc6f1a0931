#include "app/signing_watch.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "edge/os/gap_file.h"
#include "testing/fake_alarms.h"
#include "testing/fake_log.h"
#include "testing/temporary_directory.h"

namespace backstop::app {
namespace {

using proof::GapCause;
using proof::SigningGap;
using std::chrono::hours;
using std::chrono::minutes;

constexpr Seconds kLifetime = Days{21};
const Instant kNoon = parse_instant("2026-11-21T12:00:00Z").value();

class SigningWatchTest : public ::testing::Test {
 protected:
  // A life that begins at `from` and beats until `to`, every second, and is then killed.
  void live(Instant from, Instant to) {
    SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, from);
    beat(watch, from, to);
  }
  void beat(SigningWatch& watch, Instant from, Instant to) {
    for (Instant at = from; at <= to; at += Seconds(1))
      watch.beat(at, steady_ += Seconds(1));
  }
  static bool in_gap(const SigningWatch& watch, Instant received, Instant now) {
    return proof::find_gap(*watch.snapshot(), received, now, kLifetime) != nullptr;
  }
  std::vector<SigningGap> on_disk() const { return os::read_gap_file(folder_.path()).value().gaps; }

  ::backstop::testing::TemporaryDirectory folder_;
  backstop::testing::FakeLog log_;
  backstop::testing::FakeAlarms alarms_{log_};
  SigningWatch::Steady::time_point steady_{};
};

TEST_F(SigningWatchTest, TheFirstLifeEverHasNoGap) {
  SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon);
  beat(watch, kNoon, kNoon + Seconds(3));
  EXPECT_TRUE(watch.snapshot()->empty());
  EXPECT_EQ(log_.size(), 0u) << log_.text();
}

TEST_F(SigningWatchTest, FromTheLastBeatOfAKilledDaemonToTheFirstOfTheNextIsAGap) {
  live(kNoon, kNoon + Seconds(5));
  SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon + minutes(30));
  EXPECT_EQ(*watch.snapshot(),
            (std::vector<SigningGap>{
                {.from = kNoon + Seconds(5), .to = kNoon + minutes(30), .cause = GapCause::Down}}))
      << "known before the sockets open";
  beat(watch, kNoon + minutes(31), kNoon + minutes(31));
  ASSERT_EQ(watch.snapshot()->size(), 1u);
  EXPECT_EQ(watch.snapshot()->front().to, kNoon + minutes(31));
  EXPECT_EQ(on_disk(), *watch.snapshot());
}

TEST_F(SigningWatchTest, AGapIsRememberedOverManyLives) {
  live(kNoon, kNoon + Seconds(5));
  live(kNoon + hours(3), kNoon + hours(3) + Seconds(5));
  live(kNoon + hours(6), kNoon + hours(6) + Seconds(5));
  SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon + hours(9));
  EXPECT_EQ(watch.snapshot()->size(), 3u);
  EXPECT_TRUE(in_gap(watch, kNoon + hours(1), kNoon + Days(20)));
}

TEST_F(SigningWatchTest, AStartThatNeverBeatLeavesTheWholeGapToTheNext) {
  live(kNoon, kNoon);
  {
    SigningWatch killed_at_once(folder_.path(), kLifetime, log_, alarms_, kNoon + hours(4));
  }
  SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon + hours(8));
  ASSERT_EQ(watch.snapshot()->size(), 1u);
  EXPECT_EQ(watch.snapshot()->front().from, kNoon);
}

TEST_F(SigningWatchTest, FailingSigningIsAGapAtOnceAndSurvivesAKill) {
  {
    SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon);
    beat(watch, kNoon, kNoon + Seconds(5));
    watch.signing_failed(kNoon + hours(2));
    EXPECT_TRUE(in_gap(watch, kNoon + hours(2), kNoon + Days(3)));
    beat(watch, kNoon + hours(2), kNoon + hours(2) + minutes(10));
    EXPECT_EQ(watch.snapshot()->back().to, kNoon + hours(2) + minutes(10)) << "still open";
  }
  SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon + hours(2) + minutes(10));
  const auto gaps = *watch.snapshot();
  EXPECT_TRUE(std::ranges::any_of(gaps, [](const SigningGap& gap) {
    return gap.cause == GapCause::Signing && gap.from == kNoon + hours(2) &&
           gap.to >= kNoon + hours(2) + minutes(9);
  })) << proof::render_gaps(gaps);
}

TEST_F(SigningWatchTest, AMessageThatWentUnsignedJustBeforeAKillFallsInTheGapOfTheKill) {
  {
    SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon);
    beat(watch, kNoon, kNoon + hours(2));
    watch.signing_failed(kNoon + hours(2) + Seconds(1));
  }
  SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon + hours(5));
  EXPECT_TRUE(in_gap(watch, kNoon + hours(2) + Seconds(1), kNoon + Days(3)));
}

TEST_F(SigningWatchTest, ItsEndIsTheNextMessageThatIsSigned) {
  SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon);
  beat(watch, kNoon, kNoon);
  watch.signing_failed(kNoon + Seconds(1));
  watch.signing_works(kNoon + Seconds(3));
  watch.signing_works(kNoon + Seconds(9));
  beat(watch, kNoon + Seconds(10), kNoon + Seconds(12));
  EXPECT_EQ(*watch.snapshot(), (std::vector<SigningGap>{{.from = kNoon + Seconds(1),
                                                         .to = kNoon + Seconds(3),
                                                         .cause = GapCause::Signing}}));
  EXPECT_EQ(on_disk(), *watch.snapshot());
}

TEST_F(SigningWatchTest, OneMessageAmongManyIsAGapOfItsMoment) {
  SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon);
  beat(watch, kNoon, kNoon);
  watch.signing_failed(kNoon + Seconds(1));
  watch.signing_works(kNoon + Seconds(1));
  EXPECT_EQ(*watch.snapshot(), (std::vector<SigningGap>{{.from = kNoon + Seconds(1),
                                                         .to = kNoon + Seconds(1),
                                                         .cause = GapCause::Signing}}));
}

TEST_F(SigningWatchTest, AStoreThatFailsIsAGapOfItsOwn) {
  SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon);
  beat(watch, kNoon, kNoon);
  watch.store_failing(kNoon + Seconds(1));
  watch.signing_failed(kNoon + Seconds(2));
  watch.store_works(kNoon + Seconds(5));
  watch.signing_works(kNoon + Seconds(6));
  ASSERT_EQ(watch.snapshot()->size(), 2u);
  EXPECT_EQ(watch.snapshot()->front().cause, GapCause::Store);
  EXPECT_EQ(watch.snapshot()->front().to, kNoon + Seconds(5));
}

TEST_F(SigningWatchTest, MailThatPassedByUsIsAGapOfItsMoment) {
  SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon);
  watch.unseen(kNoon - minutes(7));
  EXPECT_TRUE(in_gap(watch, kNoon - minutes(7), kNoon));
  beat(watch, kNoon, kNoon);
  EXPECT_EQ(on_disk(), *watch.snapshot());
  watch.unseen(parse_instant("9999-01-01").value());
  EXPECT_TRUE(in_gap(watch, kNoon - minutes(7), kNoon)) << "a wrong time drops no other";
}

TEST_F(SigningWatchTest, ThereIsNoBeatWhileAGapIsNotOnTheDisk) {
  SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon);
  beat(watch, kNoon, kNoon);
  std::filesystem::create_directories(folder_ / "gaps.tmp/in-the-way");
  watch.signing_failed(kNoon + Seconds(1));
  watch.signing_works(kNoon + Seconds(2));
  beat(watch, kNoon + Seconds(3), kNoon + Seconds(30));
  EXPECT_EQ(os::read_last_beat(folder_.path()).value()->at, kNoon);
  EXPECT_TRUE(in_gap(watch, kNoon + Seconds(1), kNoon)) << "but it is known";
  EXPECT_EQ(log_.count("is known in memory only"), 1u) << log_.text();

  std::filesystem::remove_all(folder_ / "gaps.tmp");
  beat(watch, kNoon + Seconds(31), kNoon + Seconds(31));
  EXPECT_EQ(os::read_last_beat(folder_.path()).value()->at, kNoon + Seconds(31));
  EXPECT_EQ(on_disk(), *watch.snapshot());
  EXPECT_EQ(log_.count("written again"), 1u) << log_.text();
}

TEST_F(SigningWatchTest, AHeartbeatThatCannotBeWrittenIsSaidOnceAndTriedAgain) {
  SigningWatch watch(folder_ / "none", kLifetime, log_, alarms_, kNoon);
  beat(watch, kNoon, kNoon + Seconds(9));
  EXPECT_EQ(log_.count("the heartbeat cannot be written"), 1u) << log_.text();
  std::filesystem::create_directory(folder_ / "none");
  beat(watch, kNoon + Seconds(10), kNoon + Seconds(10));
  EXPECT_TRUE(os::read_last_beat(folder_ / "none").value());
  EXPECT_EQ(log_.count("the heartbeat is written again"), 1u) << log_.text();
}

TEST_F(SigningWatchTest, AHeartbeatFromTheFutureIsAGapAndAnAlarm) {
  live(kNoon + Days(2), kNoon + Days(2));
  SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon);
  EXPECT_EQ(log_.count("the clock was set back"), 1u) << log_.text();
  EXPECT_TRUE(in_gap(watch, kNoon + Days(2) + hours(5), kNoon)) << "by the clock of then";
  EXPECT_TRUE(in_gap(watch, kNoon - hours(5), kNoon)) << "by the clock of now";
  beat(watch, kNoon, kNoon + Seconds(2));
  EXPECT_TRUE(in_gap(watch, kNoon - hours(5), kNoon + Days(20)));
  EXPECT_FALSE(in_gap(watch, kNoon - hours(5), kNoon + Days(22)));
}

TEST_F(SigningWatchTest, AHeartbeatFromTheNextCenturyExcusesNothingElse) {
  live(parse_instant("2099-01-01").value(), parse_instant("2099-01-01").value());
  SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon);
  beat(watch, kNoon, kNoon);
  EXPECT_FALSE(in_gap(watch, kNoon + hours(30), kNoon + hours(31)));
}

TEST_F(SigningWatchTest, AClockThatIsSetWhileRunningIsAnAlarmAndNoGap) {
  SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon);
  beat(watch, kNoon, kNoon + Seconds(3));
  beat(watch, kNoon + Days(2), kNoon + Days(2) + Seconds(3));
  EXPECT_EQ(log_.count("the clock was set forward by 1727"), 1u) << log_.text();
  beat(watch, kNoon, kNoon + Seconds(3));
  EXPECT_EQ(log_.count("the clock was set back by 1728"), 1u) << log_.text();
  EXPECT_EQ(log_.count("NTP"), 2u);
  EXPECT_TRUE(watch.snapshot()->empty());
}

TEST_F(SigningWatchTest, APauseWithoutBeatsIsAGap) {
  SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon);
  beat(watch, kNoon, kNoon);
  steady_ += minutes(5);
  beat(watch, kNoon + minutes(5), kNoon + minutes(5));
  EXPECT_EQ(*watch.snapshot(),
            (std::vector<SigningGap>{
                {.from = kNoon, .to = kNoon + minutes(5), .cause = GapCause::Down}}));
}

TEST_F(SigningWatchTest, WhatCannotBeReadCountsAsAGapOfAWholeLifetime) {
  for (const bool as_line : {true, false}) {
    ::backstop::testing::TemporaryDirectory folder;
    if (as_line)
      std::ofstream(folder / "gaps") << "garbage\n";
    else
      std::filesystem::create_directory(folder / "gaps");
    SigningWatch watch(folder.path(), kLifetime, log_, alarms_, kNoon);
    EXPECT_TRUE(in_gap(watch, kNoon - Days(20), kNoon)) << as_line;
  }
  ::backstop::testing::TemporaryDirectory folder;
  ASSERT_EQ(mkfifo((folder / "heartbeat").c_str(), 0600), 0);
  SigningWatch watch(folder.path(), kLifetime, log_, alarms_, kNoon);
  EXPECT_TRUE(in_gap(watch, kNoon - Days(20), kNoon));
  EXPECT_EQ(log_.count("alarm: "), 3u) << log_.text();
}

TEST_F(SigningWatchTest, WhatItKnowsIsWrittenWhenItRests) {
  SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon);
  beat(watch, kNoon, kNoon);
  watch.signing_failed(kNoon + Seconds(1));
  watch.rest(kNoon + Seconds(4));
  EXPECT_EQ(on_disk(), *watch.snapshot());
  EXPECT_EQ(on_disk().back().to, kNoon + Seconds(4));
  EXPECT_EQ(os::read_last_beat(folder_.path()).value()->at, kNoon) << "resting is no beat";
}

TEST_F(SigningWatchTest, ACauseThatComesAndGoesIsOneGapAndAnAlarmEachTime) {
  SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon);
  for (int i = 0; i < 50; ++i) {
    watch.signing_failed(kNoon + Seconds(i));
    watch.signing_works(kNoon + Seconds(i));
  }
  EXPECT_EQ(log_.count("go out unsigned"), 50u) << log_.text();
  EXPECT_FALSE(alarms_.is_open(alarm::Alarm::SigningGap));
  EXPECT_EQ(watch.snapshot()->size(), 1u) << "one a second is one gap";
}

TEST_F(SigningWatchTest, TakesWordFromManyThreadsAtOnce) {
  SigningWatch watch(folder_.path(), kLifetime, log_, alarms_, kNoon);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&watch, t] {
      for (int i = 0; i < 2000; ++i) {
        const Instant at = kNoon + Seconds(i);
        if (t == 0) watch.signing_failed(at);
        if (t == 1) watch.signing_works(at);
        if (t == 2) watch.unseen(at);
        EXPECT_LE(watch.snapshot()->size(), 4000u);
      }
    });
  }
  beat(watch, kNoon, kNoon + Seconds(50));
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_TRUE(in_gap(watch, kNoon + Seconds(1999), kNoon));
}

}  // namespace
}  // namespace backstop::app
