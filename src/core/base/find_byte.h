// The next of one byte, where it stands near: what a line or a field ends with.
//
// Pure; any thread.
#pragma once

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

}  // namespace backstop
