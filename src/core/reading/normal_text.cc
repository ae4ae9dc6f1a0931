#include "core/reading/normal_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "core/mail/utf8.h"
#include "core/reading/normal_characters.h"

namespace backstop::reading {
namespace {

// Collects normal text: joins white space and digits into runs.
class Collector {
 public:
  explicit Collector(std::size_t bytes) { out_.reserve(bytes + bytes / 16); }

  void put_space() { space_ = true; }
  void put_digit() {
    if (digit_ && !space_) return;
    begin();
    out_.push_back('0');
    digit_ = true;
  }
  void put(char c) {
    begin();
    out_.push_back(c);
  }
  void put(std::string_view text) {
    begin();
    out_.append(text);
  }
  void put_ascii(char c) {
    if (ascii::is_digit(c)) return put_digit();
    if (ascii::is_space(c) || c == '\0') return put_space();
    put(c == '`' ? '\'' : ascii::to_lower(c));
  }
  void put_code(char32_t code) {
    switch (const NormalCharacter normal = normal_character(code); normal.form) {
      case NormalForm::Dropped:
        return;
      case NormalForm::Space:
        return put_space();
      case NormalForm::Ellipsis:
        return put("...");
      case NormalForm::Mark:
        return put_mark(code);
      case NormalForm::Other:
        if (normal.code < 0x80) return put_ascii(static_cast<char>(normal.code));
        begin();
        return mail::append_utf8(out_, normal.code);
    }
  }
  std::string take() { return std::move(out_); }

 private:
  void begin() {
    if (space_ && !out_.empty()) out_.push_back(' ');
    space_ = false;
    digit_ = false;
  }
  // A combining mark joins the letter before it, if there is a character of both.
  void put_mark(char32_t mark) {
    if (space_ || out_.empty()) return;
    std::size_t start = out_.size() - 1;
    while (start > 0 && (static_cast<unsigned char>(out_[start]) & 0xc0) == 0x80)
      --start;
    const std::string_view last = std::string_view(out_).substr(start);
    const char32_t composed = compose(decode_character(last), mark);
    if (composed == 0) {
      mail::append_utf8(out_, mark);
      return;
    }
    out_.resize(start);
    mail::append_utf8(out_, composed);
  }

  std::string out_;
  bool space_ = false;
  bool digit_ = false;
};

void put_line(std::string_view line, Collector& out) {
  while (!line.empty()) {
    const char c = line.front();
    if (static_cast<unsigned char>(c) < 0x80) {
      out.put_ascii(c);
      line.remove_prefix(1);
      continue;
    }
    const std::size_t n = mail::utf8_sequence(line);
    if (n == 0) {
      out.put(c);
    } else {
      out.put_code(decode_character(line.substr(0, n)));
    }
    line.remove_prefix(std::max<std::size_t>(n, 1));
  }
}

bool is_quoted(std::string_view line) {
  const std::size_t at = line.find_first_not_of(" \t");
  return at != std::string_view::npos && line[at] == '>';
}

}  // namespace

std::string render_normal(std::string_view utf8) {
  utf8 = utf8.substr(0, limits::kNoticeTextBytes);
  Collector out(utf8.size());
  while (!utf8.empty()) {
    const std::size_t end = std::min(utf8.find('\n'), utf8.size());
    const std::string_view line = utf8.substr(0, end);
    if (!is_quoted(line)) put_line(line, out);
    out.put_space();
    utf8.remove_prefix(std::min(end + 1, utf8.size()));
  }
  return out.take();
}

std::string render_normal_line(std::string_view utf8) {
  utf8 = utf8.substr(0, limits::kNoticeTextBytes);
  Collector out(utf8.size());
  put_line(utf8, out);
  return out.take();
}

}  // namespace backstop::reading
