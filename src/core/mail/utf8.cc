#include "core/mail/utf8.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "core/base/lanes.h"

namespace backstop::mail {
namespace {

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

}  // namespace

std::size_t utf8_sequence(std::string_view text) {
  if (text.empty()) return 0;
  const auto a = static_cast<unsigned char>(text[0]);
  if (a < 0x80) return 1;
  if (a < 0xc2 || a > 0xf4 || text.size() < 2 || !is_continuation(text[1])) return 0;
  if (a < 0xe0) return 2;
  // RFC 3629 §4: no overlong forms, no surrogates, nothing above U+10FFFF.
  const auto b = static_cast<unsigned char>(text[1]);
  if ((a == 0xe0 && b < 0xa0) || (a == 0xed && b > 0x9f) || (a == 0xf0 && b < 0x90) ||
      (a == 0xf4 && b > 0x8f)) {
    return 0;
  }
  if (text.size() < 3 || !is_continuation(text[2])) return 0;
  if (a < 0xf0) return 3;
  return text.size() >= 4 && is_continuation(text[3]) ? 4 : 0;
}

std::size_t ascii_prefix(std::string_view text) {
  std::size_t at = 0;
  for (; at + kLanes <= text.size(); at += kLanes) {
    const std::uint32_t high = bits_of(load_lanes(text.data() + at) < Lanes{});
    if (high != 0) return at + static_cast<std::size_t>(std::countr_zero(high));
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80)
    ++at;
  return at;
}

bool is_utf8(std::string_view text) {
  while (true) {
    // Letters of other scripts stand together.
    if (!text.empty() && static_cast<unsigned char>(text.front()) < 0x80) {
      text.remove_prefix(ascii_prefix(text));
    }
    if (text.empty()) return true;
    const std::size_t n = utf8_sequence(text);
    if (n == 0) return false;
    text.remove_prefix(n);
  }
}

void append_utf8(std::string& out, char32_t code) {
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) code = 0xfffd;
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3f));
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

void cut_utf8(std::string& text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return;
  // A character has at most three continuation bytes (RFC 3629 §3); more of them are no character.
  std::size_t end = bytes_max;
  while (end > 0 && bytes_max - end < 3 && is_continuation(text[end]))
    --end;
  text.resize(is_continuation(text[end]) ? bytes_max : end);
}

}  // namespace backstop::mail
