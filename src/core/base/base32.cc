#include "core/base/base32.h"

#include "core/base/ascii.h"

namespace backstop {
namespace {

constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::string_view kHexDigits = "0123456789abcdef";

int value_of_base32(char c) {
  const char lower = ascii::to_lower(c);
  if (lower >= 'a' && lower <= 'z') return lower - 'a';
  if (lower >= '2' && lower <= '7') return lower - '2' + 26;
  return -1;
}

int value_of_hex(char c) {
  if (ascii::is_digit(c)) return c - '0';
  const char lower = ascii::to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

std::string encode_base32(std::span<const std::uint8_t> bytes) {
  std::string out;
  out.reserve((bytes.size() * 8 + 4) / 5);
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const std::uint8_t byte : bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out.push_back(kAlphabet[(held >> bits) & 31U]);
    }
    held &= (1U << bits) - 1U;
  }
  if (bits > 0) out.push_back(kAlphabet[(held << (5 - bits)) & 31U]);
  return out;
}

std::optional<std::vector<std::uint8_t>> decode_base32(std::string_view text) {
  std::vector<std::uint8_t> out;
  out.reserve(text.size() * 5 / 8);
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const int value = value_of_base32(c);
    if (value < 0) return std::nullopt;
    held = (held << 5) | static_cast<std::uint32_t>(value);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<std::uint8_t>(held >> bits));
    }
    held &= (1U << bits) - 1U;
  }
  // Five or more bits left over would be a character too many; the rest must be the encoder's
  // zeros.
  if (bits >= 5 || held != 0) return std::nullopt;
  return out;
}

std::string encode_hex(std::span<const std::uint8_t> bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    out.push_back(kHexDigits[byte >> 4]);
    out.push_back(kHexDigits[byte & 15U]);
  }
  return out;
}

std::optional<std::vector<std::uint8_t>> decode_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::vector<std::uint8_t> out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = value_of_hex(text[i]);
    const int low = value_of_hex(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return out;
}

}  // namespace backstop
