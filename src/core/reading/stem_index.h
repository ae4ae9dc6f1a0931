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
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/reading/buckets.h"

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

  constexpr StemIndex() : StemIndex(entries()) {}

  // Calls `take(at, group)` for every place where a stem stands, in order.
  template <class Take>
  void search(std::string_view text, Take&& take) const {
    for (std::size_t at = 0; at + kWordKeyBytes <= text.size(); ++at) {
      const std::uint32_t key = word_key(text.substr(at));
      if (!filter_.has(widen(key))) continue;
      for (const Entry& entry : stems_.in(bucket_of_key<kBits>(key))) {
        if (entry.key == key && entry.stands_at(text.substr(at + kWordKeyBytes)))
          take(at, entry.group);
      }
    }
  }

 private:
  struct Entry {
    std::uint32_t key = 0;  // Its first four bytes, which no stem is shorter than.
    Group group{};
    std::string_view rest;  // Of the stem, behind its key.

    bool stands_at(std::string_view behind) const {
      if (rest.empty()) return true;
      return !behind.empty() && behind.front() == rest.front() && behind.starts_with(rest);
    }
  };
  static constexpr unsigned kBits = 12;

  static constexpr std::uint64_t widen(std::uint32_t key) {
    return std::uint64_t{mix_word_key(key)} << 32;
  }

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

  static constexpr auto entries() {
    std::array<Entry, count_stems()> entries{};
    std::size_t n = 0;
    for_each_stem([&entries, &n](std::string_view stem, Group group) {
      entries[n++] = {word_key(stem), group, stem.substr(kWordKeyBytes)};
    });
    return entries;
  }

  constexpr explicit StemIndex(const std::array<Entry, count_stems()>& entries)
      : stems_(entries, [](const Entry& entry) { return bucket_of_key<kBits>(entry.key); }) {
    for (const Entry& entry : entries)
      filter_.add(widen(entry.key));
  }

  Buckets<Entry, count_stems(), kBits> stems_;
  KeyFilter<15> filter_;
};

// The groups of one text, looked up when they are first asked for.  Not thread-safe.
template <class Hits>
class FoundOnce {
 public:
  // `normal` outlives this; the result is valid until another text is asked for.
  const Hits& of(std::string_view normal) {
    if (!hits_ || normal.data() != text_.data() || normal.size() != text_.size()) {
      text_ = normal;
      hits_.emplace(normal);
    }
    return *hits_;
  }

 private:
  std::string_view text_;
  std::optional<Hits> hits_;
};

}  // namespace backstop::reading
