// Whether a text holds any of a list of words, in one pass over the text however long the list is:
// the first four bytes of each place are looked up.
//
// Pure; any thread.  Built at compile time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace backstop::reading {

template <std::size_t count>
class WordSearch {
 public:
  // REQUIRES: every word has at least kKeyBytes, and the words outlive this.
  constexpr explicit WordSearch(const std::array<std::string_view, count>& words) {
    std::array<std::uint16_t, kBuckets> sizes{};
    for (const std::string_view word : words)
      ++sizes[bucket_of(key_of(word.data()))];
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket)
      starts_[bucket + 1] = static_cast<std::uint16_t>(starts_[bucket] + sizes[bucket]);
    std::array<std::uint16_t, kBuckets> filled{};
    for (const std::string_view word : words) {
      const std::size_t bucket = bucket_of(key_of(word.data()));
      words_[starts_[bucket] + filled[bucket]++] = word;
    }
  }

  // As `words` are written: a text in lower case for words in lower case.
  bool any_in(std::string_view text) const {
    for (std::size_t at = 0; at + kKeyBytes <= text.size(); ++at) {
      const std::size_t bucket = bucket_of(key_of(text.data() + at));
      for (std::size_t i = starts_[bucket]; i < starts_[bucket + 1]; ++i) {
        if (text.substr(at).starts_with(words_[i])) return true;
      }
    }
    return false;
  }

  static constexpr std::size_t kKeyBytes = 4;

 private:
  static constexpr unsigned kBucketBits = 10;
  static constexpr std::size_t kBuckets = std::size_t{1} << kBucketBits;

  static constexpr std::uint32_t key_of(const char* bytes) {
    std::uint32_t key = 0;
    for (unsigned i = 0; i < kKeyBytes; ++i)
      key |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return key;
  }
  static constexpr std::size_t bucket_of(std::uint32_t key) {
    return (key * 0x9e3779b1U) >> (32 - kBucketBits);
  }

  std::array<std::uint16_t, kBuckets + 1> starts_{};
  std::array<std::string_view, count> words_{};
};

}  // namespace backstop::reading
