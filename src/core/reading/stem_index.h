// Groups of stems, of which only several near one another mean anything: in which groups a text has
// one, and where, in one pass over it however many there are.
//
// Pure; any thread.  The index is built at compile time.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <vector>

#include "core/base/limits.h"

namespace backstop::reading {

template <class Group>
struct Stems {
  Group group;
  std::string_view stems;  // In normal text, between commas; each has at least four bytes.
};

// Which groups stand in a text, and where.  `Group`: an enumeration of `groups` from 0.
template <class Group, unsigned groups>
class StemHits {
 public:
  bool has(Group group) const { return (all_ & bit(group)) != 0; }
  template <class... Groups>
  bool has_any(Groups... some) const {
    return (has(some) || ...);
  }
  // All of them stand within a sentence or two of each other.
  template <class... Groups>
  bool together(Groups... some) const {
    return stands_together((bit(some) | ...));
  }

 protected:
  // In the text's order.
  void note(std::size_t at, Group group) {
    all_ |= bit(group);
    if (hits_.size() < limits::kNoticeWordHits)
      hits_.push_back({static_cast<std::uint32_t>(at), group});
  }

 private:
  static_assert(groups <= 32);
  // What is said in one breath: a long sentence, or two.
  static constexpr std::size_t kBreathBytes = 360;

  struct Hit {
    std::uint32_t at;
    Group group;
  };
  static constexpr std::uint32_t bit(Group group) {
    return std::uint32_t{1} << static_cast<unsigned>(group);
  }

  bool stands_together(std::uint32_t bits) const {
    if ((all_ & bits) != bits) return false;
    std::array<std::size_t, groups> last{};  // One past its last place; 0: none yet.
    for (const Hit& hit : hits_) {
      last[static_cast<unsigned>(hit.group)] = hit.at + std::size_t{1};
      if ((bit(hit.group) & bits) == 0) continue;
      bool all = true;
      for (unsigned group = 0; all && group < groups; ++group) {
        const bool wanted = (bits >> group & 1) != 0;
        all = !wanted || (last[group] != 0 && last[group] + kBreathBytes > hit.at);
      }
      if (all) return true;
    }
    return false;
  }

  std::uint32_t all_ = 0;
  std::vector<Hit> hits_;  // At most limits::kNoticeWordHits.
};

// `kRows`: an array of Stems.  The stems by their first four bytes, in buckets.
template <const auto& kRows>
class StemIndex {
 public:
  using Group = decltype(kRows[0].group);

  constexpr StemIndex() {
    for_each_stem([this](std::string_view stem, Group) { ++starts_[bucket_of(key_at(stem)) + 1]; });
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket)
      starts_[bucket + 1] = static_cast<std::uint16_t>(starts_[bucket] + starts_[bucket + 1]);
    std::array<std::uint16_t, kBuckets + 1> next = starts_;
    for_each_stem([this, &next](std::string_view stem, Group group) {
      entries_[next[bucket_of(key_at(stem))]++] = {key_at(stem), group, stem.substr(kKeyBytes)};
    });
  }

  // Calls `take(at, group)` for every place where a stem stands, in order.
  template <class Take>
  void search(std::string_view text, Take&& take) const {
    for (std::size_t at = 0; at + kKeyBytes <= text.size(); ++at) {
      const std::uint32_t key = key_at(text.substr(at));
      const std::size_t bucket = bucket_of(key);
      for (std::size_t i = starts_[bucket]; i < starts_[bucket + 1]; ++i) {
        const Entry& entry = entries_[i];
        if (entry.key == key && text.substr(at + kKeyBytes).starts_with(entry.rest))
          take(at, entry.group);
      }
    }
  }

 private:
  struct Entry {
    std::uint32_t key = 0;
    Group group{};
    std::string_view rest;  // Of the stem, behind its key.
  };
  static constexpr std::size_t kKeyBytes = 4;
  static constexpr unsigned kBucketBits = 12;
  static constexpr std::size_t kBuckets = std::size_t{1} << kBucketBits;

  template <class Take>
  static constexpr void for_each_stem(Take&& take) {
    for (const auto& row : kRows) {
      std::string_view rest = row.stems;
      while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(','), rest.size());
        take(rest.substr(0, end), row.group);
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
  }

  static constexpr std::size_t count_stems() {
    std::size_t count = 0;
    for_each_stem([&count](std::string_view, Group) { ++count; });
    return count;
  }

  // REQUIRES: four bytes, which no stem is shorter than.
  static constexpr std::uint32_t key_at(std::string_view text) {
    std::uint32_t key = 0;
    for (unsigned i = 0; i < kKeyBytes; ++i)
      key |= std::uint32_t{static_cast<unsigned char>(text[i])} << (8 * i);
    return key;
  }
  static constexpr std::size_t bucket_of(std::uint32_t key) {
    return (key * 0x9e3779b1U) >> (32 - kBucketBits);
  }

  std::array<std::uint16_t, kBuckets + 1> starts_{};
  std::array<Entry, count_stems()> entries_{};
};

}  // namespace backstop::reading
