// The use counters in memory, each with the day it is kept from, and which of them changed since
// they were last written down.  Any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/proof/sent.h"
#include "edge/store/sent_row.h"

namespace backstop::store {

struct CounterRow {
  proof::SentKey key = 0;
  DayNumber day = 0;
  std::uint32_t count = 0;
};

class CounterTable {
 public:
  // Holds at most `most` counters; what is counted beyond is lost until a day is dropped.
  explicit CounterTable(std::size_t most) : most_(most) {}

  // One that is there stays with its day.
  void raise(std::span<const proof::SentKey> keys, DayNumber day);
  std::uint32_t count(proof::SentKey key) const;
  // As it stood on the disk: added to what was counted since the start.
  void add_stored(const CounterRow& row);

  // What changed since; taken as written, unless it is put back.
  std::vector<CounterRow> take_changed();
  void put_back(std::span<const CounterRow> rows);
  void mark_all_changed();
  bool has_changed() const { return changed_.load(std::memory_order_relaxed) != 0; }

  void drop(DayNumber day);
  // The oldest day, when room is getting short.
  std::optional<DayNumber> crowded_day() const;
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  struct Counter {
    std::uint32_t count = 0;
    DayNumber day = 0;
    bool is_changed = false;
  };
  // The keys are hashes already.
  struct KeyItself {
    std::size_t operator()(proof::SentKey key) const { return static_cast<std::size_t>(key); }
  };
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    std::unordered_map<proof::SentKey, Counter, KeyItself> counters;
    std::vector<proof::SentKey> changed;
  };
  static constexpr std::size_t kShards = 64;

  Shard& shard_of(proof::SentKey key) { return shards_[key >> 57 & (kShards - 1)]; }
  const Shard& shard_of(proof::SentKey key) const { return shards_[key >> 57 & (kShards - 1)]; }
  // Nothing when there is no room.  REQUIRES: the shard's lock is held.
  Counter* find_or_make(Shard& shard, proof::SentKey key, DayNumber day);
  void mark(Shard& shard, proof::SentKey key, Counter& counter);

  // On the heap, so that whoever holds a table by value needs no alignment of a cache line.
  std::vector<Shard> shards_ = std::vector<Shard>(kShards);
  std::size_t most_;
  std::atomic<std::size_t> size_{0};
  std::atomic<std::size_t> changed_{0};
};

}  // namespace backstop::store
