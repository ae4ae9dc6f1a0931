#include "core/alarm/book.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace backstop::alarm {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Instant kNoon = parse_instant("2026-11-21T12:00:00Z").value();

class BookTest : public ::testing::Test {
 protected:
  // "raised no-key", one for each.
  std::vector<std::string> told(Instant now) {
    std::vector<std::string> out;
    for (const Notice& notice : book_.take_due(now))
      out.push_back(std::string(name_of(notice.event)) + " " +
                    std::string(name_of(notice.standing.alarm)));
    return out;
  }
  using Told = std::vector<std::string>;
  Book book_;
};

TEST(AlarmTable, EveryNameIsFoundAgainAndSaysWhatToDo) {
  ASSERT_LE(alarm_count(), kAlarmsMost);
  for (unsigned i = 0; i < alarm_count(); ++i) {
    const auto alarm = static_cast<Alarm>(i);
    EXPECT_EQ(parse_alarm(name_of(alarm)), alarm);
    EXPECT_FALSE(info_of(alarm).help.empty());
    EXPECT_FALSE(info_of(alarm).advice.empty());
  }
  EXPECT_FALSE(parse_alarm("no-such-alarm"));
}

TEST_F(BookTest, TellsTheBeginningAndTheEndOnceEach) {
  EXPECT_TRUE(book_.raise(Alarm::NoKey, "a", kNoon));
  EXPECT_EQ(told(kNoon), Told{"raised no-key"});
  EXPECT_FALSE(book_.raise(Alarm::NoKey, "b", kNoon + Seconds(1)));
  EXPECT_EQ(told(kNoon + Seconds(1)), Told{});
  EXPECT_TRUE(book_.end(Alarm::NoKey, "", kNoon + Seconds(2)));
  EXPECT_EQ(told(kNoon + Seconds(2)), Told{"over no-key"});
  EXPECT_EQ(told(kNoon + hours(48)), Told{});
}

TEST_F(BookTest, OneThatComesAndGoesIsToldNoOftenerThanItMayBe) {
  unsigned messages = 0;
  for (int second = 0; second < 3600; second += 2) {
    book_.raise(Alarm::SigningGap, "x", kNoon + Seconds(second));
    messages += static_cast<unsigned>(told(kNoon + Seconds(second)).size());
    book_.end(Alarm::SigningGap, "", kNoon + Seconds(second + 1));
    messages += static_cast<unsigned>(told(kNoon + Seconds(second + 1)).size());
  }
  EXPECT_EQ(messages, 2u * (hours(1) / limits::kAlarmTellAgain));
}

TEST_F(BookTest, OneThatCameAgainTooSoonIsToldLaterWhenItStillStands) {
  book_.raise(Alarm::SigningGap, "x", kNoon);
  told(kNoon);
  book_.end(Alarm::SigningGap, "", kNoon + minutes(1));
  told(kNoon + minutes(1));
  book_.raise(Alarm::SigningGap, "y", kNoon + minutes(2));
  EXPECT_EQ(told(kNoon + minutes(2)), Told{});
  EXPECT_EQ(told(kNoon + limits::kAlarmTellAgain), Told{"raised signing-gap"});
}

TEST_F(BookTest, OneThatStandsIsToldAgainEachDay) {
  book_.raise(Alarm::NoKey, "a", kNoon);
  told(kNoon);
  EXPECT_EQ(told(kNoon + hours(23)), Told{});
  EXPECT_EQ(told(kNoon + hours(24)), Told{"still no-key"});
  EXPECT_EQ(told(kNoon + hours(25)), Told{});
}

TEST_F(BookTest, WhatIsWrongWithTheHooksIsNotToldToThem) {
  book_.raise(Alarm::AlarmHookFailing, "a", kNoon);
  EXPECT_EQ(told(kNoon), Told{});
  EXPECT_TRUE(book_.is_open(Alarm::AlarmHookFailing));
}

TEST_F(BookTest, WhatHasNoEndIsOverWhenItIsNotRaisedForAsLongAsItLasts) {
  book_.raise(Alarm::ClockSkew, "a", kNoon);
  book_.raise(Alarm::NoKey, "a", kNoon);
  EXPECT_TRUE(book_.end_quiet(kNoon, kNoon + hours(23)).empty());
  EXPECT_EQ(book_.end_quiet(kNoon, kNoon + hours(24)), std::vector{Alarm::ClockSkew});
  EXPECT_TRUE(book_.is_open(Alarm::NoKey)) << "stands until it is said to be over";
}

TEST_F(BookTest, WhatAnEarlierLifeLeftAndThisOneKnowsNothingOfIsOverAfterAWhile) {
  book_.raise(Alarm::NoKey, "a", kNoon);
  book_.raise(Alarm::StoreFailing, "a", kNoon);
  Book next;
  next.restore(book_.standings());
  const Instant started = kNoon + hours(1);
  next.raise(Alarm::StoreFailing, "again", started + Seconds(1));
  EXPECT_TRUE(next.end_quiet(started, started + minutes(1)).empty());
  EXPECT_EQ(next.end_quiet(started, started + limits::kAlarmEarlierLife),
            std::vector{Alarm::NoKey});
  EXPECT_TRUE(next.is_open(Alarm::StoreFailing));
}

TEST_F(BookTest, ARestartTellsNothingAnew) {
  book_.raise(Alarm::NoKey, "a", kNoon);
  told(kNoon);
  Book next;
  next.restore(parse_standings(render_standings(book_.standings())));
  EXPECT_FALSE(next.raise(Alarm::NoKey, "b", kNoon + Seconds(9)));
  EXPECT_TRUE(next.take_due(kNoon + Seconds(9)).empty());
}

TEST_F(BookTest, AClockThatWasSetBackSilencesNothing) {
  book_.raise(Alarm::NoKey, "a", kNoon);
  told(kNoon);
  book_.end(Alarm::NoKey, "", kNoon);
  told(kNoon);
  book_.raise(Alarm::NoKey, "a", kNoon - hours(100));
  EXPECT_EQ(told(kNoon - hours(100)), Told{"raised no-key"});
}

TEST_F(BookTest, IsWrittenAndReadTheSame) {
  book_.raise(Alarm::NoKey, "tab\there, line\nend, back\\slash", kNoon);
  told(kNoon);
  book_.raise(Alarm::UnseenMail, std::string(5000, 'x'), kNoon);
  book_.raise(Alarm::UnseenMail, "", kNoon + Seconds(5));
  book_.raise(Alarm::StoreFailing, "a", kNoon);
  book_.end(Alarm::StoreFailing, "fine", kNoon + hours(2));
  unsigned unreadable = 0;
  EXPECT_EQ(parse_standings(render_standings(book_.standings()), &unreadable), book_.standings());
  EXPECT_EQ(unreadable, 0u);
}

TEST_F(BookTest, LinesThatAreNoneAreCountedAndPassedOver) {
  book_.raise(Alarm::NoKey, "a", kNoon);
  const std::string good = render_standings(book_.standings());
  unsigned unreadable = 0;
  EXPECT_EQ(parse_standings("x\n" + good + good + "of-a-later-version\topen\n\n", &unreadable),
            book_.standings());
  EXPECT_EQ(unreadable, 4u) << "the same alarm twice, too";
}

}  // namespace
}  // namespace backstop::alarm
