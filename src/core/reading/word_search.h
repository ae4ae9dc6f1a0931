// Whether a text holds any of a list of words, in one pass over the text however long the list is:
// the four bytes of every stride-th place are looked up among those of the words.
//
// Pure; any thread.  Built at compile time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace backstop::reading {

template <std::size_t count, std::size_t stride = 1>
class WordSearch {
 public:
  // REQUIRES: every word has at least kKeyBytes + stride - 1 bytes, and the words outlive this.
  constexpr explicit WordSearch(const std::array<std::string_view, count>& words) {
    std::array<std::uint16_t, kBuckets> sizes{};
    for (const std::string_view word : words) {
      static_cast<void>(word.at(kKeyBytes + stride - 2));  // Not constant where it is too short.
      for (std::size_t offset = 0; offset < stride; ++offset)
        ++sizes[bucket_of(key_of(word.substr(offset)))];
    }
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket)
      starts_[bucket + 1] = static_cast<std::uint16_t>(starts_[bucket] + sizes[bucket]);
    std::array<std::uint16_t, kBuckets> filled{};
    for (const std::string_view word : words) {
      for (std::size_t offset = 0; offset < stride; ++offset) {
        const std::size_t bucket = bucket_of(key_of(word.substr(offset)));
        entries_[starts_[bucket] + filled[bucket]++] = {word, offset};
      }
    }
  }

  // As the words are written: a text in lower case for words in lower case.
  bool any_in(std::string_view text) const {
    for (std::size_t at = 0; at + kKeyBytes <= text.size(); at += stride) {
      const std::size_t bucket = bucket_of(key_of(text.substr(at)));
      for (std::size_t i = starts_[bucket]; i < starts_[bucket + 1]; ++i) {
        const Entry& entry = entries_[i];
        if (at >= entry.offset && text.substr(at - entry.offset).starts_with(entry.word))
          return true;
      }
    }
    return false;
  }

  static constexpr std::size_t kKeyBytes = 4;

 private:
  struct Entry {
    std::string_view word;
    std::size_t offset = 0;  // Of the four bytes, in the word.
  };
  static constexpr unsigned kBucketBits = 11;
  static constexpr std::size_t kBuckets = std::size_t{1} << kBucketBits;

  static constexpr std::uint32_t key_of(std::string_view bytes) {
    std::uint32_t key = 0;
    for (unsigned i = 0; i < kKeyBytes; ++i)
      key |= std::uint32_t{static_cast<unsigned char>(bytes.data()[i])} << (8 * i);
    return key;
  }
  static constexpr std::size_t bucket_of(std::uint32_t key) {
    return (key * 0x9e3779b1U) >> (32 - kBucketBits);
  }

  std::array<std::uint16_t, kBuckets + 1> starts_{};
  std::array<Entry, count * stride> entries_{};
};

template <std::size_t stride, std::size_t count>
constexpr WordSearch<count, stride> make_word_search(
    const std::array<std::string_view, count>& words) {
  return WordSearch<count, stride>(words);
}

// The first or last four bytes of each word: a text that begins or ends with none of them begins or
// ends with none of the words.
template <std::size_t count>
constexpr std::array<std::string_view, count> first_four(
    std::array<std::string_view, count> words) {
  for (std::string_view& word : words)
    word = word.substr(0, 4);
  return words;
}
template <std::size_t count>
constexpr std::array<std::string_view, count> last_four(std::array<std::string_view, count> words) {
  for (std::string_view& word : words)
    word = word.substr(word.size() - 4);
  return words;
}

}  // namespace backstop::reading
