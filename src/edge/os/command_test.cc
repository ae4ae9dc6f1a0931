#include "edge/os/command.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <cerrno>
#include <fstream>
#include <thread>

#include "testing/temporary_directory.h"

namespace backstop::os {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

class CommandTest : public ::testing::Test {
 protected:
  // Never stops printing, by several writers: what they print is never all read.
  std::vector<std::string> endless() const {
    return {"/bin/sh", "-c", "echo $$ > " + pid_file_ + "; yes & yes & yes & yes & exec yes"};
  }
  bool has_begun() const { return !std::ifstream(pid_file_).eof() && pid() > 0; }
  pid_t pid() const {
    pid_t out = 0;
    std::ifstream(pid_file_) >> out;
    return out;
  }
  bool is_gone() const { return pid() > 0 && kill(pid(), 0) != 0 && errno == ESRCH; }

  ::backstop::testing::TemporaryDirectory folder_;
  std::string pid_file_ = folder_ / "pid";
  const std::vector<std::string> environment_ = {"PATH=/usr/bin:/bin"};
  std::atomic<bool> is_stopping_{false};
};

TEST_F(CommandTest, GivesItsInputAndGetsItsOutput) {
  const auto ran = run_command({"/bin/sh", "-c", "cat; echo $WORD; exit 3"},
                               {"PATH=/usr/bin:/bin", "WORD=there"}, "in\n",
                               {.wait = hours(1), .output_bytes = 100}, is_stopping_);
  ASSERT_TRUE(ran) << ran.error().text();
  EXPECT_EQ(ran->exit_code, 3);
  EXPECT_EQ(ran->output, "in\nthere\n");
}

TEST_F(CommandTest, OneThatNeverStopsPrintingIsEndedWhenItsTimeIsUp) {
  // Long enough for a shell to begin on a host under load.
  const auto ran = run_command(endless(), environment_, "",
                               {.wait = milliseconds(1500), .output_bytes = 100}, is_stopping_);
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().code, Errc::Unavailable);
  EXPECT_TRUE(is_gone()) << ran.error().text();
}

TEST_F(CommandTest, OneThatNeverStopsPrintingIsEndedWhenWeEnd) {
  std::thread stopping([&] {
    while (!has_begun())
      std::this_thread::yield();
    is_stopping_ = true;
  });
  const auto ran = run_command(endless(), environment_, "", {.wait = hours(1), .output_bytes = 100},
                               is_stopping_);
  stopping.join();
  ASSERT_FALSE(ran);
  EXPECT_TRUE(is_gone()) << ran.error().text();
}

TEST_F(CommandTest, OutputPastTheLimitIsDropped) {
  const auto ran = run_command({"/bin/sh", "-c", "yes | head -c 100000"}, environment_, "",
                               {.wait = hours(1), .output_bytes = 10}, is_stopping_);
  ASSERT_TRUE(ran) << ran.error().text();
  EXPECT_EQ(ran->output, "y\ny\ny\ny\ny\n");
}

TEST_F(CommandTest, WhatCannotBeStartedIsAnError) {
  const CommandLimits limits{.wait = hours(1), .output_bytes = 10};
  EXPECT_EQ(run_command({"/nowhere"}, {}, "", limits, is_stopping_).error().code, Errc::NotFound);
  EXPECT_EQ(run_command({"/etc/passwd"}, {}, "", limits, is_stopping_).error().code, Errc::Denied);
}

}  // namespace
}  // namespace backstop::os
