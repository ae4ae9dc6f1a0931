// A fixed table whose entries are found by a bucket each of them belongs to.
//
// Pure; any thread.  Built at compile time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace backstop::reading {

// `bits`: of the number of a bucket.  In one bucket the entries keep their order.
template <class Entry, std::size_t count, unsigned bits>
class Buckets {
 public:
  // `bucket_of(entry)`: less than 1 << bits, the same whenever it is asked.
  template <class BucketOf>
  constexpr Buckets(const std::array<Entry, count>& entries, BucketOf&& bucket_of) {
    static_assert(count <= UINT16_MAX);
    for (const Entry& entry : entries)
      ++starts_[bucket_of(entry) + 1];
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket)
      starts_[bucket + 1] = static_cast<std::uint16_t>(starts_[bucket] + starts_[bucket + 1]);
    auto next = starts_;
    for (const Entry& entry : entries)
      entries_[next[bucket_of(entry)]++] = entry;
  }

  constexpr std::span<const Entry> in(std::size_t bucket) const {
    return {entries_.data() + starts_[bucket], entries_.data() + starts_[bucket + 1]};
  }

 private:
  static constexpr std::size_t kBuckets = std::size_t{1} << bits;

  std::array<std::uint16_t, kBuckets + 1> starts_{};
  std::array<Entry, count> entries_{};
};

// Which keys may be there: one bit each, found by the highest bits of a mixed key.
template <unsigned bits>
class KeyFilter {
 public:
  constexpr void add(std::uint64_t mixed) {
    const std::uint64_t bit = mixed >> (64 - bits);
    words_[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
  bool has(std::uint64_t mixed) const {
    const std::uint64_t bit = mixed >> (64 - bits);
    return (words_[bit / 64] >> (bit % 64) & 1) != 0;
  }

 private:
  std::array<std::uint64_t, (std::size_t{1} << bits) / 64> words_{};
};

inline constexpr std::size_t kWordKeyBytes = 4;

// The first four bytes, the first the lowest.  REQUIRES: they are there.
constexpr std::uint32_t word_key(std::string_view text) {
  std::uint32_t key = 0;
  for (unsigned i = 0; i < kWordKeyBytes; ++i)
    key |= std::uint32_t{static_cast<unsigned char>(text.data()[i])} << (8 * i);
  return key;
}

constexpr std::uint32_t mix_word_key(std::uint32_t key) {
  return key * 0x9e3779b1U;
}

template <unsigned bits>
constexpr std::size_t bucket_of_key(std::uint32_t key) {
  return mix_word_key(key) >> (32 - bits);
}

}  // namespace backstop::reading
