#include <algorithm>

#include "core/watch/run.h"

namespace backstop::watch {
namespace {

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return (c >= 'a' && c <= 'z') || (static_cast<unsigned char>(c) & 0x80U) != 0;
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_vowel(char c) {
  return std::string_view("aeiouyAEIOUY").find(c) != std::string_view::npos;
}

// Letters of one name, from `text`; how many.
std::size_t name_length(std::string_view text, bool is_capital) {
  if (text.empty() || (is_capital ? !is_upper(text[0]) : !is_lower(text[0]) && !is_upper(text[0])))
    return 0;
  std::size_t n = 1;
  while (n < text.size() && is_lower(text[n]))
    ++n;
  return n >= 2 ? n : 0;
}

// "JohnSmith", "john.smith", "john_smith77".
bool is_full_name(std::string_view local) {
  while (!local.empty() && is_digit(local.back()))
    local.remove_suffix(1);
  const std::size_t first = name_length(local, false);
  if (first == 0 || first == local.size()) return false;
  const char next = local[first];
  const bool is_parted = next == '.' || next == '_' || next == '-';
  local.remove_prefix(first + (is_parted ? 1 : 0));
  return name_length(local, !is_parted) == local.size();
}

// Digits within letters, no vowels, or a row of consonants that no name has.
bool is_random(std::string_view local) {
  std::size_t letters = 0;
  std::size_t vowels = 0;
  std::size_t row = 0;
  std::size_t longest = 0;
  std::size_t turns = 0;  // From a letter to a digit or back.
  for (std::size_t i = 0; i < local.size(); ++i) {
    const char c = local[i];
    if (i > 0 && is_digit(c) != is_digit(local[i - 1])) ++turns;
    if (!is_upper(c) && !is_lower(c)) continue;
    ++letters;
    row = is_vowel(c) || (static_cast<unsigned char>(c) & 0x80U) != 0 ? 0 : row + 1;
    vowels += row == 0 ? 1U : 0U;
    longest = std::max(longest, row);
  }
  return turns >= 2 || letters == 0 || longest >= 5 || (letters >= 4 && vowels * 5 < letters);
}

}  // namespace

std::string_view name_of(AddressPattern pattern) {
  switch (pattern) {
    case AddressPattern::Unknown:
      return "unknown";
    case AddressPattern::Random:
      return "random";
    case AddressPattern::FirstnameLastname:
      return "firstname-lastname";
    case AddressPattern::NameList:
      return "name-list";
    case AddressPattern::Real:
      return "real";
  }
  return "";
}

AddressPattern classify_local(std::string_view local) {
  if (is_full_name(local)) return AddressPattern::FirstnameLastname;
  return is_random(local) ? AddressPattern::Random : AddressPattern::NameList;
}

}  // namespace backstop::watch
