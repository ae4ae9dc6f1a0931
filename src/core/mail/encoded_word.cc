// Unfolding, and RFC 2047 encoded words.
#include <algorithm>
#include <optional>

#include "core/base/ascii.h"
#include "core/base/find_byte.h"
#include "core/base/limits.h"
#include "core/mail/header_text.h"
#include "core/mail/transfer_decoder.h"
#include "core/mail/utf8.h"

namespace backstop::mail {
namespace {

struct EncodedWord {
  std::string_view charset;  // With its language (RFC 2231 §5), which decode_charset drops.
  bool base64 = false;
  std::string_view text;
  std::size_t size = 0;  // Of the whole word.
};

// The encoded word at the start of `text`.  Blanks inside the encoded text are borne with: RFC 2047
// §2 forbids them, mailers write them.
std::optional<EncodedWord> parse_word(std::string_view text) {
  const std::size_t charset_end = text.find('?', 2);
  if (charset_end == text.npos || charset_end == 2 || charset_end + 3 >= text.size()) return {};
  EncodedWord word;
  word.charset = text.substr(2, charset_end - 2);
  if (std::any_of(word.charset.begin(), word.charset.end(), ascii::is_space)) return {};
  const char encoding = ascii::to_lower(text[charset_end + 1]);
  if ((encoding != 'b' && encoding != 'q') || text[charset_end + 2] != '?') return {};
  word.base64 = encoding == 'b';
  const std::size_t begin = charset_end + 3;
  const std::size_t end = text.find("?=", begin);
  if (end == text.npos) return {};
  word.text = text.substr(begin, end - begin);
  word.size = end + 2;
  return word;
}

// Decodes the text of a field piece by piece.
class TextDecoder {
 public:
  explicit TextDecoder(std::string_view text) : rest_(text) {}

  std::string decode() {
    while (!rest_.empty() && out_.size() < limits::kDecodedFieldBytes) {
      const std::size_t at = rest_.find("=?");
      if (at == rest_.npos) break;
      const auto word = no_end_ ? std::nullopt : parse_word(rest_.substr(at));
      if (!word) {
        // Without a "?=" behind it no later "=?" begins a word either.
        no_end_ = no_end_ || rest_.find("?=", at + 2) == rest_.npos;
        if (no_end_) break;
        put_raw(rest_.substr(0, at + 2));
        rest_.remove_prefix(at + 2);
        continue;
      }
      // RFC 2047 §6.2: white space between two words is not shown.
      const std::string_view before = rest_.substr(0, at);
      if (!after_word_ || !ascii::trim(before).empty()) put_raw(before);
      put_word(*word);
      rest_.remove_prefix(at + word->size);
    }
    if (out_.size() < limits::kDecodedFieldBytes) put_raw(rest_);
    flush_word();
    cut_utf8(out_, limits::kDecodedFieldBytes);
    return std::move(out_);
  }

 private:
  void put_raw(std::string_view text) {
    if (text.empty()) return;
    flush_word();
    after_word_ = false;
    out_.append(is_utf8(text) ? std::string(text) : decode_charset(text, "windows-1252"));
  }

  void put_word(const EncodedWord& word) {
    if (!bytes_.empty() && !ascii::equals_folded(charset_, word.charset)) flush_word();
    charset_ = word.charset;
    bytes_.append(word.base64 ? decode_base64_text(word.text) : decode_q_text(word.text));
    after_word_ = true;
  }

  void flush_word() {
    if (!bytes_.empty()) out_.append(decode_charset(bytes_, charset_));
    bytes_.clear();
  }

  std::string_view rest_;
  std::string out_;
  std::string bytes_;         // Of adjacent words of one charset.
  std::string_view charset_;  // Of them.
  bool after_word_ = false;
  bool no_end_ = false;
};

}  // namespace

std::string unfold(std::string_view raw) {
  raw = ascii::trim(raw);
  std::string out;
  std::size_t begin = 0;
  for (std::size_t lf = find_byte(raw, '\n'); lf != raw.npos; lf = find_byte(raw, '\n', lf + 1)) {
    if (!ascii::is_blank(raw[lf + 1])) continue;  // `raw` does not end in a line end.
    // A line end, with any CRs before its LF, goes when a blank follows.
    std::size_t end = lf;
    while (end > begin && raw[end - 1] == '\r')
      --end;
    if (out.empty()) out.reserve(raw.size());
    out.append(raw.substr(begin, end - begin));
    begin = lf + 1;
  }
  out.append(raw.substr(begin));
  return out;
}

std::string decode_text(std::string_view raw) {
  std::string text = unfold(raw);
  // Most text holds nothing to decode: no encoded word, nothing beyond ASCII.
  const auto tells = [](Lanes x, Lanes next) {
    return (x < Lanes{}) | ((x == every_lane('=')) & (next == every_lane('?')));
  };
  if (text.size() <= limits::kDecodedFieldBytes && find_pair(text, 0, tells) == text.npos) {
    return text;
  }
  return TextDecoder(text).decode();
}

}  // namespace backstop::mail
