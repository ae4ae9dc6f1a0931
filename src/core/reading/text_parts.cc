#include "core/reading/text_parts.h"

#include "core/base/limits.h"
#include "core/mail/header_text.h"

namespace backstop::reading {

void TextParts::begin(std::string_view charset) {
  // Recipients stand in the first text; its charset is the one that counts.
  if (charset_.empty()) charset_ = charset.empty() ? "us-ascii" : charset;
}

void TextParts::feed(std::string_view bytes) {
  const std::string_view examined = bytes.substr(0, limits::kExaminedTextBytes - examined_bytes_);
  examined_bytes_ += examined.size();
  lines_.feed(examined, [this](std::string_view line) { on_line(line); });
}

void TextParts::end(bool whole) {
  lines_.finish([this](std::string_view line) { on_line(line); });
  plain_.on_text_end();
  inline_.on_text_end(whole && examined_bytes_ < limits::kExaminedTextBytes);
}

void TextParts::on_line(std::string_view line) {
  inline_.on_line(line);
  if (inline_.in_returned()) {
    plain_.on_text_end();
  } else {
    plain_.on_line(line);
  }
}

std::vector<RecipientReport> TextParts::take_recipients() {
  auto recipients = plain_.take_recipients();
  for (RecipientReport& recipient : recipients) {
    recipient.address = mail::decode_charset(recipient.address, charset_);
    recipient.diagnostic = mail::decode_charset(recipient.diagnostic, charset_);
  }
  return recipients;
}

}  // namespace backstop::reading
