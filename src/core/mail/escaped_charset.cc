#include "core/mail/escaped_charset.h"

#include <cstdint>

namespace backstop::mail {
namespace {

enum class Set : std::uint8_t {
  Ascii,
  Kanji,       // JIS X 0208 or 0213, plane 1.
  Supplement,  // JIS X 0212.
  Kana,        // JIS X 0201 katakana.
};

struct Escape {
  std::string_view bytes;
  Set set;
};

// RFC 1468, RFC 1554, RFC 2237; "$(Q" and "$(O" are of JIS X 0213.
constexpr Escape kEscapes[] = {
    {"\x1b(B", Set::Ascii},  {"\x1b(J", Set::Ascii},  {"\x1b(H", Set::Ascii},
    {"\x1b$@", Set::Kanji},  {"\x1b$B", Set::Kanji},  {"\x1b$(D", Set::Supplement},
    {"\x1b$(B", Set::Kanji}, {"\x1b$(@", Set::Kanji}, {"\x1b$(O", Set::Kanji},
    {"\x1b$(Q", Set::Kanji}, {"\x1b(I", Set::Kana},   {"\x1b&@\x1b$B", Set::Kanji},
};

const Escape* find_escape(std::string_view bytes) {
  for (const Escape& escape : kEscapes) {
    if (bytes.starts_with(escape.bytes)) return &escape;
  }
  return nullptr;
}

// A byte of a set of 94 characters.
bool is_graphic(char c) {
  return c > ' ' && c < '\x7f';
}

char high(char c) {
  return static_cast<char>(static_cast<unsigned char>(c) | 0x80);
}

}  // namespace

std::string escaped_to_euc_jp(std::string_view bytes) {
  constexpr char kSingleShift2 = '\x8e';
  constexpr char kSingleShift3 = '\x8f';
  std::string out;
  out.reserve(bytes.size());
  Set set = Set::Ascii;
  while (!bytes.empty()) {
    const char c = bytes.front();
    if (c == '\x1b') {
      if (const Escape* escape = find_escape(bytes)) {
        set = escape->set;
        bytes.remove_prefix(escape->bytes.size());
        continue;
      }
    }
    if (c == '\n') set = Set::Ascii;
    const bool two = (set == Set::Kanji || set == Set::Supplement) && bytes.size() >= 2 &&
                     is_graphic(c) && is_graphic(bytes[1]);
    if (two) {
      if (set == Set::Supplement) out.push_back(kSingleShift3);
      out.push_back(high(c));
      out.push_back(high(bytes[1]));
    } else if (set == Set::Kana && is_graphic(c)) {
      out.push_back(kSingleShift2);
      out.push_back(high(c));
    } else {
      out.push_back(c);
    }
    bytes.remove_prefix(two ? 2 : 1);
  }
  return out;
}

std::string escaped_to_gb2312(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  bool escaped = false;
  while (!bytes.empty()) {
    const char c = bytes.front();
    const char next = bytes.size() >= 2 ? bytes[1] : '\0';
    std::size_t taken = 2;
    if (c == '~' && next == (escaped ? '}' : '{')) {
      escaped = !escaped;
    } else if (c == '~' && !escaped && next == '~') {
      out.push_back('~');
    } else if (c == '~' && !escaped && next == '\n') {
      // A line that goes on.
    } else if (escaped && is_graphic(c) && is_graphic(next)) {
      out.push_back(high(c));
      out.push_back(high(next));
    } else {
      if (c == '\n') escaped = false;
      out.push_back(c);
      taken = 1;
    }
    bytes.remove_prefix(taken);
  }
  return out;
}

}  // namespace backstop::mail
