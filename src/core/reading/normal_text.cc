#include "core/reading/normal_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/base/ascii.h"
#include "core/base/find_byte.h"
#include "core/base/lanes.h"
#include "core/base/limits.h"
#include "core/mail/utf8.h"
#include "core/reading/normal_characters.h"

namespace backstop::reading {
namespace {

// What ASCII characters become.
constexpr std::array<char, 128> kNormalAscii = [] {
  std::array<char, 128> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const char c = static_cast<char>(i);
    table[i] = ascii::to_lower(c);
    if (ascii::is_space(c) || c == '\0') table[i] = ' ';
    if (ascii::is_digit(c)) table[i] = '0';
    if (c == '`') table[i] = '\'';
  }
  return table;
}();

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

Lanes is_digit_lane(Lanes x) {
  return (x >= every_lane('0')) & (x <= every_lane('9'));
}

Lanes is_blank_lane(Lanes x) {
  return (x == every_lane(' ')) | (x == every_lane('\n'));
}

// Of the kLanes bytes from `text` on, how many come first that stay as many: letters, signs and
// digits, none of which is a space or a digit behind its like.  `to` receives what all of them
// become.  REQUIRES: one byte more.
std::size_t put_words(const char* text, char* to) {
  const Lanes x = load_lanes(text);
  const Lanes next = load_lanes(text + 1);
  const Lanes blank = is_blank_lane(x);
  const Lanes digit = is_digit_lane(x);
  // Bytes from 0x80 on are negative.
  const Lanes other = ((x < every_lane(' ')) & ~blank) | (x == every_lane('`'));
  const Lanes doubled = (blank & is_blank_lane(next)) | (digit & is_digit_lane(next));
  const Lanes kept = lower_lanes(x) & ~(blank | digit);
  store_lanes(to, kept | (blank & every_lane(' ')) | (digit & every_lane('0')));
  return first_lane_of(other | doubled);
}

// Writes normal text, which is never longer than what it is made of.
class Writer {
 public:
  explicit Writer(std::size_t bytes_max) : out_(bytes_max, '\0') {}

  // `c` of kNormalAscii: a space or zero behind its like is dropped.
  void put(char c) {
    out_[size_] = c;
    const bool joins = (c == ' ' || c == '0') && c == last_;
    size_ += joins ? 0 : 1;
    last_ = c;
  }
  void put_ascii(char c) { put(kNormalAscii[static_cast<unsigned char>(c)]); }
  // As many as `text` begins with, and how many those are.
  std::size_t put_ascii_run(std::string_view text) {
    // Out of this object, so that writing a byte is not taken for a change of them.
    char* to = out_.data() + size_;
    char last = last_;
    std::size_t n = 0;
    const auto put_one = [&to, &last](char character) {
      const char c = kNormalAscii[static_cast<unsigned char>(character)];
      *to = c;
      const bool joins = (c == ' ' || c == '0') && c == last;
      to += joins ? 0 : 1;
      last = c;
    };
    while (n + kLanes < text.size()) {
      if (last == ' ') {
        while (n < text.size() && (ascii::is_space(text[n]) || text[n] == '\0'))
          ++n;
      } else if (last == '0') {
        while (n < text.size() && ascii::is_digit(text[n]))
          ++n;
      }
      if (n + kLanes >= text.size()) break;
      const std::size_t words = put_words(text.data() + n, to);
      to += words;
      n += words;
      if (words != 0) last = to[-1];
      if (words == kLanes) continue;
      if (!is_ascii(text[n])) break;
      put_one(text[n++]);
    }
    while (n < text.size() && is_ascii(text[n]))
      put_one(text[n++]);
    last_ = last;
    size_ = static_cast<std::size_t>(to - out_.data());
    return n;
  }
  void put_other(std::string_view bytes) {
    bytes.copy(out_.data() + size_, bytes.size());
    size_ += bytes.size();
    last_ = bytes.back();
  }
  void put_character(std::string_view sequence);
  std::string take() {
    if (size_ > 0 && out_[size_ - 1] == ' ') --size_;
    out_.resize(size_);
    return std::move(out_);
  }

 private:
  void put_mark(char32_t mark, std::string_view sequence);

  std::string out_;
  std::size_t size_ = 0;
  char last_ = ' ';
};

void Writer::put_character(std::string_view sequence) {
  const char32_t code = decode_character(sequence);
  const NormalCharacter normal = normal_character(code);
  switch (normal.form) {
    case NormalForm::Dropped:
      return;
    case NormalForm::Space:
      return put(' ');
    case NormalForm::Ellipsis:
      return put_other("...");
    case NormalForm::Mark:
      return put_mark(code, sequence);
    case NormalForm::Other:
      break;
  }
  if (normal.code == code) return put_other(sequence);
  if (normal.code < 0x80) return put_ascii(static_cast<char>(normal.code));
  std::string text;
  mail::append_utf8(text, normal.code);
  put_other(text);
}

// A combining mark joins the letter before it, if there is a character of both.
void Writer::put_mark(char32_t mark, std::string_view sequence) {
  std::size_t start = size_;
  constexpr std::size_t kLongest = 4;
  while (start > 0 && start + kLongest > size_) {
    --start;
    if ((static_cast<unsigned char>(out_[start]) & 0xc0) != 0x80) break;
  }
  const std::string_view letter = std::string_view(out_).substr(start, size_ - start);
  const bool whole = !letter.empty() && mail::utf8_sequence(letter) == letter.size();
  const char32_t composed = whole ? compose(decode_character(letter), mark) : 0;
  if (composed == 0) return put_other(sequence);
  std::string text;
  mail::append_utf8(text, composed);
  size_ = start;
  put_other(text);
}

void put_text(std::string_view text, Writer& out) {
  while (!text.empty()) {
    std::size_t n = out.put_ascii_run(text);
    text.remove_prefix(n);
    for (; !text.empty() && !is_ascii(text.front()); text.remove_prefix(n)) {
      n = mail::utf8_sequence(text);
      if (n == 0) out.put_other(text.substr(0, 1));
      if (n != 0) out.put_character(text.substr(0, n));
      n = std::max<std::size_t>(n, 1);
    }
  }
}

// A bar counts only before a blank: "|----" is a rule.
bool is_quoted(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size() && ascii::is_blank(line[at]))
    ++at;
  if (at == line.size()) return false;
  return line[at] == '>' ||
         (line[at] == '|' && at + 1 < line.size() && ascii::is_blank(line[at + 1]));
}

}  // namespace

std::string render_normal(std::string_view utf8) {
  utf8 = utf8.substr(0, limits::kNoticeTextBytes);
  Writer out(utf8.size() + 1);
  // Lines are parted by spaces, which their ends become as they stand: only where one is left out
  // something is to be done.
  std::size_t kept = 0;
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t end = std::min(find_byte(utf8, '\n', at), utf8.size());
    const std::size_t next = std::min(end + 1, utf8.size());
    if (is_quoted(utf8.substr(at, end - at))) {
      put_text(utf8.substr(kept, at - kept), out);
      out.put(' ');
      kept = next;
    }
    at = next;
  }
  put_text(utf8.substr(kept), out);
  return out.take();
}

std::string render_normal_line(std::string_view utf8) {
  utf8 = utf8.substr(0, limits::kNoticeTextBytes);
  Writer out(utf8.size() + 1);
  put_text(utf8, out);
  return out.take();
}

}  // namespace backstop::reading
