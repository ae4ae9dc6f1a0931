// Whether a word is one of a list, however long that is: most that are not are told apart by their
// length and two of their letters.
//
// Pure; any thread.  Built at compile time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace backstop::reading {

template <std::size_t count>
class WordSet {
 public:
  // REQUIRES: no word is empty, and the words outlive this.
  constexpr explicit WordSet(const std::array<std::string_view, count>& words) {
    for (const std::string_view word : words)
      ++starts_[bucket_of(word) + 1];
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket)
      starts_[bucket + 1] = static_cast<std::uint16_t>(starts_[bucket] + starts_[bucket + 1]);
    auto next = starts_;
    for (const std::string_view word : words)
      words_[next[bucket_of(word)]++] = word;
  }

  bool has(std::string_view word) const {
    if (word.empty()) return false;
    const std::size_t bucket = bucket_of(word);
    for (std::size_t i = starts_[bucket]; i < starts_[bucket + 1]; ++i) {
      if (words_[i] == word) return true;
    }
    return false;
  }

 private:
  static constexpr std::size_t kBuckets = 128;

  static constexpr std::size_t bucket_of(std::string_view word) {
    return (word.size() * 5 + static_cast<unsigned char>(word.front()) * std::size_t{11} +
            static_cast<unsigned char>(word.back()) * std::size_t{37}) %
           kBuckets;
  }

  std::array<std::uint16_t, kBuckets + 1> starts_{};
  std::array<std::string_view, count> words_{};
};

}  // namespace backstop::reading
