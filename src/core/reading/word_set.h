// Whether a word is one of a list, however long that is: most that are not are told apart by their
// length and two of their letters.
//
// Pure; any thread.  Built at compile time.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "core/reading/buckets.h"

namespace backstop::reading {

template <std::size_t count>
class WordSet {
 public:
  // REQUIRES: no word is empty, and the words outlive this.
  constexpr explicit WordSet(const std::array<std::string_view, count>& words)
      : words_(words, bucket_of) {}

  bool has(std::string_view word) const {
    if (word.empty()) return false;
    for (const std::string_view known : words_.in(bucket_of(word))) {
      if (known == word) return true;
    }
    return false;
  }

 private:
  static constexpr unsigned kBits = 7;

  static constexpr std::size_t bucket_of(std::string_view word) {
    return (word.size() * 5 + static_cast<unsigned char>(word.front()) * std::size_t{11} +
            static_cast<unsigned char>(word.back()) * std::size_t{37}) %
           (std::size_t{1} << kBits);
  }

  Buckets<std::string_view, count, kBits> words_;
};

}  // namespace backstop::reading
