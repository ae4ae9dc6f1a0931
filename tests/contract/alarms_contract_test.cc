// What every implementation of ports::Alarms must do.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "app/alarm_board.h"
#include "testing/fake_alarms.h"
#include "testing/fake_clock.h"
#include "testing/fake_log.h"
#include "testing/fake_metrics.h"

namespace backstop {
namespace {

using alarm::Alarm;

template <class A>
class AlarmsContract : public ::testing::Test {
 protected:
  A make() {
    if constexpr (std::is_same_v<A, app::AlarmBoard>) {
      return A("", clock_, metrics_, log_);
    } else {
      return A(log_);
    }
  }
  const alarm::Standing& standing(Alarm alarm) {
    all_ = alarms_.standings();
    return *std::ranges::find(all_, alarm, &alarm::Standing::alarm);
  }
  std::size_t lines_at(ports::LogLevel level) const {
    const auto lines = log_.lines();
    return static_cast<std::size_t>(
        std::ranges::count(lines, level, &testing::FakeLog::Line::level));
  }

  testing::FakeClock clock_;
  testing::FakeMetrics metrics_;
  testing::FakeLog log_;
  A alarms_ = make();
  std::vector<alarm::Standing> all_;
};
using Implementations = ::testing::Types<app::AlarmBoard, testing::FakeAlarms>;
TYPED_TEST_SUITE(AlarmsContract, Implementations);

TYPED_TEST(AlarmsContract, StandsFromWhenItIsRaisedUntilItIsOver) {
  EXPECT_TRUE(this->alarms_.standings().empty());
  this->alarms_.raise(Alarm::NoKey, "no key signs");
  EXPECT_TRUE(this->standing(Alarm::NoKey).is_open);
  EXPECT_EQ(this->standing(Alarm::NoKey).sentence, "no key signs");
  this->alarms_.end(Alarm::NoKey, "a key signs");
  EXPECT_FALSE(this->standing(Alarm::NoKey).is_open);
  EXPECT_EQ(this->standing(Alarm::NoKey).sentence, "a key signs");
}

TYPED_TEST(AlarmsContract, IsALineAtTheHighestPriorityAndALineWhenItIsOver) {
  this->alarms_.raise(Alarm::NoKey, "no key signs");
  EXPECT_EQ(this->lines_at(ports::LogLevel::Alarm), 1u);
  EXPECT_EQ(this->log_.count("alarm: no key signs [no-key]"), 1u) << this->log_.text();
  this->alarms_.end(Alarm::NoKey, "a key signs");
  EXPECT_EQ(this->lines_at(ports::LogLevel::Alarm), 1u);
  EXPECT_EQ(this->log_.count("alarm over: a key signs [no-key]"), 1u) << this->log_.text();
}

TYPED_TEST(AlarmsContract, CountsHowOftenItWasRaisedSinceItBegan) {
  this->alarms_.raise(Alarm::UnseenMail, "one");
  this->alarms_.raise(Alarm::UnseenMail, "two");
  EXPECT_EQ(this->standing(Alarm::UnseenMail).count, 2u);
  EXPECT_EQ(this->standing(Alarm::UnseenMail).sentence, "two");
  this->alarms_.end(Alarm::UnseenMail, "");
  this->alarms_.raise(Alarm::UnseenMail, "three");
  EXPECT_EQ(this->standing(Alarm::UnseenMail).count, 1u);
}

TYPED_TEST(AlarmsContract, TheEndOfWhatDoesNotStandIsNothing) {
  this->alarms_.end(Alarm::StoreFailing, "never was");
  EXPECT_TRUE(this->alarms_.standings().empty());
  EXPECT_EQ(this->log_.size(), 0u);
}

TYPED_TEST(AlarmsContract, OneDoesNotTouchAnother) {
  this->alarms_.raise(Alarm::NoKey, "a");
  this->alarms_.raise(Alarm::FeedFailing, "b");
  this->alarms_.end(Alarm::NoKey, "");
  EXPECT_FALSE(this->standing(Alarm::NoKey).is_open);
  EXPECT_TRUE(this->standing(Alarm::FeedFailing).is_open);
}

TYPED_TEST(AlarmsContract, MayBeRaisedFromManyThreads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int n = 0; n < 500; ++n)
        this->alarms_.raise(Alarm::KeyUnknown, "key 7");
    });
  }
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(this->standing(Alarm::KeyUnknown).count, 2000u);
}

}  // namespace
}  // namespace backstop
