#include "core/reading/notice_charset.h"

#include <algorithm>
#include <iterator>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "core/mail/defects.h"
#include "core/mail/header_text.h"
#include "core/mail/utf8.h"
#include "core/reading/charset_evidence.h"

namespace backstop::reading {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";  // U+FEFF.

// What a label says, as far as it can be believed.
enum class Label {
  Careless,  // Written without knowing: nothing, us-ascii, Latin-1 and its kin, an unknown name.
  Utf8,
  OneByte,  // Of another script, or of Central Europe: chosen on purpose.
  TwoBytes,
  Escaped,  // Seven bits with escapes.
  Wide,     // Sixteen bits or more.
};

// Names written for no charset at all.
constexpr std::string_view kNoCharset[] = {
    "",        "us-ascii", "ascii",   "ansi_x3.4-1968", "7bit",      "8bit", "binary",
    "default", "none",     "unknown", "unknown-8bit",   "x-unknown", "us",   "x-user-defined"};
constexpr std::string_view kLatin[] = {
    "iso-8859-1", "iso8859-1",    "iso_8859-1", "latin1", "latin-1",  "iso-8859-15",
    "iso8859-15", "windows-1252", "cp1252",     "ansi",   "x-cp1252", "l1",
    "cp-1252",    "iso_8859-15",  "iso88591",   "latin9", "latin-9"};
constexpr std::string_view kUtf8[] = {"utf-8", "utf8", "unicode-1-1-utf-8", "utf-8mb4"};
constexpr std::string_view kTwoByteStarts[] = {
    "shift",  "sjis",        "x-sjis",      "cp932",       "windows-31j", "ms_kanji",
    "euc",    "x-euc",       "gb",          "x-gb",        "cp936",       "big5",
    "x-big5", "ks_c",        "ksc",         "cp949",       "iso-gb",      "chinese",
    "cn-",    "windows-936", "windows-949", "windows-950", "korean",      "csshift"};
constexpr std::string_view kEscapedStarts[] = {
    "iso-2022", "csiso2022", "hz", "utf-7", "utf7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7"};
constexpr std::string_view kWideStarts[] = {"utf-16", "utf16",     "utf-32",
                                            "ucs-",   "iso-10646", "unicode"};

template <class Names>
bool stands_in(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

template <class Starts>
bool starts_with_one(const Starts& starts, std::string_view name) {
  return std::any_of(std::begin(starts), std::end(starts),
                     [name](std::string_view start) { return name.starts_with(start); });
}

// The name in a label: "\"us-ascii\"", "charset=us-ascii".
std::string label_name(std::string_view label) {
  std::string name = ascii::lower(ascii::trim(label));
  if (name.starts_with("charset=")) name.erase(0, std::string_view("charset=").size());
  std::erase_if(name, [](char c) { return c == '"' || c == '\'' || c == '\\' || c == ' '; });
  return name;
}

Label sort_label(std::string_view name) {
  if (stands_in(kNoCharset, name) || stands_in(kLatin, name)) return Label::Careless;
  if (stands_in(kUtf8, name)) return Label::Utf8;
  if (starts_with_one(kEscapedStarts, name)) return Label::Escaped;
  if (starts_with_one(kTwoByteStarts, name)) return Label::TwoBytes;
  if (starts_with_one(kWideStarts, name)) return Label::Wide;
  mail::Defects defects;
  mail::decode_charset("x", name, &defects);
  return defects.has(mail::Defect::CharsetUnknown) ? Label::Careless : Label::OneByte;
}

bool decodes(std::string_view bytes, std::string_view charset) {
  mail::Defects defects;
  mail::decode_charset(bytes, charset, &defects);
  return !defects.has(mail::Defect::CharsetBroken);
}

// The Windows charset that holds a charset of ISO 8859 and has characters at 0x80 to 0x9f, where
// ISO has controls that no text needs; "" when there is none.
std::string_view windows_charset(std::string_view name) {
  struct Kin {
    std::string_view part;
    std::string_view windows;
  };
  constexpr Kin kKin[] = {{"15", "windows-1252"}, {"13", "windows-1257"},  {"9", "windows-1254"},
                          {"8", "windows-1255"},  {"8-i", "windows-1255"}, {"7", "windows-1253"},
                          {"1", "windows-1252"}};
  constexpr std::string_view kIso = "iso-8859-";
  if (!name.starts_with(kIso)) return "";
  name.remove_prefix(kIso.size());
  for (const Kin& kin : kKin) {
    if (kin.part == name) return kin.windows;
  }
  return "";
}

// Text of one byte a character, of a charset that may be wrong.
std::string guess_unlabelled(std::string_view bytes) {
  if (count_high_bytes(bytes).are_of_another_script()) {
    // Cyrillic first: its words are of any length, and few have only even ones.
    if (const std::string_view found = guess_cyrillic(bytes); !found.empty())
      return std::string(found);
    if (const std::string_view found = guess_east_asian(bytes); !found.empty())
      return std::string(found);
  }
  return "windows-1252";
}

std::string decide_one_byte(std::string_view bytes, const std::string& name) {
  // Russians mistake their five charsets for each other.
  constexpr std::string_view kRussian[] = {"koi8-r", "windows-1251", "iso-8859-5", "cp866",
                                           "koi8-u"};
  if (stands_in(kRussian, name)) {
    if (!count_high_bytes(bytes).are_of_another_script()) return name;
    const std::string_view found = guess_cyrillic(bytes);
    const bool ukrainian = name == "koi8-u" && found == "koi8-r";
    return found.empty() || ukrainian ? name : std::string(found);
  }
  const bool has_c1 = std::any_of(bytes.begin(), bytes.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xe0) == 0x80;
  });
  if (has_c1 && !windows_charset(name).empty()) return std::string(windows_charset(name));
  return name;
}

// Without its last line, which may have been cut inside a character.
std::string_view without_last_line(std::string_view bytes) {
  const std::size_t end = bytes.rfind('\n');
  return end == std::string_view::npos ? bytes : bytes.substr(0, end);
}

std::string decide_two_bytes(std::string_view bytes, const std::string& name) {
  const std::string_view guess = guess_east_asian(bytes);
  if (guess.empty()) return name;
  // The two of Japan are valid in each other now and then, and are mistaken for each other.
  const bool japanese = name.find("jis") != std::string::npos || name.starts_with("euc-jp") ||
                        name.starts_with("cp932") || name.starts_with("x-euc-jp");
  if (japanese && (guess == "euc-jp" || guess == "shift_jis")) return std::string(guess);
  const bool fits = decodes(bytes, name) || decodes(without_last_line(bytes), name);
  return fits ? name : std::string(guess);
}

std::string decide_eight_bits(std::string_view bytes, Label label, const std::string& name) {
  const Utf8Evidence utf8 = count_utf8(bytes);
  // By chance, two bytes of Chinese look like UTF-8 now and then, but not three times in a row.
  const std::size_t enough = label == Label::TwoBytes ? 3 : 1;
  if (utf8.broken == 0 && utf8.sequences >= enough) return "utf-8";
  const bool mostly = utf8.sequences >= 4 && utf8.sequences >= 4 * utf8.broken;
  if (label != Label::TwoBytes && mostly) return "utf-8";
  switch (label) {
    case Label::TwoBytes:
      return decide_two_bytes(bytes, name);
    case Label::OneByte:
      return decide_one_byte(bytes, name);
    case Label::Wide:
      return name;
    case Label::Utf8:
    case Label::Careless:
    case Label::Escaped:
      break;
  }
  return guess_unlabelled(bytes);
}

}  // namespace

std::string decide_notice_charset(std::string_view bytes, std::string_view label) {
  bytes = bytes.substr(0, limits::kCharsetEvidenceBytes);
  const std::string name = label_name(label);
  const Label sort = sort_label(name);
  if (const std::string_view wide = find_wide_charset(bytes); !wide.empty()) {
    // "utf-16" alone does not tell which byte comes first.
    const bool tells = sort == Label::Wide && name.ends_with('e');
    return tells && wide != "utf-8" ? name : std::string(wide);
  }
  if (has_japanese_escape(bytes)) return sort == Label::Escaped ? name : "iso-2022-jp";
  if (!mail::is_ascii(bytes)) return decide_eight_bits(bytes, sort, name);
  if (sort == Label::Escaped) return name;
  if (sort == Label::Wide && bytes.find('\0') != std::string_view::npos) return name;
  const bool hz = (sort == Label::Careless || sort == Label::TwoBytes) && has_hz_escape(bytes);
  return hz ? "hz-gb-2312" : "us-ascii";
}

std::string decode_notice_line(std::string_view line, std::string_view decided) {
  std::string text;
  if (decided != "utf-8") {
    text = mail::decode_charset(line, decided);
  } else if (mail::is_utf8(line)) {
    text = line;
  } else {
    return mail::decode_charset(line, guess_unlabelled(line));
  }
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  return text;
}

std::string decode_notice_text(std::string_view bytes, std::string_view label) {
  return decode_decided_text(bytes, decide_notice_charset(bytes, label));
}

std::string decode_decided_text(std::string_view bytes, std::string_view decided) {
  if (decided != "utf-8" || mail::is_utf8(bytes)) return decode_notice_line(bytes, decided);
  std::string out;
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.find('\n'), bytes.size() - 1) + 1;
    out += decode_notice_line(bytes.substr(0, size), decided);
    bytes.remove_prefix(size);
  }
  return out;
}

}  // namespace backstop::reading
