#include "core/base/escape.h"

#include <algorithm>
#include <cstdint>

#include "core/base/ascii.h"

namespace backstop {
namespace {

struct Scalar {
  char32_t value;
  std::size_t bytes;  // 0: the byte at the front belongs to no valid sequence.
};

// The first scalar value of `text`, which is not empty (RFC 3629, no overlong forms or surrogates).
Scalar first_scalar(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t count = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < count) return {0, 0};
  char32_t value = lead & (0xffU >> (count + 1));
  for (std::size_t i = 1; i < count; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return {0, 0};
    value = (value << 6) | (byte(i) & 0x3fU);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[count] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
    return {0, 0};
  }
  return {value, count};
}

void append_hex(std::string& out, std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    out += "\\x";
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15U]);
  }
}

}  // namespace

bool deceives(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x61c || c == 0x180e ||
         (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
         (c >= 0xe0000 && c <= 0xe0fff);
}

bool begins_deceiving(std::string_view text) {
  if (text.empty()) return false;
  const Scalar scalar = first_scalar(text);
  return scalar.bytes > 0 && deceives(scalar.value);
}

std::string escape_terminal(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Scalar scalar = first_scalar(text);
    const std::string_view bytes = text.substr(0, std::max<std::size_t>(scalar.bytes, 1));
    if (scalar.bytes == 0 || (deceives(scalar.value) && scalar.value != '\n')) {
      append_hex(out, bytes);
    } else if (scalar.value == '\n') {
      out += "\\n";
    } else if (scalar.value == '\\') {
      out += "\\\\";
    } else {
      out += bytes;
    }
    text.remove_prefix(bytes.size());
  }
  return out;
}

std::string escape_log(std::string_view text) {
  std::string out = escape_terminal(text);
  if (!out.empty() && out.find_first_of(" =\"") == std::string::npos) return out;
  std::string quoted = "\"";
  for (const char c : out) {
    if (c == '"') quoted.push_back('\\');
    quoted.push_back(c);
  }
  quoted.push_back('"');
  return quoted;
}

std::string escape_reply(std::string_view text, std::size_t bytes_max) {
  std::string out(text.substr(0, bytes_max));
  std::replace_if(out.begin(), out.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return out;
}

}  // namespace backstop
