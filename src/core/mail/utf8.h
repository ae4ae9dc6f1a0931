// UTF-8 as far as mail needs it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace backstop::mail {

// Length of the valid sequence (RFC 3629) at the start of `text`, or 0.
std::size_t utf8_sequence(std::string_view text);
// How many bytes below 0x80 it begins with.
std::size_t ascii_prefix(std::string_view text);
inline bool is_ascii(std::string_view text) {
  return ascii_prefix(text) == text.size();
}
bool is_utf8(std::string_view text);
// Appends `code`; what is no scalar value becomes U+FFFD.
void append_utf8(std::string& out, char32_t code);
// Cuts to at most `bytes_max`, never inside a character.
void cut_utf8(std::string& text, std::size_t bytes_max);

}  // namespace backstop::mail
