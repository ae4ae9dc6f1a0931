// Searches normal text for all the phrases of one place at once, as fast as the text can be looked
// at: a phrase begins where a word does, or at any character beyond ASCII, and there its first
// bytes are looked up.  For phrases.cc.
//
// Pure; any thread.  Built at compile time.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

#include "core/base/lanes.h"
#include "core/reading/buckets.h"
#include "core/reading/phrases.h"

namespace backstop::reading {

// The first bytes of a phrase.  Short literals are looked up by fewer.
inline constexpr std::size_t kPhraseKeyBytes = 8;
inline constexpr std::size_t kShortKeyBytes = 6;
inline constexpr std::size_t kLongBytes = 12;
inline constexpr std::uint64_t kShortKeyMask = (std::uint64_t{1} << (8 * kShortKeyBytes)) - 1;

// Eight bytes, the first the lowest.  REQUIRES: they are there.
constexpr std::uint64_t load_eight(const char* bytes) {
  if (!std::is_constant_evaluated() && std::endian::native == std::endian::little) {
    std::uint64_t loaded = 0;
    std::memcpy(&loaded, bytes, sizeof loaded);
    return loaded;
  }
  std::uint64_t key = 0;
  for (unsigned i = 0; i < 8; ++i) {
    key |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return key;
}

template <std::size_t count>
class PhraseIndex {
 public:
  constexpr PhraseIndex(std::span<const Phrase> phrases, Where where)
      : PhraseIndex(make_entries(phrases, where)) {}

  // Calls on_phrase(index of the phrase, byte it begins at) for each occurrence, in the text's
  // order.
  template <class OnPhrase>
  void search(std::string_view normal, OnPhrase&& on_phrase) const {
    if constexpr (count == 0) return;
    std::uint64_t before = 0;  // The byte before was a letter or digit.
    std::array<char, kBlockBytes + kLongBytes> padded{};
    for (std::size_t at = 0; at < normal.size(); at += kBlockBytes) {
      const std::size_t here = std::min(padded.size(), normal.size() - at);
      const char* block = normal.data() + at;
      // Keys are loaded past the end of a block.
      if (here < padded.size()) {
        padded = {};
        std::memcpy(padded.data(), block, here);
        block = padded.data();
      }
      search_block(normal, at, block, std::min(here, kBlockBytes), before, on_phrase);
    }
  }

 private:
  struct Entry {
    std::uint64_t key = 0;
    std::uint64_t tail = 0;  // The last eight bytes: phrases that begin alike end differently.
    const char* literal = nullptr;
    std::uint16_t size = 0;
    std::uint16_t phrase = 0;

    bool stands_at(std::string_view text) const {
      if (text.size() < size) return false;
      if (size >= kPhraseKeyBytes && load_eight(text.data() + size - kPhraseKeyBytes) != tail) {
        return false;
      }
      return std::memcmp(text.data(), literal, size) == 0;
    }
  };
  static constexpr Entry make_entry(std::string_view literal, std::size_t phrase) {
    Entry entry;
    entry.phrase = static_cast<std::uint16_t>(phrase);
    entry.literal = literal.data();
    entry.size = static_cast<std::uint16_t>(literal.size());
    if (literal.size() >= kPhraseKeyBytes) {
      entry.key = load_eight(literal.data());
      entry.tail = load_eight(literal.data() + literal.size() - kPhraseKeyBytes);
      return entry;
    }
    for (std::size_t at = 0; at < kShortKeyBytes; ++at)
      entry.key |= std::uint64_t{static_cast<unsigned char>(literal[at])} << (8 * at);
    return entry;
  }

  static constexpr std::array<Entry, count> make_entries(std::span<const Phrase> phrases,
                                                         Where where) {
    std::array<Entry, count> entries{};
    std::size_t n = 0;
    for (std::size_t i = 0; i < phrases.size(); ++i) {
      if (phrases[i].where == where) entries[n++] = make_entry(phrases[i].literal, i);
    }
    return entries;
  }
  constexpr explicit PhraseIndex(const std::array<Entry, count>& entries)
      : entries_(entries, [](const Entry& entry) { return bucket_of(entry.key); }) {
    for (const Entry& entry : entries) {
      begin_filter_.add(mix(entry.key & kShortKeyMask));
      if (entry.size < kPhraseKeyBytes) {
        has_short_ = true;
        short_filter_.add(mix(entry.key));
      } else {
        filter_.add(mix(entry.key));
        if (entry.size < kLongBytes) {
          middle_filter_.add(mix(entry.key));
        } else {
          long_filter_.add(mix_long(entry.key, load_eight(entry.literal + kLongBytes - 8)));
        }
      }
    }
  }

  static constexpr std::size_t kBlockBytes = 64;
  static constexpr unsigned kBucketBits = 12;

  static constexpr std::uint64_t mix_long(std::uint64_t key, std::uint64_t next) {
    return (key ^ std::rotl(next, 29)) * 0x9e3779b97f4a7c15U;
  }
  static constexpr std::uint64_t mix(std::uint64_t key) { return key * 0x9e3779b97f4a7c15U; }
  static constexpr std::size_t bucket_of(std::uint64_t key) {
    return static_cast<std::size_t>(mix(key) >> (64 - kBucketBits));
  }
  // Where words begin in a block: one bit for each byte.
  static std::uint64_t find_starts(const char* block, std::uint64_t& before) {
    std::uint64_t word = 0;   // Letters and digits.
    std::uint64_t never = 0;  // Spaces, and what continues a character beyond ASCII.
    for (unsigned i = 0; i < kBlockBytes / kLanes; ++i) {
      const Lanes x = load_lanes(block + kLanes * i);
      const Lanes letter = (x >= every_lane('a')) & (x <= every_lane('z'));
      // Bytes from 0x80 on are negative; those below 0xc0 continue.
      const Lanes continues = x < every_lane(static_cast<char>(0xc0));
      word |= std::uint64_t{bits_of(letter | (x == every_lane('0')))} << (kLanes * i);
      never |= std::uint64_t{bits_of(continues | (x == every_lane(' ')))} << (kLanes * i);
    }
    const std::uint64_t inside = word & (word << 1 | before);
    before = word >> 63;
    return ~(inside | never);
  }

  template <class OnPhrase>
  void search_block(std::string_view normal, std::size_t at, const char* block, std::size_t size,
                    std::uint64_t& before, OnPhrase& on_phrase) const {
    std::uint64_t starts = find_starts(block, before);
    if (size < kBlockBytes) starts &= (std::uint64_t{1} << size) - 1;
    for (; starts != 0; starts &= starts - 1) {
      const auto offset = static_cast<std::size_t>(std::countr_zero(starts));
      const std::uint64_t key = load_eight(block + offset);
      if (!begin_filter_.has(mix(key & kShortKeyMask))) continue;
      if (filter_.has(mix(key)) &&
          (middle_filter_.has(mix(key)) ||
           long_filter_.has(mix_long(key, load_eight(block + offset + 4)))))
        look_up(normal, at + offset, key, on_phrase);
      if (has_short_ && short_filter_.has(mix(key & kShortKeyMask))) {
        look_up(normal, at + offset, key & kShortKeyMask, on_phrase);
      }
    }
  }

  template <class OnPhrase>
  [[gnu::noinline]] void look_up(std::string_view normal, std::size_t at, std::uint64_t key,
                                 OnPhrase& on_phrase) const {
    for (const Entry& entry : entries_.in(bucket_of(key))) {
      if (entry.key == key && entry.stands_at(normal.substr(at))) {
        on_phrase(entry.phrase, at);
      }
    }
  }

  Buckets<Entry, count, kBucketBits> entries_;
  KeyFilter<15> begin_filter_;  // Of the first kShortKeyBytes of all.
  KeyFilter<15> filter_;
  KeyFilter<12> middle_filter_;  // Of those of phrases shorter than kLongBytes.
  KeyFilter<15> long_filter_;    // Of the first kLongBytes of the others: many phrases begin alike.
  KeyFilter<12> short_filter_;
  bool has_short_ = false;
};

}  // namespace backstop::reading
