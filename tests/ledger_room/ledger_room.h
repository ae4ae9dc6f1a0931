// What the ledger's tests share: a directory, a clock, and somebody who listens.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "edge/store/ledger_store.h"
#include "testing/fake_clock.h"
#include "testing/temporary_directory.h"

namespace backstop::store {

inline const Instant kNow = parse_instant("2026-11-21T03:23:34Z").value();

// Far apart, as hashes are.
inline proof::SentKey key(std::uint64_t number) {
  return (number + 1) * 0x9e37'79b9'7f4a'7c15 >> 1;
}

// Three keys from key(3 * number) on.
inline proof::SentMessage sent_message(std::uint64_t number, Instant sent = kNow) {
  proof::SentMessage out;
  out.sent = sent;
  out.message = key(3 * number);
  out.queue_id = key(3 * number + 1);
  out.sender = 0x1111'2222'3333'4444;
  out.account = 77;
  out.pairs = {key(3 * number + 2)};
  out.recipient_count = 1;
  out.header_bytes = 900;
  return out;
}
inline proof::LedgerQuery query_of(std::uint64_t number) {
  proof::LedgerQuery query;
  query.messages = {key(3 * number)};
  query.queue_ids = {key(3 * number + 1)};
  query.pairs = {key(3 * number + 2)};
  return query;
}

// Waits for what other threads do; gives up after long, for the test to fail.
template <class Condition>
bool comes_true(Condition condition) {
  for (int i = 0; i < 20'000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return false;
}

class CollectingObserver final : public LedgerObserver {
 public:
  void on_notice(ports::LogLevel /*level*/, std::string_view sentence) override {
    const std::scoped_lock lock(mutex_);
    notices_.emplace_back(sentence);
  }
  void on_alarm(alarm::Alarm /*alarm*/, std::string_view sentence) override {
    const std::scoped_lock lock(mutex_);
    notices_.emplace_back(sentence);
    ++alarms_;
  }
  void on_writes_failing(Instant since) override {
    const std::scoped_lock lock(mutex_);
    gaps_.push_back(since);
    ++open_gaps_;
  }
  void on_writes_working(Instant /*now*/) override {
    const std::scoped_lock lock(mutex_);
    --open_gaps_;
  }

  std::size_t count(std::string_view part) const {
    const std::scoped_lock lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count_if(
        notices_, [&](const std::string& n) { return n.find(part) != std::string::npos; }));
  }
  std::string text() const {
    const std::scoped_lock lock(mutex_);
    std::string all;
    for (const std::string& notice : notices_)
      all += notice + '\n';
    return all;
  }
  std::size_t alarms() const {
    const std::scoped_lock lock(mutex_);
    return alarms_;
  }
  std::vector<Instant> gaps() const {
    const std::scoped_lock lock(mutex_);
    return gaps_;
  }
  int open_gaps() const {
    const std::scoped_lock lock(mutex_);
    return open_gaps_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> notices_;
  std::vector<Instant> gaps_;
  std::size_t alarms_ = 0;
  int open_gaps_ = 0;
};

class LedgerRoom : public ::testing::Test {
 protected:
  LedgerStore& open(LedgerOptions options) {
    store_.reset();
    if (options.directory.empty()) options.directory = temporary_.path();
    if (options.retry == limits::kStoreRetry) options.retry = std::chrono::milliseconds{5};
    store_ = std::make_unique<LedgerStore>(options, clock_, observer_);
    return *store_;
  }
  LedgerStore& open() { return open(LedgerOptions{}); }
  void close() { store_.reset(); }

  bool is_found(std::uint64_t number) {
    const auto answer = store_->look_up(query_of(number), clock_.now());
    return answer && answer->messages.at(0) && answer->queue_ids.at(0) && answer->pairs.at(0);
  }
  // Of SQLite's own look at the whole file.
  std::string quick_check() {
    auto database = Database::open(path_, Access::Read);
    if (!database) return database.error().text();
    auto check = database->prepare("PRAGMA quick_check");
    if (!check) return check.error().text();
    const auto row = check->step();
    return row ? std::string(check->text(0)) : row.error().text();
  }
  DayTables tables() {
    auto database = Database::open(path_, Access::Read);
    return read_day_tables(database.value()).value();
  }

  const testing::TemporaryDirectory temporary_;
  const std::string path_ = temporary_ / "ledger.db";
  testing::FakeClock clock_{kNow};
  CollectingObserver observer_;
  std::unique_ptr<LedgerStore> store_;
};

}  // namespace backstop::store
