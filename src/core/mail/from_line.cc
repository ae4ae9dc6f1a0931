#include "core/mail/from_line.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/base/ascii.h"
#include "core/base/limits.h"

namespace backstop::mail {
namespace {

constexpr std::string_view kFrom = "From ";

bool holds_time(std::string_view text) {
  for (std::size_t at = text.find(':'); at != text.npos; at = text.find(':', at + 1)) {
    const bool before = at > 0 && ascii::is_digit(text[at - 1]);
    const bool after = at + 1 < text.size() && ascii::is_digit(text[at + 1]);
    if (before && after) return true;
  }
  return false;
}

bool is_year(std::string_view digits) {
  return digits.size() == 4 && (digits.starts_with("19") || digits.starts_with("20")) &&
         std::ranges::all_of(digits, ascii::is_digit);
}

bool holds_year(std::string_view text) {
  std::size_t digits = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && ascii::is_digit(text[i])) {
      ++digits;
      continue;
    }
    if (digits == 4 && is_year(text.substr(i - 4, 4))) return true;
    digits = 0;
  }
  return false;
}

// hh:mm or hh:mm:ss.
bool is_clock(std::string_view word) {
  if (word.size() < 4 || word.size() > 8) return false;
  const bool known =
      std::ranges::all_of(word, [](char c) { return ascii::is_digit(c) || c == ':'; });
  const auto colons = std::ranges::count(word, ':');
  return known && (colons == 1 || colons == 2) && ascii::is_digit(word.front()) &&
         ascii::is_digit(word.back());
}

bool is_day(std::string_view word) {
  return (word.size() == 1 || word.size() == 2) && std::ranges::all_of(word, ascii::is_digit);
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& names) {
  return std::ranges::find(names, word) != names.end();
}

constexpr std::array<std::string_view, 7> kWeekdays = {"Mon", "Tue", "Wed", "Thu",
                                                       "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string_view next_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(" \t\r\n"));
  text.remove_prefix(word.size());
  return word;
}

}  // namespace

bool is_from_line(std::string_view line) {
  if (!line.starts_with(kFrom) || line.size() > limits::kMboxLineBytes) return false;
  const std::string_view rest = line.substr(kFrom.size());
  return holds_time(rest) && holds_year(rest);
}

bool is_strict_from_line(std::string_view line) {
  if (!line.starts_with(kFrom) || line.size() > limits::kMboxLineBytes) return false;
  std::string_view rest = line.substr(kFrom.size());
  std::string_view word = next_word(rest);
  // A null sender leaves its place empty.
  if (!is_one_of(word, kWeekdays)) word = next_word(rest);
  if (!is_one_of(word, kWeekdays) || !is_one_of(next_word(rest), kMonths) ||
      !is_day(next_word(rest)) || !is_clock(next_word(rest))) {
    return false;
  }
  // One or two words of a zone may stand before the year.
  for (int i = 0; i < 3; ++i) {
    if (is_year(next_word(rest))) return true;
  }
  return false;
}

bool is_bare_from_line(std::string_view line) {
  if (!line.starts_with(kFrom)) return false;
  const std::string_view rest = ascii::trim(line.substr(kFrom.size()));
  return rest.empty() || rest == "-";
}

bool begins_field(std::string_view line) {
  const std::size_t colon = line.substr(0, limits::kMboxFieldNameBytes + 1).find(':');
  return colon != line.npos && colon > 0 &&
         std::ranges::all_of(line.substr(0, colon), [](char c) { return c > ' ' && c < 0x7f; });
}

std::string_view from_line_sender(std::string_view rest) {
  const std::string_view sender = next_word(rest);
  return sender == "-" || sender == "???@???" ? std::string_view() : sender;
}

}  // namespace backstop::mail
