// ASCII only, locale never: the small functions every mail parser needs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace backstop::ascii {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_alnum(char c) {
  return is_digit(c) || is_alpha(c);
}
// Space and tab: RFC 5234's WSP.
constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}
// WSP, CR, LF, VT and FF.
constexpr bool is_space(char c) {
  return is_blank(c) || (c >= '\n' && c <= '\r');
}
constexpr bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7f;
}
constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

// The same of four characters at once, each a byte of it.
constexpr std::uint32_t lower_four(std::uint32_t x) {
  constexpr std::uint32_t kOnes = 0x01010101;
  const std::uint32_t low = x & kOnes * 0x7f;
  const std::uint32_t from_a = low + kOnes * (0x80 - 'A');
  const std::uint32_t past_z = low + kOnes * (0x80 - ('Z' + 1));
  return x | (from_a & ~past_z & ~x & kOnes * 0x80) >> 2;
}

std::string lower(std::string_view text);
// Writes it to `out`, which has room for as many bytes.
void lower_into(char* out, std::string_view text);
// True when both `size` bytes are the same but for the case of A to Z.
bool same_folded(const char* a, const char* b, std::size_t size);
// True when both are the same but for the case of A to Z.
inline bool equals_folded(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  // Most that differ do so in their first byte, and by more than case.
  return a.empty() ||
         (((a.front() ^ b.front()) & ~0x20) == 0 && same_folded(a.data(), b.data(), a.size()));
}
inline bool starts_with_folded(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && same_folded(text.data(), prefix.data(), prefix.size());
}
// Position of the first occurrence, or npos.  `needle` must be lower case and not empty.
std::size_t find_folded(std::string_view text, std::string_view needle);
// A view without is_space at both ends.
constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

}  // namespace backstop::ascii
