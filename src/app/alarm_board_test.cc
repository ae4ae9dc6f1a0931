#include "app/alarm_board.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "core/base/limits.h"
#include "testing/fake_clock.h"
#include "testing/fake_log.h"
#include "testing/fake_metrics.h"
#include "testing/temporary_directory.h"

namespace backstop::app {
namespace {

using alarm::Alarm;
using metrics::Metric;

class AlarmBoardTest : public ::testing::Test {
 protected:
  AlarmBoard make() { return AlarmBoard(folder_.path(), clock_, metrics_, log_); }
  std::int64_t cell(Metric metric, Alarm alarm) const {
    return metrics_.values().at(metrics::cell_of(metrics::series(metric, alarm)));
  }

  ::backstop::testing::TemporaryDirectory folder_;
  ::backstop::testing::FakeClock clock_;
  ::backstop::testing::FakeMetrics metrics_;
  ::backstop::testing::FakeLog log_;
};

TEST_F(AlarmBoardTest, IsAMetricAndACounter) {
  AlarmBoard board = make();
  EXPECT_EQ(cell(Metric::Alarm, Alarm::NoKey), 0) << "shown from the start";
  board.raise(Alarm::NoKey, "a");
  board.raise(Alarm::NoKey, "b");
  EXPECT_EQ(cell(Metric::Alarm, Alarm::NoKey), 1);
  EXPECT_EQ(cell(Metric::AlarmsTotal, Alarm::NoKey), 2);
  board.end(Alarm::NoKey, "");
  EXPECT_EQ(cell(Metric::Alarm, Alarm::NoKey), 0);
}

TEST_F(AlarmBoardTest, IsKeptForStatusAndForTheNextLife) {
  {
    AlarmBoard board = make();
    board.raise(Alarm::NoKey, "no key signs");
    board.beat(clock_.now());
  }
  EXPECT_EQ(read_alarms(folder_.path()).value().front().sentence, "no key signs");
  AlarmBoard next = make();
  EXPECT_EQ(cell(Metric::Alarm, Alarm::NoKey), 1);
  next.end(Alarm::NoKey, "a key signs");
  next.beat(clock_.now());
  EXPECT_FALSE(read_alarms(folder_.path()).value().front().is_open);
}

TEST_F(AlarmBoardTest, WritesItsFileOnlyWhenSomethingChanged) {
  AlarmBoard board = make();
  board.beat(clock_.now());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "alarms"));
  board.raise(Alarm::NoKey, "a");
  board.beat(clock_.now());
  std::filesystem::remove(folder_ / "alarms");
  board.beat(clock_.now());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "alarms"));
  board.raise(Alarm::NoKey, "b");
  board.beat(clock_.now());
  EXPECT_TRUE(std::filesystem::exists(folder_ / "alarms"));
}

TEST_F(AlarmBoardTest, TellsOnceThatItCannotBeKept) {
  AlarmBoard board(folder_ / "none", clock_, metrics_, log_);
  board.raise(Alarm::NoKey, "a");
  board.beat(clock_.now());
  board.beat(clock_.now());
  EXPECT_EQ(log_.count("cannot be kept"), 1u) << log_.text();
  std::filesystem::create_directory(folder_ / "none");
  board.beat(clock_.now());
  EXPECT_EQ(read_alarms(folder_ / "none").value().size(), 1u);
}

TEST_F(AlarmBoardTest, WhatIsRaisedForEveryMessageDoesNotFillTheLog) {
  AlarmBoard board = make();
  for (int i = 0; i < 1000; ++i)
    board.raise(Alarm::KeyUnknown, "key 7");
  EXPECT_EQ(log_.count("alarm: key 7"), limits::kAlarmLinesPerMinute);
  for (int i = 0; i < 1000; ++i) {
    board.raise(Alarm::StoreFailing, "x");
    board.end(Alarm::StoreFailing, "y");
  }
  EXPECT_EQ(log_.count("alarm over: y"), limits::kAlarmLinesPerMinute);
  clock_.advance(Seconds(60));
  board.raise(Alarm::KeyUnknown, "key 8");
  EXPECT_EQ(log_.count("alarm: key 8"), 1u);
}

TEST_F(AlarmBoardTest, TellsItsHooksWithinABeat) {
  AlarmBoard board = make();
  std::vector<std::string> told;
  board.add([&](const alarm::Notice& notice) {
    told.push_back(std::string(name_of(notice.event)) + " " + notice.standing.sentence);
  });
  board.raise(Alarm::NoKey, "a");
  EXPECT_TRUE(told.empty());
  board.beat(clock_.now());
  board.end(Alarm::NoKey, "b");
  board.beat(clock_.now());
  EXPECT_EQ(told, (std::vector<std::string>{"raised a", "over b"}));
}

TEST_F(AlarmBoardTest, WhatIsOverByItselfIsToldInTheLog) {
  AlarmBoard board = make();
  board.raise(Alarm::ClockSkew, "a");
  clock_.advance(Days(2));
  board.beat(clock_.now());
  EXPECT_EQ(log_.count("alarm over: it was not raised again [clock-skew]"), 1u) << log_.text();
  EXPECT_EQ(cell(Metric::Alarm, Alarm::ClockSkew), 0);
}

TEST_F(AlarmBoardTest, AFileThatIsNoneStopsNothing) {
  std::filesystem::create_directory(folder_ / "alarms");
  AlarmBoard board = make();
  board.raise(Alarm::NoKey, "a");
  board.beat(clock_.now());
  EXPECT_EQ(log_.count("cannot be read"), 1u) << log_.text();
}

}  // namespace
}  // namespace backstop::app
