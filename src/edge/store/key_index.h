// Which days may hold a key: an approximate table in memory, so that a miss costs one cache line
// and no disk, and a hit reads one day's table.
//
// A key is 10 bits of shard, 32 bits of fingerprint and the day's last 8 bits; twelve such stand in
// a bucket of one cache line.  A shard whose buckets are 65 % full grows by a quarter, alone, under
// its own lock: 8.2 to 10.3 bytes a key, and nobody waits for more than a shard's copy.  What is
// not held is said to be held for one key in 2^42 / keys.
//
// Any thread.
#pragma once

#include <atomic>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/proof/sent.h"
#include "edge/store/sent_row.h"

namespace backstop::store {

// Days by their last eight bits.  What is kept spans half of that; a clock that jumped further
// makes two days of one, and costs a look into a second table.
using DaySet = std::bitset<256>;
inline std::size_t day_bit(DayNumber day) {
  return static_cast<std::uint8_t>(day);
}

class KeyIndex {
 public:
  explicit KeyIndex(std::size_t keys_max);

  // False when it is full and does not hold the key: the day must be looked into for every key
  // then.
  bool add(proof::SentKey key, DayNumber day);
  bool may_hold(proof::SentKey key) const;
  DaySet days_of(proof::SentKey key) const;

  // Takes out all keys of those days.
  void forget(const DaySet& days);
  void clear();

  std::size_t keys() const { return keys_.load(std::memory_order_relaxed); }
  // Memory held.
  std::size_t bytes() const;

 private:
  static constexpr std::size_t kSlots = 12;
  static constexpr int kShardBits = 10;
  struct alignas(64) Bucket {
    std::uint32_t prints[kSlots];
    std::uint8_t days[kSlots];
    std::uint8_t used;
    std::uint8_t is_spilled;  // A key of this bucket stands in the next.
    std::uint8_t unused[2];
  };
  static_assert(sizeof(Bucket) == 64);
  // A lock of one byte, so that a shard is one cache line and a look costs one atomic exchange.  It
  // is held for tens of nanoseconds, and for a shard's copy when it grows.
  class ShortLock {
   public:
    void lock() {
      while (taken_.exchange(true, std::memory_order_acquire))
        std::this_thread::yield();
    }
    void unlock() { taken_.store(false, std::memory_order_release); }

   private:
    std::atomic<bool> taken_{false};
  };
  struct alignas(64) Shard {
    mutable ShortLock mutex;
    std::vector<Bucket> buckets;
    std::size_t keys = 0;
  };
  static_assert(sizeof(Shard) == 64);

  static std::uint32_t print_of(proof::SentKey key);
  static std::size_t home_of(std::uint32_t print, std::size_t buckets);
  static bool put(std::vector<Bucket>& buckets, std::uint32_t print, std::uint8_t day);
  static void rebuild(Shard& shard, std::size_t buckets, const DaySet& without);
  const Shard& shard_of(proof::SentKey key) const;

  std::unique_ptr<Shard[]> shards_;
  std::size_t keys_max_;
  std::atomic<std::size_t> keys_{0};
};

}  // namespace backstop::store
