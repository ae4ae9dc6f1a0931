// RFC 5321 §4.4 trace information as Postfix, Exim, Sendmail, qmail, Exchange and others write it.
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/char_set.h"
#include "core/base/limits.h"
#include "core/mail/comment.h"
#include "core/mail/header_text.h"

namespace backstop::mail {
namespace {

// What a word that begins a clause is (RFC 5321 §4.4).
enum class Clause : std::uint8_t { None, From, By, With, Id, For, Via };

Clause clause_of(std::string_view word) {
  const auto is = [word](std::string_view name) { return ascii::equals_folded(word, name); };
  switch (word.size()) {
    case 2:
      return is("by") ? Clause::By : is("id") ? Clause::Id : Clause::None;
    case 3:
      return is("for") ? Clause::For : is("via") ? Clause::Via : Clause::None;
    case 4:
      return is("from") ? Clause::From : is("with") ? Clause::With : Clause::None;
    default:
      return Clause::None;
  }
}

constexpr CharSet kEndsWord(" \t\r\n\v\f(");
constexpr CharSet kEndsCommented(" \t\r\n,;()");
constexpr CharSet kInAddress(".:");

// Without a constructor: room for many costs nothing.
struct Token {
  const char* begin;  // Of a comment without its outer parentheses.
  std::uint32_t bytes;
  bool comment;
  Clause clause;

  std::string_view text() const { return {begin, bytes}; }
};

// More words than any Received field has.
constexpr std::size_t kTokensMax = 256;

struct Tokens {
  std::array<Token, kTokensMax> room;  // Filled as far as `size` says.
  std::size_t size = 0;

  void add(std::string_view text, bool comment, Clause clause) {
    room[size++] = {text.data(), static_cast<std::uint32_t>(text.size()), comment, clause};
  }
  std::span<const Token> all() const { return {room.data(), size}; }
};

void split_tokens(std::string_view text, Tokens& out) {
  std::size_t at = 0;
  while (at < text.size() && out.size < kTokensMax) {
    if (ascii::is_space(text[at])) {
      ++at;
    } else if (text[at] == '(') {
      const std::size_t end = comment_end(text, at);
      out.add(text.substr(at + 1, end - at - 1), true, Clause::None);
      at = std::min(text.size(), end + 1);
    } else {
      const std::size_t end = kEndsWord.find_in(text, at);
      const std::string_view word = text.substr(at, end - at);
      out.add(word, false, clause_of(word));
      at = end;
    }
  }
}

// The first address literal in square brackets.
std::optional<IpAddress> bracketed_ip(std::string_view text) {
  for (std::size_t at = text.find('['); at != text.npos; at = text.find('[', at + 1)) {
    const std::size_t end = text.find(']', at);
    if (end == text.npos) break;
    if (auto ip = IpAddress::parse(text.substr(at, end - at + 1))) return ip;
  }
  return std::nullopt;
}

// A bare address among the words of a comment, as qmail ("user@192.0.2.1") and Exchange write it.
std::optional<IpAddress> bare_ip(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = kEndsCommented.find_in(text, at);
    std::string_view word = text.substr(at, end - at);
    if (const std::size_t sign = word.rfind('@'); sign != word.npos) word.remove_prefix(sign + 1);
    if (kInAddress.any_in(word)) {
      if (auto ip = IpAddress::parse(word)) return ip;
    }
    at = end + 1;
  }
  return std::nullopt;
}

void read_from(std::span<const Token> tokens, std::size_t begin, std::size_t end, Trace& out) {
  for (std::size_t i = begin; i < end && !out.from_ip; ++i) {
    if (tokens[i].comment) out.from_ip = bracketed_ip(tokens[i].text());
  }
  for (std::size_t i = begin; i < end && !out.from_ip; ++i) {
    if (tokens[i].comment) out.from_ip = bare_ip(tokens[i].text());
  }
  // Exim and old servers: the TCP-info outside a comment, or in the place of the name.
  for (std::size_t i = begin; i < end && !out.from_ip; ++i) {
    if (!tokens[i].comment) out.from_ip = bracketed_ip(tokens[i].text());
  }
  if (!out.from_ip && !out.from_name.empty()) out.from_ip = IpAddress::parse(out.from_name);
}

std::string_view without_end(std::string_view word) {
  while (!word.empty() && (word.back() == ';' || word.back() == ','))
    word.remove_suffix(1);
  return word;
}

// Calls `on_for` with what stands behind each "for".
template <class OnFor>
void read_clauses(std::span<const Token> tokens, Trace& out, OnFor&& on_for) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Clause clause = tokens[i].clause;
    if (clause == Clause::None) continue;
    std::size_t end = i + 1;
    while (end < tokens.size() && tokens[end].clause == Clause::None)
      ++end;
    const bool valued = i + 1 < end && !tokens[i + 1].comment;
    const std::string_view value = valued ? without_end(tokens[i + 1].text()) : std::string_view();
    if (clause == Clause::From && out.from_name.empty()) {
      out.from_name = value;
      read_from(tokens, i + 1, end, out);
    } else if (clause == Clause::By && out.by.empty()) {
      out.by = value;
    } else if (clause == Clause::With && out.with.empty()) {
      out.with = value;
    } else if (clause == Clause::Id && out.id.empty()) {
      out.id = value;
    } else if (clause == Clause::For && !value.empty()) {
      on_for(value);
    }
    i = end - 1;
  }
}

}  // namespace

namespace {

template <class OnFor>
Trace read_trace(std::string_view raw, OnFor&& on_for) {
  Trace out;
  raw = raw.substr(0, limits::kWalkerHeldBytes);
  const std::size_t semicolon = raw.rfind(';');
  if (semicolon != raw.npos) {
    out.date = parse_date(raw.substr(semicolon + 1));
    raw = raw.substr(0, semicolon);
  }
  Tokens tokens;
  split_tokens(raw, tokens);
  read_clauses(tokens.all(), out, on_for);
  return out;
}

}  // namespace

Trace parse_trace(std::string_view raw) {
  return read_trace(raw, [](std::string_view) {});
}

Received parse_received(std::string_view raw) {
  std::optional<Address> for_address;
  const Trace trace = read_trace(raw, [&for_address](std::string_view value) {
    if (for_address) return;
    if (auto path = parse_path(value); path && !path->is_null()) for_address = std::move(*path);
  });
  return {.from_name = std::string(trace.from_name),
          .from_ip = trace.from_ip,
          .by = std::string(trace.by),
          .with = std::string(trace.with),
          .id = std::string(trace.id),
          .for_address = std::move(for_address),
          .date = trace.date};
}

}  // namespace backstop::mail
