// A set of characters, looked up by a table, and the search for the first that is of it.
//
// Pure; any thread.  Built at compile time.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace backstop {

class CharSet {
 public:
  constexpr explicit CharSet(std::string_view characters) {
    for (const char c : characters)
      has_[static_cast<unsigned char>(c)] = true;
  }

  constexpr void add(char c) { has_[static_cast<unsigned char>(c)] = true; }
  constexpr bool has(char c) const { return has_[static_cast<unsigned char>(c)]; }

  // Position of the first of them from `at` on; the text's size when there is none.
  constexpr std::size_t find_in(std::string_view text, std::size_t at = 0) const {
    while (at < text.size() && !has(text[at]))
      ++at;
    return at;
  }
  // As much of the text as stands before the first of them.
  constexpr std::string_view before_any(std::string_view text) const {
    return text.substr(0, find_in(text));
  }
  constexpr bool any_in(std::string_view text) const { return find_in(text) < text.size(); }

 private:
  std::array<bool, 256> has_{};
};

}  // namespace backstop
