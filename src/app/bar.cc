#include "app/bar.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace backstop::app {
namespace {

// U+2588 is full; an eighth each less down to U+258F.
constexpr std::array<std::string_view, 8> kEighths = {"",       "\u258F", "\u258E", "\u258D",
                                                      "\u258C", "\u258B", "\u258A", "\u2589"};
constexpr std::string_view kFull = "\u2588";

}  // namespace

std::string render_bar(std::uint64_t value, std::uint64_t whole, std::size_t columns,
                       BarStyle style) {
  std::string out;
  if (value == 0 || whole == 0 || columns == 0) return out;
  const double share = std::min(1.0, static_cast<double>(value) / static_cast<double>(whole));
  const std::size_t parts = style == BarStyle::Blocks ? 8 : 1;
  const auto drawn = std::max<std::size_t>(
      1, static_cast<std::size_t>(share * static_cast<double>(columns * parts) + 0.5));
  if (style == BarStyle::Ascii) return std::string(drawn, '#');
  for (std::size_t i = 0; i < drawn / parts; ++i)
    out += kFull;
  return out += kEighths[drawn % parts];
}

}  // namespace backstop::app
