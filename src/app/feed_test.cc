#include "app/feed.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "core/base/feed_limits.h"
#include "testing/fake_alarms.h"
#include "testing/fake_clock.h"
#include "testing/fake_log.h"
#include "testing/fake_metrics.h"
#include "testing/temporary_directory.h"

namespace backstop::app {
namespace {

using alarm::Alarm;

// Counts, but keeps every thread waiting that is not the test's: so the feed's own stands still
// with the line that it has just written.
class StallingMetrics final : public ports::Metrics {
 public:
  void add(const metrics::Series& series, std::int64_t by) override {
    wait();
    counted_.add(series, by);
  }
  void set(const metrics::Series& series, std::int64_t value) override {
    counted_.set(series, value);
  }
  void unset(const metrics::Series& series) override { counted_.unset(series); }
  void observe(const metrics::Series& series, std::chrono::nanoseconds took) override {
    counted_.observe(series, took);
  }
  void stall(bool stalls) {
    const std::scoped_lock lock(mutex_);
    stalls_ = stalls;
    changed_.notify_all();
  }
  void wait_until_somebody_waits() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waits_; });
  }
  std::int64_t dropped() const {
    return counted_.values().at(metrics::cell_of(metrics::series(
        metrics::Metric::DeliveriesTotal, metrics::Sink::FeedFile, metrics::Fate::Dropped)));
  }

 private:
  void wait() {
    if (std::this_thread::get_id() == test_) return;
    std::unique_lock lock(mutex_);
    waits_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !stalls_; });
    waits_ = false;
  }

  const std::thread::id test_ = std::this_thread::get_id();
  ::backstop::testing::FakeMetrics counted_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stalls_ = false;
  bool waits_ = false;
};

// A proved bounce for one recipient of ours.
transaction::Record bounce() {
  transaction::Record record;
  record.direction = transaction::Direction::Inbound;
  record.kind = reading::Kind::Bounce;
  record.judgement.verdict = policy::Verdict::Genuine;
  record.judgement.row = 1;
  record.facts.emplace_back();
  record.facts.back().token = proof::ProofResult::Valid;
  record.recipient_addresses.emplace_back(mail::parse_path("alice@example.com").value(), true);
  record.known_id = "a1@example.com";
  reading::Reading reading;
  reading.recipients.push_back(
      {.address = "bob@remote.test", .action = "failed", .status = "5.1.1", .diagnostic = {}});
  record.reading = std::make_shared<const reading::Reading>(reading);
  return record;
}

class FeedQueueTest : public ::testing::Test {
 protected:
  FeedQueueTest() {
    config_.feed.file = folder_ / "feed.jsonl";
    feed_ =
        Feed::start(config_, {.clock = clock_, .alarms = alarms_, .metrics = metrics_, .log = log_})
            .value();
  }
  ~FeedQueueTest() override { metrics_.stall(false); }
  void tell() { feed_->on_record(record_, "4B"); }

  ::backstop::testing::TemporaryDirectory folder_;
  ::backstop::testing::FakeClock clock_;
  ::backstop::testing::FakeLog log_;
  ::backstop::testing::FakeAlarms alarms_{log_};
  StallingMetrics metrics_;
  config::Config config_;
  const transaction::Record record_ = bounce();
  std::unique_ptr<Feed> feed_;
};

TEST_F(FeedQueueTest, OnceItWasFullItsAlarmEndsWithTheNextLineThatFindsRoom) {
  ASSERT_EQ(transaction::feed_events_of(record_, "4B").size(), 1U);
  metrics_.stall(true);
  tell();
  metrics_.wait_until_somebody_waits();
  for (std::size_t i = 0; i < limits::kFeedQueue; ++i)
    tell();
  EXPECT_FALSE(alarms_.is_open(Alarm::FeedFailing));
  tell();
  EXPECT_TRUE(alarms_.is_open(Alarm::FeedFailing));
  EXPECT_EQ(metrics_.dropped(), 1);
  tell();
  EXPECT_TRUE(alarms_.is_open(Alarm::FeedFailing)) << "as long as there is no room";
  metrics_.stall(false);
  // Room is there once the thread has taken what waited.
  while (alarms_.is_open(Alarm::FeedFailing)) {
    tell();
    std::this_thread::yield();
  }
  const auto dropped = metrics_.dropped();
  tell();
  EXPECT_EQ(metrics_.dropped(), dropped);
  EXPECT_FALSE(alarms_.is_open(Alarm::FeedFailing));
}

}  // namespace
}  // namespace backstop::app
