// The ledger: what we sent, in an SQLite file of tables by day, with an index in memory.
//
// One thread writes, in groups of limits::kStoreCommitWait; one fills the index after a start, and
// until it is done look-ups read the tables.  What was recorded is found at once.  When this
// process is killed, what was not committed is lost: at most one group.  When the power fails, no
// more than that: each commit is flushed to the disk.
//
// Nothing here stops mail or the daemon.  When the file cannot be opened or written the store is
// away or failing: that is told once, tried again every `retry`, and recorded messages wait, up to
// limits::kLedgerQueue of them.  A damaged file is moved aside and a new one begun.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "core/base/limits.h"
#include "edge/store/ledger_file.h"
#include "edge/store/ledger_memory.h"
#include "edge/store/ledger_observer.h"
#include "edge/store/ledger_place.h"
#include "edge/store/ledger_reader.h"
#include "ports/clock.h"
#include "ports/ledger.h"

namespace backstop::store {

inline constexpr std::string_view kLedgerFileName = "ledger.db";

struct LedgerOptions {
  std::string directory;
  // Something else than the file says that there was a ledger here: when the file is gone, it was
  // lost.
  bool existed_before = false;
  // How fast the file's day follows a clock that is more than a day ahead: a clock that jumps must
  // not drop what is not old.
  std::chrono::milliseconds horizon_step = std::chrono::hours{1};
  std::chrono::milliseconds retry = limits::kStoreRetry;
};

// How it fares, for people and metrics.
struct LedgerState {
  bool is_away = true;  // No look-ups.
  std::optional<Instant> failing_since;
  std::string trouble;  // The sentence last told; empty when all is well.
  std::uint64_t lost_messages = 0;
  std::size_t waiting_messages = 0;
  std::size_t index_keys = 0;
  std::size_t index_bytes = 0;
  std::size_t use_counters = 0;
  bool is_indexed = false;
  std::optional<Instant> lost_at;
};

class LedgerStore final : public ports::Ledger {
 public:
  // Waits for the first try to open the file, which never takes long.  `clock` and `observer` must
  // live longer.
  LedgerStore(LedgerOptions options, const ports::Clock& clock, LedgerObserver& observer);
  ~LedgerStore() override;

  void record_sent(const proof::SentMessage& message) override;
  void count_uses(const proof::Uses& uses) override;
  Result<proof::LedgerAnswer> look_up(const proof::LedgerQuery& query, Instant now) override;
  // The answer, when it can be given from memory: nothing of the query is known.  Any thread; never
  // waits.
  std::optional<proof::LedgerAnswer> look_up_now(const proof::LedgerQuery& query,
                                                 Instant now) const;
  // The key is known nowhere, for sure.  Any thread; never waits.
  bool is_missing(proof::SentKey key) const { return !is_away_.load() && memory_.is_missing(key); }

  // Waits until what was recorded and counted before is on the disk; false when it could not be
  // written.
  bool flush();
  // Flushes and ends.  What is recorded afterwards is lost.
  void close();
  LedgerState state() const;

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  struct Reading {
    Reading(LedgerReader opened, std::uint64_t number)
        : reader(std::move(opened)), generation(number) {}
    std::mutex mutex;
    LedgerReader reader;  // Guarded by mutex.
    const std::uint64_t generation;
  };

  // --- The writer's thread (ledger_writer.cc)
  void write_until_closed();
  void open_file();
  Result<void> try_to_open(std::optional<Instant> lost_at);
  bool is_lost_before_opening() const;
  void leave_file();
  void wait_for_work();
  void watch_file();
  void write_group();
  void age();
  std::optional<DayNumber> next_horizon();
  void meet_damage(const Error& error);
  void tell_trouble(const Error& error);
  void tell_ageing(const Error& error);
  void tell_alarms();
  void set_working();
  void publish_tables();

  // --- The indexer's thread (ledger_indexer.cc)
  void index_until_closed();
  Result<void> index_counters(Database& database);
  Result<void> index_day(Database& database, const LedgerMemory::UnindexedDay& day);

  void wake();
  // `generation`: of what it was found in; damage of a file that was left already is nobody's.
  void report_damage(const Error& error, std::uint64_t generation);
  std::shared_ptr<Reading> reading() const;
  std::shared_ptr<const DayTables> tables() const;
  Result<std::optional<proof::SentEntry>> find_entry(Reading& reading, proof::SentKey key,
                                                     RowKind kind, const proof::LedgerQuery& query,
                                                     Instant now);
  Result<std::optional<Instant>> find_pair(Reading& reading, proof::SentKey key, Instant now);
  proof::LedgerAnswer empty_answer(const proof::LedgerQuery& query, Instant now) const;
  bool wait_for_counters();
  void make_counters_writable();

  const LedgerOptions options_;
  const std::string path_;
  const ports::Clock& clock_;
  LedgerObserver& observer_;
  LedgerMemory memory_;

  // The writer's own.
  std::optional<LedgerLock> lock_;
  std::optional<LedgerFile> file_;
  FileIdentity identity_;
  bool had_file_ = false;  // In this process.
  bool has_accounts_ = false;
  std::optional<Instant> next_lost_at_;
  std::string told_;         // Of a failure, in its own words.
  std::string told_ageing_;  // Likewise.
  std::uint64_t told_lost_ = 0;
  bool ages_on_ = false;  // There is more to age.
  SteadyTime next_look_{};
  SteadyTime next_try_{};
  std::optional<SteadyTime> ahead_since_;  // The clock, of the file's day by more than one.

  mutable std::mutex wake_mutex_;  // Guards what follows, up to the threads.
  std::condition_variable wake_;
  std::condition_variable indexer_wake_;
  std::condition_variable done_;
  bool is_closing_ = false;
  bool is_tried_ = false;  // To open the file, once.
  std::uint64_t flush_wanted_ = 0;
  std::uint64_t flush_done_ = 0;
  bool flush_worked_ = false;
  std::optional<Error> damage_;
  std::shared_ptr<Reading> reading_;  // Null when away.
  std::shared_ptr<const DayTables> tables_;
  std::uint64_t generation_ = 0;  // Of the file that is open.
  std::optional<Instant> lost_at_;
  std::optional<Instant> failing_since_;
  std::string trouble_;

  std::atomic<bool> has_work_{false};
  std::atomic<bool> is_away_{true};
  std::atomic<bool> has_counters_{false};
  std::atomic<bool> is_overfull_{false};
  std::atomic<std::uint64_t> lost_messages_{0};
  std::atomic<std::int64_t> lost_at_seconds_{-1};

  std::thread indexer_;
  std::thread writer_;
};

}  // namespace backstop::store
