// The next of one byte, or of two that follow each other, where they stand near.
//
// Pure; any thread.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <string_view>

#include "core/base/lanes.h"

namespace backstop {

// Position of the first `c` from `at` on, or npos.
inline std::size_t find_byte(std::string_view text, char c, std::size_t at = 0) {
  const Lanes wanted = every_lane(c);
  for (; at + kLanes <= text.size(); at += kLanes) {
    const std::uint32_t found = bits_of(load_lanes(text.data() + at) == wanted);
    if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found));
  }
  for (; at < text.size(); ++at) {
    if (text[at] == c) return at;
  }
  return std::string_view::npos;
}

// The first place from `at` on where `hits` is true of two bytes that follow each other, which it
// gets as lanes; npos when there is none.  Of bytes of which one is zero it is never true.
template <class Hits>
std::size_t find_pair(std::string_view text, std::size_t at, Hits&& hits) {
  for (; at + kLanes < text.size(); at += kLanes) {
    const char* const here = text.data() + at;
    const std::uint32_t found = bits_of(hits(load_lanes(here), load_lanes(here + 1)));
    if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found));
  }
  if (at >= text.size()) return std::string_view::npos;
  std::array<char, kLanes + 1> rest{};
  text.copy(rest.data(), kLanes, at);
  const std::uint32_t found = bits_of(hits(load_lanes(rest.data()), load_lanes(rest.data() + 1)));
  return found == 0 ? std::string_view::npos
                    : at + static_cast<std::size_t>(std::countr_zero(found));
}

}  // namespace backstop
