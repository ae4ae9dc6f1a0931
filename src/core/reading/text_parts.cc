#include "core/reading/text_parts.h"

#include <algorithm>

#include "core/base/ascii.h"
#include "core/base/find_byte.h"
#include "core/base/limits.h"
#include "core/reading/html_text.h"
#include "core/reading/notice_charset.h"

namespace backstop::reading {
namespace {

// What most notices say.
constexpr std::size_t kOwnWordsUsual = 1000;

// Of a text of a label that says nothing, or something false, the first byte that is not ASCII, or
// begins an escape of ISO-2022.
std::size_t find_telling(std::string_view bytes) {
  const auto tells = [](Lanes x, Lanes) { return (x < Lanes{}) | (x == every_lane('\x1b')); };
  return std::min(find_pair(bytes, 0, tells), bytes.size());
}

// Charsets of units wider than a byte, so that no line ends can be told before they are decoded,
// and those that write everything in seven bits without an escape character.
bool is_opaque(std::string_view charset) {
  return ascii::starts_with_folded(charset, "hz") || ascii::starts_with_folded(charset, "utf-7") ||
         ascii::starts_with_folded(charset, "unicode-1-1-utf-7") ||
         ascii::starts_with_folded(charset, "utf-16") ||
         ascii::starts_with_folded(charset, "utf-32") ||
         ascii::starts_with_folded(charset, "ucs-2") ||
         ascii::starts_with_folded(charset, "iso-10646");
}

}  // namespace

void TextParts::begin(std::string_view charset, TextForm form) {
  charset_ = charset;
  form_ = form;
  is_decided_ = false;
  is_buffered_ = form == TextForm::Html || is_opaque(charset);
  held_.clear();
}

void TextParts::feed(std::string_view bytes) {
  const std::string_view examined = bytes.substr(0, limits::kExaminedTextBytes - examined_bytes_);
  examined_bytes_ += examined.size();
  take(examined);
}

void TextParts::take(std::string_view bytes) {
  if (is_buffered_) {
    held_ += bytes.substr(0, limits::kBufferedTextBytes - held_.size());
    return;
  }
  if (!is_decided_ && held_.empty()) {
    const std::size_t plain = find_telling(bytes);
    lines_.feed(bytes.substr(0, plain), [this](std::string_view line) { on_decoded_line(line); });
    bytes.remove_prefix(plain);
  }
  if (!is_decided_) {
    const std::string_view evidence = bytes.substr(0, limits::kCharsetEvidenceBytes - held_.size());
    held_ += evidence;
    bytes.remove_prefix(evidence.size());
    if (held_.size() == limits::kCharsetEvidenceBytes) decide_charset();
  }
  if (!bytes.empty()) take_lines(bytes);
}

void TextParts::decide_charset() {
  is_decided_ = true;
  charset_ = decide_notice_charset(held_, charset_);
  told_charset_ = charset_;
  take_lines(held_);
  held_.clear();
}

void TextParts::take_lines(std::string_view bytes) {
  lines_.feed(bytes, [this](std::string_view line) { on_line(line); });
}

void TextParts::end(bool whole) {
  if (is_buffered_) {
    told_charset_ = decide_notice_charset(held_, charset_);
    std::string text = decode_decided_text(held_, told_charset_);
    if (form_ == TextForm::Html) text = render_html_text(text);
    is_decided_ = true;
    charset_ = "utf-8";
    take_lines(text);
    if (held_.size() == limits::kBufferedTextBytes) whole = false;
    held_.clear();
  } else if (!held_.empty()) {
    decide_charset();
  }
  lines_.finish([this](std::string_view line) { on_line(line); });
  plain_.on_text_end();
  inline_.on_text_end(whole && examined_bytes_ < limits::kExaminedTextBytes);
}

void TextParts::on_line(std::string_view line) {
  if (find_telling(line) < line.size()) {
    on_decoded_line(decode_notice_line(line, charset_));
  } else {
    on_decoded_line(line);
  }
}

void TextParts::on_decoded_line(std::string_view line) {
  inline_.on_line(line);
  if (inline_.in_returned()) {
    plain_.on_text_end();
    return;
  }
  plain_.on_line(line);
  if (!has_words_) has_words_ = !ascii::trim(line).empty();
  if (own_words_.size() + line.size() >= limits::kNoticeTextBytes) return;
  if (own_words_.empty()) own_words_.reserve(kOwnWordsUsual);
  own_words_ += line;
  own_words_ += '\n';
}

}  // namespace backstop::reading
