// What the ledger holds in memory: rows that wait to be written, what accounts sent today, use
// counters, and the index of all that is on the disk.
//
// Any thread, but for what is said to be the writer's.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/proof/sent.h"
#include "edge/store/account_rows.h"
#include "edge/store/counter_table.h"
#include "edge/store/day_tables.h"
#include "edge/store/key_index.h"
#include "edge/store/ledger_file.h"
#include "edge/store/pending_rows.h"

namespace backstop::store {

class LedgerMemory {
 public:
  LedgerMemory();

  // False when it could not be kept: the queue is full.  A message of an account over its limit is
  // passed over, which is no loss: take_over_limit() names the account once.
  bool record(const proof::SentMessage& message);
  // The newest waiting row of the key.
  std::optional<PendingRow> find_waiting(proof::SentKey key) const;
  std::uint32_t largest_header(Instant now) const;
  CounterTable& counters() { return counters_; }
  const CounterTable& counters() const { return counters_; }
  KeyIndex& index() { return index_; }
  const KeyIndex& index() const { return index_; }

  // Days that may hold the key; all days that are not indexed are among them.
  DaySet days_of(proof::SentKey key) const;
  // The key is held nowhere, for sure.  Never when a day is not indexed.
  bool is_missing(proof::SentKey key) const;

  // --- The index's state

  // A day whose rows stand on the disk and not yet, or no longer, in the index.
  struct UnindexedDay {
    DayNumber day = 0;
    std::uint64_t ticket = 0;
  };
  // The newest that can be indexed.
  std::optional<UnindexedDay> next_unindexed() const;
  void set_indexed(const UnindexedDay& day);
  // There is no room for it.
  void set_unindexable(const UnindexedDay& day);
  bool is_indexed() const { return unindexed_count_.load() == 0; }
  // Takes the day out of the index; `is_there`: to be indexed anew.
  void reindex(DayNumber day, bool is_there);

  // --- The writer's

  // Begins with the tables of a file: nothing of them is indexed.
  void set_file(const LedgerFile& file);
  void add_accounts(const std::vector<AccountRow>& rows);
  // Counters and accounts are to be written again: the file is a new one.
  void mark_all_changed();
  void set_horizon(DayNumber horizon);
  bool has_work() const;
  // What is to be committed: what the last call gave, when it was not written.  `with_counters`:
  // when they are known in full.
  const LedgerGroup& next_group(bool with_counters);
  void set_written();
  void set_failed();
  // When the oldest message that waits was sent.
  std::optional<Instant> oldest_waiting() const;
  std::size_t waiting_messages() const;
  std::vector<proof::SentKey> take_over_limit();

 private:
  struct Waiting {
    PendingRows rows;
    std::size_t messages = 0;
    std::optional<Instant> oldest;
    std::map<DayNumber, std::uint32_t> largest_header;
  };
  void put(proof::SentKey key, std::int64_t value, DayNumber day);
  void mark_unindexed(DayNumber day);  // REQUIRES: mutex_ is held.

  mutable std::mutex mutex_;  // Taken before the locks of index_ and counters_.
  Waiting filling_;
  Waiting writing_;
  AccountRows accounts_;
  std::map<DayNumber, std::uint32_t> largest_header_;
  // What largest_header() last found: the first day it looked at, and the bytes.  Nothing after a
  // change.
  static constexpr std::uint64_t kUnknownLargest = ~std::uint64_t{0};
  mutable std::atomic<std::uint64_t> known_largest_{kUnknownLargest};
  std::vector<proof::SentKey> over_limit_;
  DayNumber horizon_ = 0;

  std::map<DayNumber, std::uint64_t> unindexed_;    // With their tickets.
  std::map<DayNumber, std::uint64_t> unindexable_;  // Likewise.
  std::uint64_t last_ticket_ = 0;
  // Of both; whoever reads the index looks at the version before and after.
  std::atomic<std::size_t> unindexed_count_{0};
  std::atomic<std::uint64_t> unindexed_version_{0};

  KeyIndex index_;
  CounterTable counters_;
  LedgerGroup group_;  // The writer's.
};

}  // namespace backstop::store
