// Exim's main log: "1vAbCd-000123-4X => bob@example.org R=dnslookup T=remote_smtp H=… C="250 OK"".
#include <algorithm>

#include "core/base/ascii.h"
#include "edge/logs/line_text.h"

namespace backstop::logs {
namespace {

// "1vAbCd-000123-4X" up to 4.96, "1vAbCd-00000000123-4XyZ" since.
bool is_exim_id(std::string_view text) {
  if (text.size() != 16 && text.size() != 23) return false;
  const std::size_t second = text.size() == 16 ? 13 : 18;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 6 || i == second;
    if (dash ? text[i] != '-' : !ascii::is_alnum(text[i])) return false;
  }
  return true;
}

// A word; one that starts with a quote goes on to the blank or colon behind its closing quote.
std::string_view take_word(std::string_view& text) {
  std::size_t end = 0;
  bool quoted = false;
  for (; end < text.size(); ++end) {
    if (text[end] == '\\' && quoted) {
      ++end;
    } else if (text[end] == '"') {
      quoted = !quoted;
    } else if (!quoted && (text[end] == ' ' || text.substr(end).starts_with(": "))) {
      break;
    }
  }
  if (quoted || end > text.size()) end = std::min(text.find(' '), text.size());
  const std::string_view out = text.substr(0, end);
  text.remove_prefix(end);
  return out;
}

// "mx.example.org (helo) [192.0.2.1]:25"; each part may be missing.  The name that the client gave
// itself stands in brackets and may hold anything but a blank.
std::string_view take_host(std::string_view& text) {
  const std::string_view start = text;
  if (!text.starts_with('(') && !text.starts_with('[')) take_word(text);
  std::string_view rest = text;
  take_prefix(rest, " ");
  if (rest.starts_with('(')) {
    take_until(rest, ")");
    text = rest;
    take_prefix(rest, " ");
  }
  if (rest.starts_with('[')) {
    take_word(rest);
    text = rest;
  }
  return start.substr(0, start.size() - text.size());
}

struct Tokens {
  std::string_view host, transport, confirmation, login, user, sender, id, parent;
  bool has_sender = false;
};

bool is_key(std::string_view name) {
  return !name.empty() && name.size() <= 10 &&
         std::all_of(name.begin(), name.end(), [](char c) { return ascii::is_alpha(c); });
}

void keep(std::string_view& where, std::string_view value) {
  if (where.empty()) where = value;
}

// "KEY=value " again and again; stops before the first word that is none, and behind `id`, since
// a subject may follow.
Tokens take_tokens(std::string_view& text) {
  Tokens out;
  while (!text.empty()) {
    std::string_view rest = text;
    take_prefix(rest, " ");
    const std::size_t equals = rest.find_first_of("= :");
    if (equals == rest.npos || rest[equals] != '=' || !is_key(rest.substr(0, equals))) break;
    const std::string_view key = rest.substr(0, equals);
    rest.remove_prefix(equals + 1);
    std::string_view value;
    if (key == "H") {
      value = take_host(rest);
    } else if (rest.starts_with('<')) {
      value = take_path(rest).value_or(std::string_view());
      if (rest.starts_with('<')) take_word(rest);
    } else {
      value = take_word(rest);
    }
    text = rest;
    if (key == "H") keep(out.host, value);
    if (key == "T") keep(out.transport, value);
    if (key == "C") keep(out.confirmation, value);
    if (key == "A") keep(out.login, value);
    if (key == "U") keep(out.user, value);
    if (key == "R") keep(out.parent, value);
    if (key == "F" && !out.has_sender) {
      out.sender = value;
      out.has_sender = true;
    }
    if (key == "id") {
      out.id = value;
      break;
    }
  }
  return out;
}

std::string_view strip_quotes(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return text;
  return text.substr(1, text.size() - 2);
}

bool parse_accepted(std::string_view text, LogLine& line) {
  line.event = LogEvent::Accepted;
  line.has_sender = true;
  if (!take_prefix(text, "<>")) line.sender = take_word(text);
  const Tokens tokens = take_tokens(text);
  line.client = tokens.host.empty() ? tokens.user : tokens.host;
  // "plain:alice" and "plain_server:alice@example.org".
  std::string_view login = tokens.login;
  if (login.find(':') != login.npos) take_until(login, ":");
  line.login = login;
  line.message_id = tokens.id;
  if (is_exim_id(tokens.parent)) line.parent = tokens.parent;
  return true;
}

// Behind the arrow: "bob <bob@example.org> R=… T=… H=…: text".
bool parse_delivery(std::string_view text, std::string_view status, LogLine& line) {
  line.event = LogEvent::Delivery;
  line.status = status;
  if (text.starts_with('|') || text.starts_with('/') || text.starts_with(':')) {
    take_until(text, " <");  // A pipe, a file, ":blackhole:"; whose it is stands behind it.
    line.recipient = take_until(text, ">");
  } else {
    line.recipient = take_word(text);
    std::string_view rest = text;
    if (take_prefix(rest, " ") && rest.starts_with('<')) {
      if (const auto path = take_path(rest)) {
        text = rest;
        line.original_recipient = *path;
      }
    }
    if (line.recipient.find('@') == line.recipient.npos && !line.original_recipient.empty()) {
      line.recipient = line.original_recipient;
      line.original_recipient = {};
    }
  }
  const Tokens tokens = take_tokens(text);
  line.relay = tokens.host.empty() ? tokens.transport : tokens.host;
  line.text = strip_quotes(tokens.confirmation);
  if (status != kSent) {
    if (take_prefix(text, " defer (")) take_until(text, ")");
    take_prefix(text, ":");
    line.text = ascii::trim(text);
  }
  line.dsn = find_dsn(line.text);
  return true;
}

// "H=… F=<…> rejected RCPT <bob@example.org>: text"
bool parse_refusal(std::string_view text, LogLine& line) {
  const Tokens tokens = take_tokens(text);
  take_prefix(text, " ");
  line.status = text.starts_with("temporarily ") ? kDeferred : std::string_view("reject");
  take_prefix(text, "temporarily ");
  if (!take_prefix(text, "rejected ")) return false;
  line.event = LogEvent::Refused;
  line.client = tokens.host;
  line.has_sender = tokens.has_sender;
  line.sender = tokens.sender;
  if (take_prefix(text, "RCPT ")) {
    if (const auto recipient = take_path(text)) line.recipient = *recipient;
  }
  take_until(text, ": ");
  line.text = text;
  line.dsn = find_dsn(text);
  return true;
}

// "SMTP connection from host [192.0.2.1]:25 (TCP/IP connection count = 1)"
bool parse_connection(std::string_view text, LogLine& line) {
  if (!take_prefix(text, "SMTP connection from ")) return false;
  line.client = take_until(text, " (TCP/IP connection count");
  line.event = LogEvent::Connection;
  return !text.empty();
}

// "H=host [192.0.2.1] incomplete transaction (QUIT) from <> for bob@example.org"
bool parse_left(std::string_view text, LogLine& line) {
  const Tokens tokens = take_tokens(text);
  if (!take_prefix(text, " incomplete transaction (")) return false;
  take_until(text, ") from ");
  const auto sender = take_path(text);
  if (!sender || !take_prefix(text, " for ")) return false;
  line.event = LogEvent::Left;
  line.client = tokens.host;
  line.status = {};
  line.has_sender = true;
  line.sender = *sender;
  line.recipient = take_word(text);
  return true;
}

}  // namespace

bool parse_exim(std::string_view text, LogLine& line) {
  if (text.starts_with('[')) take_until(text, "] ");  // log_selector = +pid
  std::string_view rest = text;
  const std::string_view id = take_until(rest, " ");
  if (!is_exim_id(id)) {
    if (!text.starts_with("H=")) return parse_connection(text, line);
    return parse_refusal(text, line) || parse_left(text, line);
  }
  line.queue_id = id;
  if (rest.starts_with("Completed")) {
    line.event = LogEvent::Done;
    return true;
  }
  if (take_prefix(rest, "<= ")) return parse_accepted(rest, line);
  for (const std::string_view arrow : {"=> ", "-> ", ">> "}) {
    if (take_prefix(rest, arrow)) return parse_delivery(rest, kSent, line);
  }
  if (take_prefix(rest, "** ")) return parse_delivery(rest, kBounced, line);
  if (take_prefix(rest, "== ")) return parse_delivery(rest, kDeferred, line);
  return rest.starts_with("H=") && parse_refusal(rest, line);
}

}  // namespace backstop::logs
