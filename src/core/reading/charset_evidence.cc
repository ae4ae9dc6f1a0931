#include "core/reading/charset_evidence.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>

#include "core/base/ascii.h"
#include "core/mail/utf8.h"

namespace backstop::reading {
namespace {

bool is_high(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

// The two-byte characters of a text, by how they lie in the tables of East Asia.
struct Pairs {
  std::size_t all = 0;
  std::size_t broken = 0;
  std::size_t kana = 0;       // Where EUC-JP and GB 2312 have kana.
  std::size_t common = 0;     // The first, frequent part of the Chinese or Korean characters.
  std::size_t rare = 0;       // Behind it.
  std::size_t low_trail = 0;  // The second byte is ASCII.
};

// Charsets in which every character beyond ASCII is two bytes above 0xa0: EUC-JP (with its single
// shifts), GB 2312, EUC-KR.
Pairs count_euc(std::string_view bytes) {
  Pairs pairs;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    if (lead < 0x80) continue;
    if (i + 1 == bytes.size()) break;
    const auto trail = static_cast<unsigned char>(bytes[i + 1]);
    if (lead == 0x8e || lead == 0x8f) continue;
    if (lead < 0xa1 || lead == 0xff || trail < 0xa1 || trail == 0xff) {
      ++pairs.broken;
      continue;
    }
    ++i;
    ++pairs.all;
    if (lead == 0xa4 || lead == 0xa5) ++pairs.kana;
    if (lead >= 0xb0 && lead <= 0xc8) ++pairs.common;
    if (lead > 0xc8) ++pairs.rare;
  }
  return pairs;
}

// GBK, and Big5, which lies within it: leads from 0x81, trails from 0x40.
Pairs count_gbk(std::string_view bytes) {
  Pairs pairs;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    if (lead < 0x80) continue;
    if (i + 1 == bytes.size()) break;
    const auto trail = static_cast<unsigned char>(bytes[i + 1]);
    if (lead == 0x80 || lead == 0xff || trail < 0x40 || trail == 0x7f || trail == 0xff) {
      ++pairs.broken;
      continue;
    }
    ++i;
    ++pairs.all;
    if (trail < 0x7f) ++pairs.low_trail;
    // Big5 has punctuation and its 5,401 frequent characters there.
    const bool big5 = lead >= 0xa1 && lead <= 0xc6 && (trail < 0x7f || trail >= 0xa1);
    if (big5) ++pairs.common;
    if (!big5) ++pairs.rare;
  }
  return pairs;
}

Pairs count_shift_jis(std::string_view bytes) {
  Pairs pairs;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    if (lead < 0x80 || (lead >= 0xa1 && lead <= 0xdf)) {
      if (lead >= 0x80) ++pairs.rare;
      continue;
    }
    if (i + 1 == bytes.size()) break;
    const auto trail = static_cast<unsigned char>(bytes[i + 1]);
    if (lead == 0x80 || lead == 0xa0 || lead > 0xfc || trail < 0x40 || trail == 0x7f ||
        trail > 0xfc) {
      ++pairs.broken;
      continue;
    }
    ++i;
    ++pairs.all;
    if (lead <= 0x83) ++pairs.kana;
    if (lead <= 0x98) ++pairs.common;
    if (lead > 0x98) ++pairs.rare;
  }
  return pairs;
}

// A damaged byte in a long text is no reason against a charset.
bool holds(const Pairs& pairs) {
  return pairs.all >= 2 && pairs.broken * 50 <= pairs.all;
}

// How often Russian has the letters a to ya, in a thousand.
constexpr std::array<unsigned char, 32> kRussian = {80, 16, 45, 17,  30, 85, 9,  16, 74, 12, 35,
                                                    44, 32, 67, 110, 28, 47, 55, 63, 26, 3,  10,
                                                    5,  14, 7,  4,   1,  19, 17, 3,  6,  20};
// KOI8 orders the letters as the Latin ones they sound like.
constexpr std::array<unsigned char, 32> kKoi8 = {30, 0,  1,  22, 4,  5,  20, 3,  21, 8,  9,
                                                 10, 11, 12, 13, 14, 15, 31, 16, 17, 18, 19,
                                                 6,  2,  28, 27, 7,  24, 29, 25, 23, 26};

struct Letter {
  int index = -1;  // Of the alphabet, from 0; -1 for none.
  bool capital = false;
};

Letter letter_of_koi8(unsigned char byte) {
  if (byte < 0xc0) return {};
  return {kKoi8[byte & 31U], byte >= 0xe0};
}
Letter letter_of_windows(unsigned char byte) {
  if (byte < 0xc0) return {};
  return {byte & 31, byte < 0xe0};
}
Letter letter_of_iso(unsigned char byte) {
  if (byte < 0xb0 || byte >= 0xf0) return {};
  return {(byte - 0xb0) & 31, byte < 0xd0};
}
Letter letter_of_dos(unsigned char byte) {
  if (byte < 0xa0) return {byte & 31, true};
  if (byte < 0xb0) return {byte - 0xa0, false};
  if (byte >= 0xe0 && byte < 0xf0) return {byte - 0xe0 + 16, false};
  return {};
}
Letter letter_of_mac(unsigned char byte) {
  if (byte < 0xa0) return {byte & 31, true};
  if (byte >= 0xe0 && byte < 0xff) return {byte - 0xe0, false};
  if (byte == 0xdf) return {31, false};
  return {};
}

// The mean frequency of its letters, in a thousand; a capital behind a small letter counts against.
unsigned russian_points(std::string_view bytes, Letter (*letter_of)(unsigned char)) {
  std::size_t points = 0;
  std::size_t high = 0;
  bool after_small = false;
  for (const char c : bytes) {
    if (!is_high(c)) {
      after_small = false;
      continue;
    }
    ++high;
    const Letter letter = letter_of(static_cast<unsigned char>(c));
    if (letter.index < 0) continue;
    if (!letter.capital || !after_small) points += kRussian[static_cast<unsigned>(letter.index)];
    after_small = !letter.capital;
  }
  return high == 0 ? 0 : static_cast<unsigned>(points / high);
}

}  // namespace

Utf8Evidence count_utf8(std::string_view bytes) {
  constexpr std::size_t kLongest = 4;
  Utf8Evidence evidence;
  while (true) {
    if (!bytes.empty() && !is_high(bytes.front())) bytes.remove_prefix(mail::ascii_prefix(bytes));
    if (bytes.empty()) return evidence;
    const std::size_t n = mail::utf8_sequence(bytes);
    if (n != 0) {
      ++evidence.sequences;
    } else if (bytes.size() < kLongest && static_cast<unsigned char>(bytes[0]) >= 0xc2 &&
               std::all_of(bytes.begin(), bytes.end(), is_high)) {
      return evidence;
    } else {
      ++evidence.broken;
    }
    bytes.remove_prefix(std::max<std::size_t>(n, 1));
  }
}

HighBytes count_high_bytes(std::string_view bytes) {
  HighBytes count;
  std::bitset<256> seen;
  bool before = false;
  for (const char c : bytes) {
    const bool high = is_high(c);
    if (high) ++count.bytes;
    if (high) seen.set(static_cast<unsigned char>(c));
    if (high && !before) ++count.runs;
    before = high;
  }
  count.kinds = seen.count();
  return count;
}

bool has_japanese_escape(std::string_view bytes) {
  for (std::size_t at = bytes.find('\x1b'); at != std::string_view::npos;
       at = bytes.find('\x1b', at + 1)) {
    const std::string_view rest = bytes.substr(at + 1, 3);
    if (rest.starts_with("$B") || rest.starts_with("$@") || rest.starts_with("(J") ||
        rest.starts_with("(I") || rest == "$(D" || rest == "$(O" || rest == "$(Q") {
      return true;
    }
  }
  return false;
}

bool has_hz_escape(std::string_view bytes) {
  for (std::size_t at = bytes.find("~{"); at != std::string_view::npos;
       at = bytes.find("~{", at + 2)) {
    const std::size_t end = bytes.find("~}", at + 2);
    if (end == std::string_view::npos) return false;
    const std::string_view inner = bytes.substr(at + 2, end - at - 2);
    const bool printable =
        std::all_of(inner.begin(), inner.end(), [](char c) { return c > ' ' && c < '\x7f'; });
    if (printable && inner.size() >= 4 && inner.size() % 2 == 0) return true;
  }
  return false;
}

std::string_view find_wide_charset(std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf")) return "utf-8";
  if (bytes.starts_with("\xff\xfe")) return "utf-16le";
  if (bytes.starts_with("\xfe\xff")) return "utf-16be";
  constexpr std::size_t kEnough = 8;
  if (bytes.size() < kEnough) return "";
  std::array<std::size_t, 2> zeros{};
  const std::string_view looked_at = bytes.substr(0, 256);
  for (std::size_t i = 0; i < looked_at.size(); ++i) {
    if (looked_at[i] == '\0') ++zeros[i % 2];
  }
  const std::size_t most = looked_at.size() / 2;
  if (zeros[1] * 3 >= most * 2 && zeros[0] * 8 <= most) return "utf-16le";
  if (zeros[0] * 3 >= most * 2 && zeros[1] * 8 <= most) return "utf-16be";
  return "";
}

std::string_view guess_east_asian(std::string_view bytes) {
  if (const Pairs euc = count_euc(bytes); holds(euc)) {
    if (euc.kana * 7 >= euc.all) return "euc-jp";
    if (euc.rare * 10 >= euc.all) return "gb18030";
    if (euc.common * 10 >= euc.all * 8) return "euc-kr";
    if ((euc.common + euc.rare) * 10 >= euc.all * 6) return "gb18030";
  }
  if (const Pairs japanese = count_shift_jis(bytes);
      holds(japanese) && japanese.kana * 4 >= japanese.all && japanese.rare * 5 <= japanese.all) {
    return "shift_jis";
  }
  if (const Pairs chinese = count_gbk(bytes); holds(chinese)) {
    const bool big5 = chinese.low_trail * 8 >= chinese.all && chinese.common * 4 >= chinese.all * 3;
    if (big5) return "big5";
    if (chinese.low_trail * 4 <= chinese.all) return "gb18030";
  }
  return "";
}

std::string_view guess_cyrillic(std::string_view bytes) {
  struct Candidate {
    std::string_view charset;
    Letter (*letter_of)(unsigned char);
  };
  constexpr Candidate kCandidates[] = {{"windows-1251", letter_of_windows},
                                       {"koi8-r", letter_of_koi8},
                                       {"iso-8859-5", letter_of_iso},
                                       {"cp866", letter_of_dos},
                                       {"mac-cyrillic", letter_of_mac}};
  // Russian text has 56, the letters in any other order some 31.
  constexpr unsigned kEnough = 42;
  std::string_view best;
  unsigned most = kEnough - 1;
  for (const Candidate& candidate : kCandidates) {
    const unsigned points = russian_points(bytes, candidate.letter_of);
    if (points <= most) continue;
    most = points;
    best = candidate.charset;
  }
  return best;
}

}  // namespace backstop::reading
