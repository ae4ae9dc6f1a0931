// Postfix: "QUEUEID: to=<…>, relay=…, delay=…, delays=…, dsn=…, status=sent (…)".
#include <algorithm>
#include <array>

#include "edge/logs/line_text.h"

namespace backstop::logs {
namespace {

// "key=value, " in its fixed place; what strangers write stands in brackets or comes last.
std::string_view take_field(std::string_view& text, std::string_view key) {
  if (!text.starts_with(key)) return {};
  text.remove_prefix(key.size());
  return take_until(text, ", ");
}

std::string_view take_path_field(std::string_view& text, std::string_view key) {
  if (!take_prefix(text, key)) return {};
  const auto path = take_path(text);
  if (!path) return take_until(text, ", ");
  take_prefix(text, ",");
  take_prefix(text, " ");
  return *path;
}

// Passes over fields until the one that starts with `key`; false when it never comes.
bool skip_to(std::string_view& text, std::string_view key) {
  // delay, delays, conn_use, and what later versions put there.
  constexpr int kFieldsBetween = 8;
  for (int i = 0; i < kFieldsBetween && !text.empty(); ++i) {
    if (text.starts_with(key)) return true;
    take_until(text, ", ");
  }
  return false;
}

bool parse_delivery(std::string_view text, LogLine& line) {
  line.event = LogEvent::Delivery;
  line.recipient = take_path_field(text, "to=");
  line.original_recipient = take_path_field(text, "orig_to=");
  line.relay = take_field(text, "relay=");
  if (!skip_to(text, "dsn=")) return false;
  line.dsn = take_field(text, "dsn=");
  if (!take_prefix(text, "status=")) return false;
  line.status = take_until(text, " ");
  if (line.status.empty()) return false;
  if (text.size() >= 2 && text.front() == '(' && text.back() == ')') {
    text = text.substr(1, text.size() - 2);
  }
  line.text = text;
  return true;
}

bool parse_from(std::string_view text, LogLine& line) {
  line.sender = take_path_field(text, "from=");
  line.has_sender = true;
  if (text.starts_with("status=expired")) {
    line.event = LogEvent::Notice;
    line.status = kExpired;
    line.text = text.substr(std::string_view("status=").size());
    return true;
  }
  line.event = LogEvent::Accepted;
  return text.starts_with("size=");
}

bool parse_arrival(std::string_view text, LogLine& line) {
  line.event = LogEvent::Arrival;
  line.client = take_field(text, "client=");
  take_field(text, "sasl_method=");
  line.login = take_field(text, "sasl_username=");
  return true;
}

// "RCPT from host[192.0.2.1]: 550 5.7.1 text; from=<…> to=<…> proto=ESMTP helo=<…>"
bool parse_refusal(std::string_view text, LogLine& line) {
  line.event = LogEvent::Refused;
  take_until(text, " from ");
  line.client = take_until(text, ": ");
  line.text = take_until(text, "; from=");
  if (const auto sender = take_path(text)) {
    line.has_sender = true;
    line.sender = *sender;
  }
  if (take_prefix(text, " to=")) {
    if (const auto recipient = take_path(text)) line.recipient = *recipient;
  }
  line.dsn = find_dsn(line.text);
  return true;
}

// "sender non-delivery notification: QUEUEID"
bool parse_notice(std::string_view text, LogLine& line) {
  line.event = LogEvent::Notice;
  line.text = take_until(text, ": ");
  if (!line.text.ends_with("notification") || !is_queue_id(text)) return false;
  line.notice_id = text;
  return true;
}

// "connect from host[192.0.2.1]" and "disconnect from host[192.0.2.1] ehlo=1 mail=1 rcpt=1 quit=1
// commands=4": a count is "taken" or "taken/all".
bool parse_session(std::string_view text, LogLine& line) {
  if (take_prefix(text, "connect from ")) {
    line.event = LogEvent::Connection;
    line.client = text;
    return true;
  }
  if (!take_prefix(text, "disconnect from ")) return false;
  line.event = LogEvent::Left;
  line.client = take_until(text, " ");
  bool has_recipients = false;
  while (!text.empty()) {
    std::string_view count = take_until(text, " ");
    if (count.starts_with("data=") || count.starts_with("bdat=")) return false;
    if (take_prefix(count, "rcpt=")) has_recipients = !count.starts_with('0');
  }
  return has_recipients;
}

}  // namespace

bool parse_postfix(std::string_view text, LogLine& line) {
  if (line.program.ends_with("/smtpd") && parse_session(text, line)) return true;
  static constexpr std::array<std::string_view, 5> kNotIds{"warning", "fatal", "error", "panic",
                                                           "statistics"};
  static constexpr std::array<std::string_view, 6> kActions{
      "milter-reject", "milter-hold", "milter-discard", "reject", "hold", "discard"};
  const std::string_view id = take_until(text, ": ");
  if (!is_queue_id(id) || std::find(kNotIds.begin(), kNotIds.end(), id) != kNotIds.end()) {
    return false;
  }
  if (id != "NOQUEUE") line.queue_id = id;
  for (const std::string_view action : kActions) {
    if (!text.starts_with(action) || !text.substr(action.size()).starts_with(": ")) continue;
    line.status = action;
    return parse_refusal(text.substr(action.size() + 2), line);
  }
  if (line.queue_id.empty()) return false;
  if (text.starts_with("to=")) return parse_delivery(text, line);
  if (text.starts_with("from=")) return parse_from(text, line);
  if (text.starts_with("client=")) return parse_arrival(text, line);
  if (text.starts_with("uid=")) {  // "uid=0 from=<root>"
    line.event = LogEvent::Arrival;
    line.client = take_until(text, " ");
    return true;
  }
  if (take_prefix(text, "message-id=")) {
    line.event = LogEvent::Named;
    line.message_id = strip_brackets(text);
    return true;
  }
  if (text == "removed") {
    line.event = LogEvent::Done;
    return true;
  }
  return parse_notice(text, line);
}

}  // namespace backstop::logs
