// What happened last, in a fixed room: enough to say whether so many events, from so many
// different clients, fell into a span of time.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "core/base/time.h"

namespace backstop::watch {

// Seconds since 1970, in half the room of an Instant.
using Second = std::uint32_t;

inline Second to_second(Instant at) {
  const auto seconds = at.time_since_epoch().count();
  return static_cast<Second>(std::clamp<std::int64_t>(seconds, 0, 0xffff'ffff));
}
inline Instant to_instant(Second at) {
  return Instant(Seconds(at));
}
// Not past the beginning.
constexpr Second before(Second at, Second by) {
  return at > by ? at - by : 0;
}

// The times of the last kTimes events, in order.
template <std::size_t kTimes>
class RecentTimes {
 public:
  void add(Second at) {
    times_[next_] = at;
    next_ = (next_ + 1) % kTimes;
    if (size_ < kTimes) ++size_;
  }
  // Of the nth last, from 1; 0 when there were fewer.
  Second nth_last(std::size_t n) const {
    return n > size_ ? 0 : times_[(next_ + kTimes - n) % kTimes];
  }
  // At most kTimes.
  std::size_t count_since(Second from) const {
    std::size_t n = 0;
    while (n < size_ && nth_last(n + 1) >= from)
      ++n;
    return n;
  }

 private:
  std::array<Second, kTimes> times_{};
  std::size_t next_ = 0;
  std::size_t size_ = 0;
};

// The last kNames different names, by hash, and when each was seen last.  Right for any span in
// which at most kNames different ones were seen; else it says kNames.
template <std::size_t kNames>
class RecentNames {
 public:
  // True for one that is not known, or not any more.
  bool add(std::uint64_t hash, Second at) {
    const auto name = static_cast<std::uint32_t>(hash >> 32U) | 1U;  // 0: a free place.
    const auto found = std::find(names_.begin(), names_.end(), name);
    const bool is_new = found == names_.end();
    std::size_t place = static_cast<std::size_t>(found - names_.begin());
    if (is_new) {
      place =
          static_cast<std::size_t>(std::min_element(times_.begin(), times_.end()) - times_.begin());
    }
    names_[place] = name;
    times_[place] = at;
    return is_new;
  }
  std::size_t count_since(Second from) const {
    std::size_t n = 0;
    for (std::size_t i = 0; i < kNames; ++i)
      n += names_[i] != 0 && times_[i] >= from ? 1U : 0U;
    return n;
  }
  std::size_t count() const { return count_since(0); }
  bool contains_since(std::uint64_t hash, Second from) const {
    const auto found =
        std::find(names_.begin(), names_.end(), static_cast<std::uint32_t>(hash >> 32U) | 1U);
    return found != names_.end() &&
           times_[static_cast<std::size_t>(found - names_.begin())] >= from;
  }

 private:
  std::array<std::uint32_t, kNames> names_{};
  std::array<Second, kNames> times_{};
};

// How many fell into about the last kBuckets * kWidth seconds.
template <std::size_t kBuckets, Second kWidth>
class BucketedCount {
 public:
  void add(Second at, std::uint32_t n = 1) {
    move_to(at);
    counts_[bucket_ % kBuckets] += n;
  }
  // The span ends now, and is up to kWidth shorter.
  std::uint64_t count(Second now) {
    move_to(now);
    std::uint64_t sum = 0;
    for (const std::uint32_t n : counts_)
      sum += n;
    return sum;
  }

 private:
  void move_to(Second at) {
    const Second bucket = at / kWidth;
    if (bucket <= bucket_) return;
    if (bucket - bucket_ >= kBuckets) {
      counts_.fill(0);
    } else {
      for (Second b = bucket_ + 1; b <= bucket; ++b)
        counts_[b % kBuckets] = 0;
    }
    bucket_ = bucket;
  }

  std::array<std::uint32_t, kBuckets> counts_{};
  Second bucket_ = 0;
};

}  // namespace backstop::watch
