// The ways in which mail of a domain leaves, by name: what tells one from another, and what the
// operator said of it.  docs/formats/coverage.md.
//
// Pure; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/coverage_limits.h"
#include "core/base/time.h"

namespace backstop::coverage {

enum class PathKind : std::uint8_t {
  Here,       // This server, with our milter in its way.
  Service,    // A service of this server that takes mail in, as its log names it.
  Client,     // A host of ours that hands mail in without a login, as the log has its address.
  Selector,   // A DKIM key of the domain in DNS that signed what came back without a token.
  Spf,        // A term of the domain's SPF record.
  MessageId,  // The right-hand side of Message-IDs.
  Relay,      // The network that a returned original came out of.
};
inline constexpr unsigned kPathKinds = static_cast<unsigned>(PathKind::Relay) + 1;
std::string_view name_of(PathKind kind);  // "message-id"
// True for what the mail server's log shows.
bool is_logged(PathKind kind);

struct PathName {
  PathKind kind = PathKind::Here;
  // Printable ASCII without blanks, lower case, at most limits::kPathNameBytes; "" for Here alone.
  // "*" stands for all further ones of the kind, for which there was no room.
  std::string name;

  auto operator<=>(const PathName&) const = default;
  // "message-id:esp.example", "here".
  std::string text() const;
};

// The form above.  Nothing for any other text.
std::optional<PathName> parse_path_name(std::string_view text);

// Lower case; what is not printable ASCII becomes '?', and what is too long is cut.  "?" for
// nothing.
std::string clean_path_name(std::string_view text);

// What the operator said of a path.
enum class Word : std::uint8_t {
  None,
  Ours,     // Ours, and known to leave unsigned.
  NotOurs,  // Nothing of ours leaves by it.
  Signs,    // What leaves by it passes us first, or does so from now on.
  Later,    // Looked at, and put off.
};
std::string_view name_of(Word word);  // "not-ours"; "none"
std::optional<Word> parse_word(std::string_view text);

struct Said {
  Word word = Word::None;
  Instant at{};
  std::vector<std::string> addresses;  // Canonical: that use it, beside those seen; sorted.
  bool operator==(const Said&) const = default;
};

// All words of one domain.
struct DomainWords {
  std::optional<Instant> whole;  // The list has every path, said the operator then.
  std::map<PathName, Said> said;
  bool operator==(const DomainWords&) const = default;
};

// By canonical domain.  The text of the file that keeps them: one line each,
// "word DOMAIN PATH WORD TIME [ADDRESS,...]" and "whole DOMAIN TIME".
using Words = std::map<std::string, DomainWords, std::less<>>;
std::string render_words(const Words& words);
// Nothing when any line is none of these, or there are more than limits::kCoverageWords: half of
// what somebody said is not what they said.
std::optional<Words> parse_words(std::string_view text);

// Addresses with commas between, each escaped; "-" for none.
std::string render_addresses(const std::vector<std::string>& addresses);
// Sorted; nothing when the text is none of that, or has more than limits::kPathAddresses.
std::optional<std::vector<std::string>> parse_addresses(std::string_view text);

}  // namespace backstop::coverage
