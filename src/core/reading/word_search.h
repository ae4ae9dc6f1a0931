// Whether a text holds any of a list of words, in one pass over the text however long the list is:
// the four bytes of every stride-th place are looked up among those of the words.
//
// Pure; any thread.  Built at compile time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/ascii.h"
#include "core/reading/buckets.h"

namespace backstop::reading {

template <std::size_t count, std::size_t stride = 1>
class WordSearch {
 public:
  // REQUIRES: every word has at least kWordKeyBytes + stride - 1 bytes, and the words outlive this.
  constexpr explicit WordSearch(const std::array<std::string_view, count>& words)
      : places_(entries(words),
                [](const Entry& entry) { return bucket_of_key<kBits>(entry.key); }) {}

  // As the words are written: a text in lower case for words in lower case.
  bool any_in(std::string_view text) const {
    for (std::size_t at = 0; at + kWordKeyBytes <= text.size(); at += stride) {
      const std::uint32_t key = word_key(text.substr(at));
      for (const Entry& entry : places_.in(bucket_of_key<kBits>(key))) {
        if (entry.key == key && at >= entry.offset &&
            text.substr(at - entry.offset).starts_with(entry.word)) {
          return true;
        }
      }
    }
    return false;
  }

  // The same for words in lower case in a text of any case.
  bool any_in_folded(std::string_view text) const {
    for (std::size_t at = 0; at + kWordKeyBytes <= text.size(); at += stride) {
      const std::uint32_t key = ascii::lower_four(word_key(text.substr(at)));
      for (const Entry& entry : places_.in(bucket_of_key<kBits>(key))) {
        if (entry.key == key && at >= entry.offset &&
            ascii::starts_with_folded(text.substr(at - entry.offset), entry.word)) {
          return true;
        }
      }
    }
    return false;
  }

 private:
  static constexpr unsigned kBits = 11;

  struct Entry {
    std::string_view word;
    std::uint32_t key = 0;
    std::uint32_t offset = 0;  // Of the key's four bytes, in the word.
  };

  static constexpr auto entries(const std::array<std::string_view, count>& words) {
    std::array<Entry, count * stride> entries{};
    std::size_t n = 0;
    for (const std::string_view word : words) {
      static_cast<void>(
          word.at(kWordKeyBytes + stride - 2));  // Not constant where it is too short.
      for (std::size_t offset = 0; offset < stride; ++offset)
        entries[n++] = {word, word_key(word.substr(offset)), static_cast<std::uint32_t>(offset)};
    }
    return entries;
  }

  Buckets<Entry, count * stride, kBits> places_;
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
