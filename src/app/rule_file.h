// Two files of the store directory about temporary rules: `rules`, which only commands write, and
// `rule-counts`, which only the daemon writes.  docs/formats/rules.md.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/transaction/effects.h"
#include "core/watch/rule.h"

namespace backstop::app {

inline constexpr std::string_view kRulesFile = "rules";
inline constexpr std::string_view kRuleCountsFile = "rule-counts";

// What a rule did, in messages; of a valve at RCPT in recipients.
struct RuleCounts {
  std::array<std::uint64_t, transaction::kRuleDeeds> deeds{};
  std::optional<Instant> first;
  std::optional<Instant> last;
  bool operator==(const RuleCounts&) const = default;

  std::uint64_t of(transaction::RuleDeed deed) const {
    return deeds.at(static_cast<std::size_t>(deed));
  }
  void add(transaction::RuleDeed deed, Instant now);
};
// By watch::Rule::number.
using AllRuleCounts = std::map<unsigned, RuleCounts>;

// Empty where there is no file.  Errors: as read_sealed().
Result<watch::RuleBook> read_rules(const std::string& directory);
Result<AllRuleCounts> read_rule_counts(const std::string& directory);
// Errors: as os::write_text_file.
Result<void> write_rule_counts(const std::string& directory, const AllRuleCounts& counts);

// Changes the rules and leaves them on the disk, one command after another; the daemon takes them
// within two seconds.  `change` says no by an error, which is returned.  Errors also: as above;
// Errc::Unavailable when another command keeps them locked.
Result<void> change_rules(const std::string& directory,
                          const std::function<Result<void>(watch::RuleBook&)>& change);

}  // namespace backstop::app
