// Temporary rules of the operator's: against one run, with a reason, an end and a count of what
// they did.  docs/formats/rules.md.
//
// Pure; any thread.
//
// Invariants
//   (1) Every rule ends: after limits::kRuleLongest at most, a valve after limits::kValveLongest.
//   (2) A rule fits by what tells its run from other mail: an address, or the subject or origin of
//       the spam that came back.  How an address is made alone fits too much, and is no rule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/rule_limits.h"
#include "core/base/time.h"
#include "core/mail/address.h"
#include "core/reading/kind.h"
#include "core/watch/fingerprint.h"

namespace backstop::watch {

enum class RuleAction : std::uint8_t {
  Quarantine,  // What fits is held.
  Refuse,      // What fits is refused at its end.
  Valve,       // All answers to the domain are refused, but those whose recipient has our tag.
};
std::string_view name_of(RuleAction action);
std::optional<RuleAction> parse_rule_action(std::string_view name);

struct Rule {
  unsigned number = 0;  // "r7"; never given twice.
  RuleAction action = RuleAction::Quarantine;
  std::string domain;           // Canonical; one that is guarded.
  std::string address = {};     // Canonical; "" any of the domain.
  std::string pattern = {};     // find_pattern() of local parts; "" any.
  std::string subject = {};     // normalise_subject() of the spam; "" any.
  std::string message_id = {};  // find_host_pattern() behind the '@' of its Message-ID; "" any.
  std::optional<reading::Kind> kind = {};
  std::string run = {};  // The run that it is against; "" by hand.
  std::string reason = {};
  std::string author = {};
  Instant begun{};
  Instant ends{};
  bool operator==(const Rule&) const = default;

  std::string name() const;  // "r7"
  bool in_force(Instant now) const { return begun <= now && now < ends; }
};

// Whether it can be one.  Errors: Errc::Invalid, Errc::Limit, in a sentence for the operator.
Result<void> validate(const Rule& rule);

// By its parts; a valve fits every answer to its domain.  `recipient` of any domain.
bool fits(const Rule& rule, const mail::Address& recipient, const Fingerprint& print,
          reading::Kind kind);

// Every rule, also those that ended of late.
class RuleBook {
 public:
  // `rule.number` is given here.  Errors: as validate(); Errc::Limit where there are too many.
  Result<unsigned> add(Rule rule, Instant now);
  // Ends it now; false when there is none of that number in force.
  bool end(unsigned number, Instant now);
  // The next rule gets a number behind this one.
  void begin_behind(unsigned number);
  // Forgets what ended long ago, and makes room for one more.
  void forget(Instant now);

  const std::vector<Rule>& rules() const { return rules_; }
  const Rule* find(unsigned number) const;
  // The strictest that is in force and fits; never a valve.  `is_in_use`: the address is, so that
  // rules by address or pattern leave it alone.  Null: none.
  const Rule* find_fitting(const mail::Address& recipient, const Fingerprint& print,
                           reading::Kind kind, bool is_in_use, Instant now) const;
  // The valve that closes this domain (canonical).  Null: none.
  const Rule* find_valve(std::string_view domain, Instant now) const;
  bool empty() const { return rules_.empty(); }
  bool operator==(const RuleBook&) const = default;

  // Lines of words, and back.  Nothing for a text that is not wholly that.
  std::string render() const;
  static std::optional<RuleBook> parse(std::string_view text);

 private:
  std::vector<Rule> rules_;  // By number.
  unsigned last_number_ = 0;
};

// "r7" or "7"; nothing for any other text.
std::optional<unsigned> parse_rule_name(std::string_view text);

}  // namespace backstop::watch
