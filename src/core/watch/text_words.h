// Words of the watch's file: numbers, lists of them, sketches.
#pragma once

#include <charconv>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/watch/sketch.h"

namespace backstop::watch {

inline bool parse_number(std::string_view word, double& out) {
  double value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (word.empty() || error != std::errc() || end != word.data() + word.size()) return false;
  out = value;
  return true;
}
template <class Number>
bool parse_number(std::string_view word, Number& out, int base = 10) {
  Number value{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
  if (word.empty() || error != std::errc() || end != word.data() + word.size()) return false;
  out = value;
  return true;
}

// "1,0,7".
template <class Numbers>
std::string render_numbers(const Numbers& numbers) {
  return fmt::format("{}", fmt::join(numbers, ","));
}

// The next of a list, which is taken off; nothing at its end.
inline std::optional<std::string_view> take_item(std::string_view& list) {
  if (list.empty()) return std::nullopt;
  const std::size_t comma = list.find(',');
  const std::string_view item = list.substr(0, comma);
  list = comma == list.npos ? std::string_view() : list.substr(comma + 1);
  return item;
}

// Exactly as many as there is room for.
template <class Numbers>
bool parse_numbers(std::string_view list, Numbers& out) {
  for (auto& number : out) {
    const auto item = take_item(list);
    if (!item || !parse_number(*item, number)) return false;
  }
  return list.empty();
}

// Two hexadecimal digits for each register; "-" for one that is empty.
std::string render_sketch(const Sketch& sketch);
bool parse_sketch(std::string_view word, Sketch& out);

}  // namespace backstop::watch
