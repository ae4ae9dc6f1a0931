// A play: one scripted transaction or several, with what is expected of each step, in one readable
// text.  docs/formats/play.md gives the grammar.
//
// Pure.  The same play runs in-process (core/play/run.h), over a socket against the milter door,
// and, when it scripts no clock and no answers, against the daemon itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/policy/policy.h"
#include "core/proof/signing_gap.h"
#include "core/watch/rule.h"

namespace backstop::play {

// Which keys the stage has: a ring fixed for all time (core/play/standard_ring.h), the same with no
// key that signs, or none.
enum class StageKeys { Standard, VerifyOnly, None };

struct Connect {
  std::string address;  // "" for a local submission.
  std::string name;
  std::string daemon_name;
};
struct Mail {
  std::string path;
  std::string authenticated;
  std::string envelope_id;  // "" without ENVID.
};
struct Rcpt {
  std::string path;
  std::string original_recipient;  // "" without ORCPT.
};
struct Headers {
  std::vector<std::pair<std::string, std::string>> fields;  // Name; raw value, folds as "\n".
};
struct EndOfHeaders {};
struct Body {
  std::string text;  // Line ends as "\r\n".
};
struct EndOfMessage {};
struct Abort {};
// The next question's answer; without one every question is granted.
struct Answer {
  enum class To : std::uint8_t { Permit, Ledger, DkimKey };
  To to = To::Permit;
  bool granted = false;   // Never so of a ledger or a key: the stage's own answers.
  std::string nonce_hex;  // Ten digits, when granted.
};
// What the stage is in from now on.
struct SetAttack {
  policy::Attack attack = policy::Attack::Peace;
};
// The temporary rules in force from now on.
struct SetRules {
  watch::RuleBook rules;
};
// Whether there is room for samples from now on.
struct SetSampling {
  bool has_room = false;
};
// A span in which signing was interrupted.
struct AddGap {
  proof::SigningGap gap;
};
struct SetClock {
  Instant now{};
};

using Action = std::variant<Connect, Mail, Rcpt, Headers, EndOfHeaders, Body, EndOfMessage, Abort,
                            Answer, SetClock, SetAttack, SetRules, SetSampling, AddGap>;

struct Step {
  unsigned line = 0;
  Action action;
  // What the step must bring about, in order, as render_effect() writes it; '*' stands for any
  // text, {name} for a text that is the same wherever the name stands.
  std::vector<std::pair<unsigned, std::string>> expected;
  // Patterns of log lines the step must write.
  std::vector<std::pair<unsigned, std::string>> expected_log;
};

struct Play {
  std::string origin;
  std::string config;  // TOML.
  StageKeys keys = StageKeys::Standard;
  std::vector<Step> steps;

  // True when it may run against a daemon with its own clock and keys.
  bool needs_no_script() const;
};

// Errors: Errc::Invalid, `where` is "origin:line".
Result<Play> parse_play(std::string_view text, std::string_view origin);

// Texts by name, bound where a name first meets a text.
class Bindings {
 public:
  // True when `text` is of `pattern`; names met for the first time are bound.
  bool match(std::string_view pattern, std::string_view text);
  // {name} replaced by its text; unknown names stay.
  std::string fill(std::string_view text) const;

 private:
  std::string* find(std::string_view name);
  std::vector<std::pair<std::string, std::string>> texts_;
};

}  // namespace backstop::play
