// Charsets to UTF-8.  iconv is the only foreign function called here.
#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "core/base/ascii.h"
#include "core/mail/escaped_charset.h"
#include "core/mail/header_text.h"
#include "core/mail/utf8.h"

namespace backstop::mail {
namespace {

// What windows-1252 has from 0x80 to 0x9f; the five holes are C1 controls, as in the WHATWG
// Encoding Standard.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD.
// Longer names are no charsets.
constexpr std::size_t kCharsetNameBytes = 40;

struct Alias {
  std::string_view name;
  std::string_view iconv_name;
};

// Names that iconv does not know, and those under which mailers send a superset.
constexpr Alias kAliases[] = {
    {"utf8", "utf-8"},
    {"unicode-1-1-utf-8", "utf-8"},
    {"x-unicode-2-0-utf-8", "utf-8"},
    {"utf-8mb4", "utf-8"},
    {"ascii", "us-ascii"},
    {"ansi_x3.4-1968", "us-ascii"},
    {"ansi_x3.4-1986", "us-ascii"},
    {"iso646-us", "us-ascii"},
    {"iso-ir-6", "us-ascii"},
    {"us", "us-ascii"},
    {"us_ascii", "us-ascii"},
    {"usascii", "us-ascii"},
    {"csascii", "us-ascii"},
    {"cp367", "us-ascii"},
    {"iso_646.irv:1991", "us-ascii"},
    {"7bit", "us-ascii"},
    {"iso-8859-1", "windows-1252"},
    {"iso8859-1", "windows-1252"},
    {"iso_8859-1", "windows-1252"},
    {"latin1", "windows-1252"},
    {"latin-1", "windows-1252"},
    {"l1", "windows-1252"},
    {"cp1252", "windows-1252"},
    {"cp-1252", "windows-1252"},
    {"ansi", "windows-1252"},
    {"x-ansi", "windows-1252"},
    {"x-cp1252", "windows-1252"},
    {"win-1252", "windows-1252"},
    {"iso-8859-1-windows-3.1-latin-1", "windows-1252"},
    {"iso-8859-15-windows-3.1-latin-1", "windows-1252"},
    {"iso8859_1", "windows-1252"},
    {"iso88591", "windows-1252"},
    {"8859_1", "windows-1252"},
    {"cp819", "windows-1252"},
    {"ibm819", "windows-1252"},
    {"iso-ir-100", "windows-1252"},
    {"csisolatin1", "windows-1252"},
    {"iso_8859-1:1987", "windows-1252"},
    {"latin-2", "iso-8859-2"},
    {"iso8859_2", "iso-8859-2"},
    {"iso8859_15", "iso-8859-15"},
    {"latin-9", "iso-8859-15"},
    {"latin0", "iso-8859-15"},
    {"csiso885915", "iso-8859-15"},
    {"iso-8859-9", "windows-1254"},
    {"latin5", "windows-1254"},
    {"iso-8859-11", "cp874"},
    {"windows-874", "cp874"},
    {"tis-620", "cp874"},
    {"iso-8859-8-i", "iso-8859-8"},
    {"iso-8859-8-e", "iso-8859-8"},
    {"iso-8859-6-i", "iso-8859-6"},
    {"csiso2022jp", "iso-2022-jp"},
    {"iso-2022-jp-1", "iso-2022-jp"},
    {"iso-2022-jp-2", "iso-2022-jp"},
    {"iso-2022-jp-3", "iso-2022-jp"},
    {"iso-2022-jp-ms", "iso-2022-jp"},
    {"cp50220", "iso-2022-jp"},
    {"cp50221", "iso-2022-jp"},
    {"jis", "iso-2022-jp"},
    {"csiso2022kr", "iso-2022-kr"},
    {"shift_jis", "cp932"},
    {"shift-jis", "cp932"},
    {"sjis", "cp932"},
    {"x-sjis", "cp932"},
    {"ms_kanji", "cp932"},
    {"csshiftjis", "cp932"},
    {"windows-31j", "cp932"},
    {"x-euc-jp", "euc-jp-ms"},
    {"euc-jp", "euc-jp-ms"},
    {"eucjp", "euc-jp-ms"},
    {"euc_jp", "euc-jp-ms"},
    {"cseucpkdfmtjapanese", "euc-jp-ms"},
    {"gb2312", "gb18030"},
    {"gb_2312-80", "gb18030"},
    {"gbk", "gb18030"},
    {"x-gbk", "gb18030"},
    {"cp936", "gb18030"},
    {"ms936", "gb18030"},
    {"windows-936", "gb18030"},
    {"csgb2312", "gb18030"},
    {"csiso58gb231280", "gb18030"},
    {"gb_2312", "gb18030"},
    {"gb-2312", "gb18030"},
    {"gb2312-80", "gb18030"},
    {"iso-gb2312", "gb18030"},
    {"x-gb2312", "gb18030"},
    {"euc-cn", "gb18030"},
    {"x-euc-cn", "gb18030"},
    {"chinese", "gb18030"},
    {"gb18030-2000", "gb18030"},
    {"hz", "hz-gb-2312"},
    {"x-hz", "hz-gb-2312"},
    {"big5", "big5-hkscs"},
    {"x-big5", "big5-hkscs"},
    {"cn-big5", "big5-hkscs"},
    {"csbig5", "big5-hkscs"},
    {"x-x-big5", "big5-hkscs"},
    {"big-5", "big5-hkscs"},
    {"big5-eten", "big5-hkscs"},
    {"chinesebig5", "big5-hkscs"},
    {"cp950", "big5-hkscs"},
    {"windows-950", "big5-hkscs"},
    {"x-windows-950", "big5-hkscs"},
    {"euc-kr", "cp949"},
    {"ks_c_5601-1987", "cp949"},
    {"ks_c_5601", "cp949"},
    {"ks_c_5601-1989", "cp949"},
    {"ks_c-5601-1987", "cp949"},
    {"ksc_5601", "cp949"},
    {"ksc5601", "cp949"},
    {"kscms-ufcs5", "cp949"},
    {"korean", "cp949"},
    {"x-euc-kr", "cp949"},
    {"euckr", "cp949"},
    {"cseuckr", "cp949"},
    {"csksc56011987", "cp949"},
    {"iso-ir-149", "cp949"},
    {"ms949", "cp949"},
    {"windows-949", "cp949"},
    {"x-windows-949", "cp949"},
    {"koi8", "koi8-r"},
    {"koi", "koi8-r"},
    {"koi8r", "koi8-r"},
    {"koi8_r", "koi8-r"},
    {"cskoi8r", "koi8-r"},
    {"koi8-ru", "koi8-u"},
    {"koi8u", "koi8-u"},
    {"win-1251", "windows-1251"},
    {"win1251", "windows-1251"},
    {"cp-1251", "windows-1251"},
    {"cyrillic", "iso-8859-5"},
    {"x-mac-cyrillic", "mac-cyrillic"},
    {"x-mac-ukrainian", "mac-cyrillic"},
    {"x-mac-ce", "mac-centraleurope"},
    {"x-mac-centraleurroman", "mac-centraleurope"},
    {"cp-850", "cp850"},
    {"ibm-850", "cp850"},
    {"dos-866", "cp866"},
    {"x-mac-roman", "macintosh"},
    {"mac", "macintosh"},
    {"mac-roman", "macintosh"},
    {"unicode-1-1-utf-7", "utf-7"},
    {"x-unicode-2-0-utf-7", "utf-7"},
    {"utf7", "utf-7"},
    {"utf16", "utf-16"},
    {"utf16le", "utf-16le"},
    {"utf16be", "utf-16be"},
    {"ucs-2le", "utf-16le"},
    {"ucs-2be", "utf-16be"},
    {"unicode", "utf-16"},
    {"ucs-2", "utf-16"},
    {"iso-10646-ucs-2", "utf-16"},
};

constexpr auto kAliasesByLength = [] {
  auto sorted = std::to_array(kAliases);
  std::ranges::sort(sorted, {}, [](const Alias& alias) { return alias.name.size(); });
  return sorted;
}();
constexpr std::size_t kLongestAlias = kAliasesByLength.back().name.size();

// The aliases of a length of n: kFirstAlias[n] up to kFirstAlias[n + 1].
constexpr auto kFirstAlias = [] {
  std::array<std::uint8_t, kLongestAlias + 2> first{};
  for (std::size_t length = 0; length < first.size(); ++length) {
    while (first[length] < kAliasesByLength.size() &&
           kAliasesByLength[first[length]].name.size() < length)
      ++first[length];
  }
  return first;
}();

std::string charset_name(std::string_view charset) {
  std::string name = ascii::lower(ascii::trim(charset));
  // RFC 2231 §5: a language may follow.
  name = name.substr(0, name.find('*'));
  if (name.size() >= 2 && (name.front() == '"' || name.front() == '\'')) {
    name = name.substr(1, name.find(name.front(), 1) - 1);
  }
  if (name.size() > kLongestAlias) return name;
  for (std::size_t i = kFirstAlias[name.size()]; i < kFirstAlias[name.size() + 1]; ++i) {
    const Alias& alias = kAliasesByLength[i];
    if (alias.name == name) return std::string(alias.iconv_name);
  }
  return name;
}

// Whether iconv may see it: it gives '/' and ',' a meaning of its own.
bool is_charset_name(std::string_view name) {
  return !name.empty() && name.size() <= kCharsetNameBytes &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return ascii::is_alnum(c) || c == '-' || c == '_' || c == '.' || c == ':' || c == '+';
         });
}

void note(Defects* defects, Defect defect) {
  if (defects != nullptr) defects->add(defect);
}

std::string from_windows_1252(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  while (true) {
    const std::size_t plain = ascii_prefix(bytes);
    out.append(bytes.substr(0, plain));
    bytes.remove_prefix(plain);
    if (bytes.empty()) return out;
    const auto byte = static_cast<unsigned char>(bytes.front());
    append_utf8(out, byte < 0xa0 ? kWindows1252[byte - 0x80U] : char32_t{byte});
    bytes.remove_prefix(1);
  }
}

std::string from_utf8(std::string_view bytes, Defects* defects) {
  if (is_utf8(bytes)) return std::string(bytes);
  note(defects, Defect::CharsetBroken);
  std::string out;
  bool replacing = false;
  while (!bytes.empty()) {
    const std::size_t n = utf8_sequence(bytes);
    if (n != 0) out.append(bytes.substr(0, n));
    if (n == 0 && !replacing) out.append(kReplacement);
    replacing = n == 0;
    bytes.remove_prefix(std::max<std::size_t>(n, 1));
  }
  return out;
}

struct IconvCloser {
  using pointer = iconv_t;
  void operator()(iconv_t handle) const { iconv_close(handle); }
};

// Every turn takes at least one byte of input or ends; a byte makes at most kOutputPerByte.
std::string from_iconv(iconv_t handle, std::string_view bytes, Defects* defects) {
  constexpr std::size_t kOutputPerByte = 8;
  const std::size_t out_max = kOutputPerByte * bytes.size() + 64;
  std::string out;
  // SAFETY: POSIX's iconv takes a pointer to mutable bytes and does not write through it.
  char* in = const_cast<char*>(bytes.data());
  std::size_t in_left = bytes.size();
  bool flushing = false;
  while (out.size() < out_max) {
    std::array<char, 4096> piece;
    char* to = piece.data();
    std::size_t to_left = piece.size();
    const std::size_t before = in_left;
    errno = 0;
    const std::size_t result =
        iconv(handle, flushing ? nullptr : &in, flushing ? nullptr : &in_left, &to, &to_left);
    const int error = errno;
    out.append(piece.data(), piece.size() - to_left);
    if (result != static_cast<std::size_t>(-1)) {
      if (flushing) break;
      flushing = true;
    } else if (error == E2BIG && (before != in_left || to_left != piece.size())) {
      continue;
    } else if (flushing || in_left == 0) {
      break;
    } else {
      note(defects, Defect::CharsetBroken);
      if (!out.ends_with(kReplacement)) out.append(kReplacement);
      ++in;
      --in_left;
    }
  }
  return out;
}

}  // namespace

std::string decode_charset(std::string_view bytes, std::string_view charset, Defects* defects) {
  const std::string name = charset_name(charset);
  if (name == "utf-8") return from_utf8(bytes, defects);
  if (name == "windows-1252") return from_windows_1252(bytes);
  if (name == "us-ascii") {
    // No byte of it is above 0x7f, but mailers say so of everything.
    if (is_ascii(bytes)) return std::string(bytes);
    note(defects, Defect::CharsetBroken);
    return is_utf8(bytes) ? std::string(bytes) : from_windows_1252(bytes);
  }
  if (bytes.empty()) return {};
  if (name == "iso-2022-jp") {
    return decode_charset(escaped_to_euc_jp(bytes), "euc-jp-ms", defects);
  }
  if (name == "hz-gb-2312") return decode_charset(escaped_to_gb2312(bytes), "gb18030", defects);
  const iconv_t none = reinterpret_cast<iconv_t>(-1);
  const iconv_t opened = is_charset_name(name) ? iconv_open("UTF-8", name.c_str()) : none;
  if (opened == none) {
    note(defects, Defect::CharsetUnknown);
    return from_windows_1252(bytes);
  }
  const std::unique_ptr<void, IconvCloser> handle(opened);
  std::string out = from_iconv(handle.get(), bytes, defects);
  // Some of iconv's converters let surrogates through.
  return is_utf8(out) ? out : from_utf8(out, defects);
}

}  // namespace backstop::mail
