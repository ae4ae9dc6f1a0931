// What is kept, for an operator to look at, of a message that would be refused or that cannot be
// told: to which group it belongs, what speaks for it, and a sample without its text.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.h"
#include "core/transaction/record.h"
#include "core/watch/fingerprint.h"

namespace backstop::review {

// Bytes of one sample, and of one of its lines.
inline constexpr std::size_t kSampleBytes = 4096;
inline constexpr std::size_t kSampleLineBytes = 300;

// What speaks for a message without proving anything.
enum class Hint : std::uint8_t {
  OwnQueueId,     // The original passed our queue, by its id, within a day.
  OwnSignature,   // It bears a signature of ours, though mail of ours carried tokens then.
  Correspondent,  // We wrote to whoever failed or answers.
  OwnRelay,       // A Received line of the original names a host of ours.
};
inline constexpr unsigned kHintCount = 4;
std::string_view name_of(Hint hint);      // "own-relay"
std::string_view sentence_of(Hint hint);  // "a Received line of the original names a host of ours"

// As bits, `1 << Hint`.
using Hints = unsigned;
constexpr bool has(Hints hints, Hint hint) {
  return (hints & (1U << static_cast<unsigned>(hint))) != 0;
}

// What the operator said of a group.
enum class Answer : std::uint8_t { Open, Ours, NotOurs, Later };
std::string_view name_of(Answer answer);  // "not-ours"
std::optional<Answer> parse_answer(std::string_view name);

struct Sighting {
  Instant at{};
  watch::Fingerprint fingerprint;
  std::string queue_id;
  std::vector<std::string> recipients;  // Of ours, in clear; the first few.
  std::vector<std::string> domains;     // Theirs; canonical.
  std::string kind;
  std::string verdict;
  std::string decision;
  std::string reasons;        // Identifiers with commas between.
  bool would_refuse = false;  // In enforce it would be held, thrown away or refused.
  Hints hints = 0;
  // By which way it would have left, were it ours, for each domain: "example.com
  // message-id:esp.example" (coverage::PathName::text).
  std::vector<std::string> paths;
  std::string source;  // Who sent it back: the reporting server, else From.
  std::string sample;  // render_sample().
};

// Nothing for what is proved, or nothing to look at.
std::optional<Sighting> find_sighting(const transaction::Record& record, std::string_view queue_id,
                                      const config::Config& config);

// "Name: value" a line: fields of the message, of its report and of the original's header; never of
// a body.  What an automatic answer says in its own words is left out: it is a person's.  Control
// characters become blanks; what goes to a terminal has to be escaped still.
std::string render_sample(const reading::Reading& reading);

}  // namespace backstop::review
