// What the bytes of a text say about its charset: UTF-8, the two-byte charsets of East Asia, the
// Cyrillic ones of one byte.  For notice_charset.cc.
//
// Pure and total; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace backstop::reading {

struct Utf8Evidence {
  std::size_t sequences = 0;  // Valid ones of more than one byte.
  std::size_t broken = 0;  // Bytes above 0x7f in no such sequence; one cut off at the end is not.
};
Utf8Evidence count_utf8(std::string_view bytes);

struct HighBytes {
  std::size_t bytes = 0;  // Above 0x7f.
  std::size_t runs = 0;   // Stretches of them.
  std::size_t kinds = 0;  // Different ones.
  // Letters of Western languages stand alone between others; those of other scripts do not.  Rules
  // and bullets are long runs too, but of few different bytes.
  bool are_of_another_script() const { return bytes >= 8 && bytes >= 2 * runs && kinds >= 6; }
};
HighBytes count_high_bytes(std::string_view bytes);

// Shift escapes of ISO-2022-JP.
bool has_japanese_escape(std::string_view bytes);
// "~{" and "~}" with pairs of printable bytes between.
bool has_hz_escape(std::string_view bytes);
// "utf-16le", "utf-16be" or "utf-8" by a byte order mark, or by the zero bytes of ASCII in sixteen
// bits; "" when neither is there.
std::string_view find_wide_charset(std::string_view bytes);

// "euc-jp", "gb18030", "euc-kr", "big5" or "shift_jis" when the bytes are valid in it and its
// commonest characters prevail; "" otherwise.
std::string_view guess_east_asian(std::string_view bytes);

// "koi8-r", "windows-1251", "iso-8859-5", "cp866" or "mac-cyrillic" when its letters come as often
// as Russian has them; "" otherwise.
std::string_view guess_cyrillic(std::string_view bytes);

}  // namespace backstop::reading
