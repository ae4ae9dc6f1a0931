#include "edge/store/counter_table.h"

#include <algorithm>
#include <limits>

namespace backstop::store {

CounterTable::Counter* CounterTable::find_or_make(Shard& shard, proof::SentKey key, DayNumber day) {
  const auto found = shard.counters.find(key);
  if (found != shard.counters.end()) return &found->second;
  if (size_.load(std::memory_order_relaxed) >= most_) return nullptr;
  size_.fetch_add(1, std::memory_order_relaxed);
  return &shard.counters.emplace(key, Counter{.count = 0, .day = day, .is_changed = false})
              .first->second;
}

void CounterTable::mark(Shard& shard, proof::SentKey key, Counter& counter) {
  if (counter.is_changed) return;
  counter.is_changed = true;
  shard.changed.push_back(key);
  changed_.fetch_add(1, std::memory_order_relaxed);
}

void CounterTable::raise(std::span<const proof::SentKey> keys, DayNumber day) {
  for (const proof::SentKey key : keys) {
    Shard& shard = shard_of(key);
    const std::scoped_lock lock(shard.mutex);
    Counter* const counter = find_or_make(shard, key, day);
    if (counter == nullptr) continue;
    if (counter->count < std::numeric_limits<std::uint32_t>::max()) ++counter->count;
    mark(shard, key, *counter);
  }
}

std::uint32_t CounterTable::count(proof::SentKey key) const {
  const Shard& shard = shard_of(key);
  const std::scoped_lock lock(shard.mutex);
  const auto found = shard.counters.find(key);
  return found == shard.counters.end() ? 0 : found->second.count;
}

void CounterTable::add_stored(const CounterRow& row) {
  Shard& shard = shard_of(row.key);
  const std::scoped_lock lock(shard.mutex);
  Counter* const counter = find_or_make(shard, row.key, row.day);
  if (counter == nullptr) return;
  const std::uint64_t sum = std::uint64_t{counter->count} + row.count;
  counter->count = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(sum, std::numeric_limits<std::uint32_t>::max()));
  counter->day = row.day;
}

std::vector<CounterRow> CounterTable::take_changed() {
  std::vector<CounterRow> rows;
  for (Shard& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    changed_.fetch_sub(shard.changed.size(), std::memory_order_relaxed);
    for (const proof::SentKey key : shard.changed) {
      const auto found = shard.counters.find(key);
      if (found == shard.counters.end()) continue;
      found->second.is_changed = false;
      rows.push_back({key, found->second.day, found->second.count});
    }
    shard.changed.clear();
  }
  return rows;
}

void CounterTable::put_back(std::span<const CounterRow> rows) {
  for (const CounterRow& row : rows) {
    Shard& shard = shard_of(row.key);
    const std::scoped_lock lock(shard.mutex);
    const auto found = shard.counters.find(row.key);
    if (found != shard.counters.end()) mark(shard, row.key, found->second);
  }
}

void CounterTable::mark_all_changed() {
  for (Shard& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    for (auto& [key, counter] : shard.counters)
      mark(shard, key, counter);
  }
}

void CounterTable::drop(DayNumber day) {
  for (Shard& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    const std::size_t gone =
        std::erase_if(shard.counters, [&](const auto& entry) { return entry.second.day == day; });
    size_.fetch_sub(gone, std::memory_order_relaxed);
  }
}

std::optional<DayNumber> CounterTable::crowded_day() const {
  if (size() < most_ - most_ / 16) return std::nullopt;
  std::optional<DayNumber> oldest;
  for (const Shard& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    for (const auto& [key, counter] : shard.counters)
      oldest = std::min(oldest.value_or(counter.day), counter.day);
  }
  return oldest;
}

}  // namespace backstop::store
