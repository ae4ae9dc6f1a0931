#include "core/survey/message_head.h"

#include <algorithm>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "core/mail/header_text.h"

namespace backstop::survey {
namespace {

// The field's place in the head when its name is one of those wanted, else null.
std::string_view* place_of(MessageHead& head, std::string_view line) {
  const auto is = [line](std::string_view name) {
    return line.size() > name.size() && line[name.size()] == ':' &&
           ascii::equals_folded(line.substr(0, name.size()), name);
  };
  switch (ascii::to_lower(line.front())) {
    case 'r':
      return is("received") ? &head.received : nullptr;
    case 'd':
      return is("date") ? &head.date : nullptr;
    case 'f':
      return is("from") ? &head.from : nullptr;
    case 't':
      return is("to") ? &head.to : nullptr;
    case 's':
      return is("subject") ? &head.subject : nullptr;
    default:
      return nullptr;
  }
}

bool is_empty_line(std::string_view line) {
  return line.empty() || line == "\r";
}

}  // namespace

MessageHead find_head(std::string_view message) {
  MessageHead head;
  const std::string_view block = message.substr(0, limits::kHeaderBytesPerBlock);
  // Old Mac programs ended lines with CR alone.
  const char line_end = block.find('\n') == block.npos ? '\r' : '\n';
  std::string_view* open = nullptr;  // The field that the next line may continue.
  std::size_t at = 0;
  bool begun = false;
  while (at < block.size()) {
    const std::size_t end = block.find(line_end, at);
    if (end == block.npos) break;
    const std::string_view line = block.substr(at, end - at);
    at = end + 1;
    if (is_empty_line(line)) {
      // Empty lines before the first field are passed over (mail::HeaderBlock, Lenient).
      if (!begun) continue;
      head.bytes = at;
      return head;
    }
    begun = true;
    if (ascii::is_blank(line.front())) {
      if (open != nullptr) {
        *open = {open->data(), static_cast<std::size_t>(line.data() + line.size() - open->data())};
      }
      continue;
    }
    open = place_of(head, line);
    if (open == nullptr) continue;
    if (!open->empty()) {
      open = nullptr;
      continue;
    }
    *open = line.substr(line.find(':') + 1);
  }
  head.bytes = block.size();
  return head;
}

std::optional<Instant> find_time(const MessageHead& head, std::string_view from_line) {
  if (!from_line.empty()) {
    // Behind the sender, which is one word.
    const std::string_view line = ascii::trim(from_line);
    const std::string_view rest = line.substr(std::min(line.find_first_of(" \t"), line.size()));
    if (const auto time = mail::parse_date(rest)) return time;
  }
  if (!head.received.empty()) {
    // RFC 5321 §4.4: the time stands behind the last semicolon.
    const std::size_t semicolon = head.received.rfind(';');
    if (semicolon != head.received.npos) {
      if (const auto time = mail::parse_date(head.received.substr(semicolon + 1))) return time;
    }
  }
  if (head.date.empty()) return std::nullopt;
  return mail::parse_date(head.date);
}

}  // namespace backstop::survey
