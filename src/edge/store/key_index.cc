#include "edge/store/key_index.h"

#include <algorithm>

namespace backstop::store {
namespace {

constexpr std::size_t kShards = 1024;
// Keys that buckets take before they grow: 65 % of twelve.
constexpr std::size_t room_of(std::size_t buckets) {
  return buckets * 12 * 65 / 100;
}

}  // namespace

KeyIndex::KeyIndex(std::size_t keys_max)
    : shards_(std::make_unique<Shard[]>(kShards)), keys_max_(keys_max) {}

// Bits 62 to 53 choose the shard, 52 to 21 are the fingerprint; its upper bits choose the bucket,
// so that a shard can grow without its keys.
std::uint32_t KeyIndex::print_of(proof::SentKey key) {
  return static_cast<std::uint32_t>(key >> (63 - kShardBits - 32));
}
const KeyIndex::Shard& KeyIndex::shard_of(proof::SentKey key) const {
  return shards_[key >> (63 - kShardBits) & (kShards - 1)];
}
std::size_t KeyIndex::home_of(std::uint32_t print, std::size_t buckets) {
  return static_cast<std::size_t>((std::uint64_t{print} * buckets) >> 32);
}

// False when it stands there already.  REQUIRES: a bucket has room.
bool KeyIndex::put(std::vector<Bucket>& buckets, std::uint32_t print, std::uint8_t day) {
  for (std::size_t at = home_of(print, buckets.size());;
       at = at + 1 == buckets.size() ? 0 : at + 1) {
    Bucket& bucket = buckets[at];
    for (std::size_t i = 0; i < bucket.used; ++i) {
      if (bucket.prints[i] == print && bucket.days[i] == day) return false;
    }
    if (bucket.used < kSlots) {
      bucket.prints[bucket.used] = print;
      bucket.days[bucket.used] = day;
      ++bucket.used;
      return true;
    }
    bucket.is_spilled = 1;
  }
}

void KeyIndex::rebuild(Shard& shard, std::size_t buckets, const DaySet& without) {
  std::vector<Bucket> fresh(buckets);
  std::size_t keys = 0;
  for (const Bucket& bucket : shard.buckets) {
    for (std::size_t i = 0; i < bucket.used; ++i) {
      if (!without.test(bucket.days[i]) && put(fresh, bucket.prints[i], bucket.days[i])) ++keys;
    }
  }
  shard.buckets.swap(fresh);
  shard.keys = keys;
}

bool KeyIndex::add(proof::SentKey key, DayNumber day) {
  Shard& shard = const_cast<Shard&>(shard_of(key));
  const std::scoped_lock lock(shard.mutex);
  if (keys_.load(std::memory_order_relaxed) >= keys_max_) return false;
  if (shard.keys >= room_of(shard.buckets.size())) {
    const std::size_t buckets = shard.buckets.size();
    rebuild(shard, buckets + std::max<std::size_t>(1, buckets / 4), DaySet());
  }
  if (put(shard.buckets, print_of(key), static_cast<std::uint8_t>(day_bit(day)))) {
    ++shard.keys;
    keys_.fetch_add(1, std::memory_order_relaxed);
  }
  return true;
}

bool KeyIndex::may_hold(proof::SentKey key) const {
  const Shard& shard = shard_of(key);
  const std::uint32_t print = print_of(key);
  const std::scoped_lock lock(shard.mutex);
  if (shard.buckets.empty()) return false;
  for (std::size_t at = home_of(print, shard.buckets.size());;
       at = at + 1 == shard.buckets.size() ? 0 : at + 1) {
    const Bucket& bucket = shard.buckets[at];
    std::uint32_t same = 0;
    for (std::size_t i = 0; i < kSlots; ++i)
      same |= static_cast<std::uint32_t>(bucket.prints[i] == print) << i;
    if ((same & ((1U << bucket.used) - 1)) != 0) return true;
    if (bucket.is_spilled == 0) return false;
  }
}

DaySet KeyIndex::days_of(proof::SentKey key) const {
  DaySet days;
  const Shard& shard = shard_of(key);
  const std::uint32_t print = print_of(key);
  const std::scoped_lock lock(shard.mutex);
  if (shard.buckets.empty()) return days;
  for (std::size_t at = home_of(print, shard.buckets.size());;
       at = at + 1 == shard.buckets.size() ? 0 : at + 1) {
    const Bucket& bucket = shard.buckets[at];
    for (std::size_t i = 0; i < bucket.used; ++i) {
      if (bucket.prints[i] == print) days.set(bucket.days[i]);
    }
    if (bucket.is_spilled == 0) return days;
  }
}

void KeyIndex::forget(const DaySet& days) {
  for (std::size_t i = 0; i < kShards; ++i) {
    Shard& shard = shards_[i];
    const std::scoped_lock lock(shard.mutex);
    const std::size_t before = shard.keys;
    if (before == 0) continue;
    rebuild(shard, shard.buckets.size(), days);
    // Room that a busy month needed goes back.
    const std::size_t needed = 1 + shard.keys * 100 / (kSlots * 55);
    if (needed < shard.buckets.size() * 2 / 3) rebuild(shard, needed, DaySet());
    keys_.fetch_sub(before - shard.keys, std::memory_order_relaxed);
  }
}

void KeyIndex::clear() {
  for (std::size_t i = 0; i < kShards; ++i) {
    Shard& shard = shards_[i];
    const std::scoped_lock lock(shard.mutex);
    keys_.fetch_sub(shard.keys, std::memory_order_relaxed);
    shard.buckets = {};
    shard.keys = 0;
  }
}

std::size_t KeyIndex::bytes() const {
  std::size_t bytes = kShards * sizeof(Shard);
  for (std::size_t i = 0; i < kShards; ++i) {
    const std::scoped_lock lock(shards_[i].mutex);
    bytes += shards_[i].buckets.capacity() * sizeof(Bucket);
  }
  return bytes;
}

}  // namespace backstop::store
