// Bars drawn with characters.
#pragma once

#include <cstdint>
#include <string>

namespace backstop::app {

enum class BarStyle {
  Ascii,   // "####"
  Blocks,  // Eighths of a character, U+2588 to U+258F.
};

// `value` of `whole` over `columns`; at least the smallest mark for what is more than nothing.
std::string render_bar(std::uint64_t value, std::uint64_t whole, std::size_t columns,
                       BarStyle style);

}  // namespace backstop::app
