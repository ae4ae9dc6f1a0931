#include "app/tellers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/base/feed_limits.h"
#include "testing/fake_clock.h"
#include "testing/fake_log.h"
#include "testing/fake_metrics.h"
#include "testing/temporary_directory.h"

namespace backstop::app {
namespace {

using alarm::Alarm;

class TellersTest : public ::testing::Test {
 protected:
  TellersTest() {
    config_.store_directory = folder_.path();
    config_.feed.file = folder_ / "feed.jsonl";
    const config::Webhook webhook{
        .url = "http://127.0.0.1:9/x", .secret_file = secret_, .ca_file = ""};
    config_.feed.webhook = webhook;
    config_.alarms.webhook = webhook;
  }
  ~TellersTest() override { tellers_.stop(); }
  void start() {
    tellers_.start(config_, {.clock = clock_,
                             .metrics = metrics_,
                             .log = log_,
                             .alarms = board_,
                             .audience = audience_});
  }
  void write_secret() {
    std::ofstream(secret_) << "0123456789abcdef0123456789abcdef\n";
    std::filesystem::permissions(secret_, std::filesystem::perms::owner_read);
  }
  bool stands(Alarm alarm) {
    const auto all = board_.standings();
    return std::ranges::any_of(all,
                               [&](const auto& one) { return one.alarm == alarm && one.is_open; });
  }

  ::backstop::testing::TemporaryDirectory folder_;
  ::backstop::testing::FakeClock clock_;
  ::backstop::testing::FakeMetrics metrics_;
  ::backstop::testing::FakeLog log_;
  AlarmBoard board_{folder_.path(), clock_, metrics_, log_};
  RecordAudience audience_;
  std::string secret_ = folder_ / "secret";
  config::Config config_;
  Tellers tellers_;
};

// Mail is signed and judged without them.
TEST_F(TellersTest, WhatCannotBeStartedIsAnAlarmAndIsTriedAgainEachMinute) {
  start();
  EXPECT_TRUE(stands(Alarm::FeedFailing));
  EXPECT_TRUE(stands(Alarm::AlarmHookFailing));
  audience_.on_record({}, "4B");
  write_secret();
  const Instant now = clock_.now();
  tellers_.beat(now + limits::kTellerRetry - Seconds{1});
  EXPECT_TRUE(stands(Alarm::FeedFailing)) << "not every second";
  tellers_.beat(now + limits::kTellerRetry);
  EXPECT_FALSE(stands(Alarm::FeedFailing));
  EXPECT_FALSE(stands(Alarm::AlarmHookFailing));
}

TEST_F(TellersTest, AReloadTriesAtOnce) {
  start();
  write_secret();
  tellers_.reopen();
  EXPECT_FALSE(stands(Alarm::FeedFailing));
  EXPECT_FALSE(stands(Alarm::AlarmHookFailing));
}

TEST_F(TellersTest, WhereAllCanBeStartedNoAlarmStands) {
  write_secret();
  start();
  EXPECT_TRUE(board_.standings().empty());
}

}  // namespace
}  // namespace backstop::app
