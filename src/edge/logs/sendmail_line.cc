// Sendmail: "QUEUEID: to=<…>, ctladdr=…, delay=…, mailer=…, relay=…, dsn=2.0.0, stat=Sent (…)".
#include "edge/logs/line_text.h"

namespace backstop::logs {
namespace {

// "<a@example.org>,<b@example.org>, ": one without its brackets, several with them.
std::string_view take_addresses(std::string_view& text) {
  const std::string_view start = text;
  std::string_view first;
  std::size_t count = 0;
  while (const auto path = take_path(text)) {
    if (count++ == 0) first = *path;
    if (!text.starts_with(",<")) break;
    text.remove_prefix(1);
  }
  if (count == 0) return take_until(text, ", ");
  const std::string_view all = start.substr(0, start.size() - text.size());
  take_prefix(text, ", ");
  return count == 1 ? first : all;
}

// The value of the first field of that key; the text goes on behind it.
std::string_view take_field(std::string_view& text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == text.npos) return {};
  text.remove_prefix(at + key.size());
  return take_until(text, ", ");
}

// Who it is from may hold anything in its brackets; the relay comes last, behind the Message-ID.
bool parse_from(std::string_view text, LogLine& line) {
  line.event = LogEvent::Accepted;
  line.has_sender = true;
  line.sender = take_addresses(text);
  if (!text.starts_with("size=")) return false;
  line.is_empty = text.starts_with("size=0,");
  line.has_recipients = text.find(", nrcpts=0,") == text.npos;
  const std::size_t relay = text.rfind(", relay=");
  if (relay != text.npos) {
    line.client = text.substr(relay + std::string_view(", relay=").size());
    text = text.substr(0, relay);
  }
  const std::size_t id = text.find("msgid=");
  if (id == text.npos) return true;
  text.remove_prefix(id + std::string_view("msgid=").size());
  const auto path = take_path(text);
  line.message_id = path ? *path : take_until(text, ", ");
  return true;
}

std::string_view status_of(std::string_view dsn, std::string_view stat) {
  if (stat.starts_with("Sent")) return kSent;
  if (stat.starts_with("queued")) return "queued";
  if (stat.starts_with("Deferred") || dsn.starts_with('4')) return kDeferred;
  return dsn.starts_with('2') ? kSent : kBounced;
}

bool parse_delivery(std::string_view text, LogLine& line) {
  line.event = LogEvent::Delivery;
  line.recipient = take_addresses(text);
  if (text.starts_with("ctladdr=")) {
    take_prefix(text, "ctladdr=");
    take_addresses(text);  // The local sender, quoted as it may be.
  }
  if (text.find("stat=") == text.npos) return false;
  line.relay = take_field(text, "relay=");
  line.dsn = take_field(text, "dsn=");
  const std::size_t at = text.find("stat=");
  if (at == text.npos) return false;
  text.remove_prefix(at + std::string_view("stat=").size());
  line.status = status_of(line.dsn, text);
  take_prefix(text, "Sent");
  take_prefix(text, " ");
  take_prefix(text, "Deferred: ");
  if (text.size() >= 2 && text.front() == '(' && text.back() == ')') {
    text = text.substr(1, text.size() - 2);
  }
  line.text = text;
  return true;
}

// "Milter: to=<…>, reject=550 5.7.1 text" and "ruleset=check_rcpt, arg1=<…>, relay=…, reject=…".
bool parse_refusal(std::string_view text, LogLine& line) {
  line.event = LogEvent::Refused;
  take_prefix(text, "Milter: ");
  if (take_prefix(text, "ruleset=")) {
    const std::string_view ruleset = take_until(text, ", ");
    if (take_prefix(text, "arg1=")) {
      const std::string_view argument = take_addresses(text);
      if (ruleset == "check_rcpt") line.recipient = argument;
    }
    std::string_view rest = text;
    line.client = take_field(rest, "relay=");
  } else if (take_prefix(text, "to=")) {
    line.recipient = take_addresses(text);
  } else if (take_prefix(text, "from=")) {
    line.has_sender = true;
    line.sender = take_addresses(text);
  }
  const std::size_t at = text.find("reject=");
  if (at != text.npos) {
    line.status = "reject";
    line.text = text.substr(at + std::string_view("reject=").size());
    line.dsn = find_dsn(line.text);
    return true;
  }
  if (text.find("discard") == text.npos) return false;
  line.status = "discard";
  return true;
}

// "QUEUEID: DSN: User unknown": a notice was made, with that queue id.
bool parse_notice(std::string_view text, LogLine& line) {
  const std::string_view id = take_until(text, ": ");
  if (!is_queue_id(id) || text.empty()) return false;
  const bool notice = text.starts_with("DSN: ") || text.starts_with("return to sender: ") ||
                      text.starts_with("sender notify: ") || text.starts_with("postmaster notify");
  if (!notice) return false;
  line.event = LogEvent::Notice;
  line.notice_id = id;
  line.text = text;
  return true;
}

// "<bob@example.org>... User unknown", said to a client at RCPT.
bool parse_unknown(std::string_view text, LogLine& line) {
  const auto recipient = take_path(text);
  if (!recipient || !take_prefix(text, "... ")) return false;
  line.event = LogEvent::Refused;
  line.status = "reject";
  line.recipient = *recipient;
  line.text = text;
  return true;
}

}  // namespace

bool parse_sendmail(std::string_view text, LogLine& line) {
  const std::string_view id = take_until(text, ": ");
  if (!is_queue_id(id)) return false;
  if (id != "NOQUEUE") line.queue_id = id;
  if (text.starts_with("Milter: ") || text.starts_with("ruleset=")) {
    return parse_refusal(text, line);
  }
  if (line.queue_id.empty()) {
    if (!take_prefix(text, "connect from ")) return false;
    line.event = LogEvent::Connection;
    line.client = text;
    return true;
  }
  if (text.starts_with('<')) return parse_unknown(text, line);
  if (take_prefix(text, "from=")) return parse_from(text, line);
  if (take_prefix(text, "to=")) return parse_delivery(text, line);
  if (text.starts_with("done; ")) {
    line.event = LogEvent::Done;
    return true;
  }
  return parse_notice(text, line);
}

}  // namespace backstop::logs
