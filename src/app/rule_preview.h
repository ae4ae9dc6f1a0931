// What a temporary rule would have done to the mail that the history remembers.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/config/config.h"
#include "core/proof/sent.h"
#include "core/watch/rule.h"

namespace backstop::app {

// How far a preview looks back.
inline constexpr Days kPreviewed{7};

// In messages, in enforce; a message to several recipients counts by the hardest.
struct RulePreview {
  std::uint64_t fit = 0;
  std::uint64_t refused = 0;    // That would be delivered or held without it.
  std::uint64_t held = 0;       // That would be delivered without it.
  std::uint64_t as_before = 0;  // Refused or held anyway.
  std::uint64_t proved = 0;     // Answers to our own mail; no rule touches them.
  std::uint64_t hinted = 0;     // Of those refused or held, with something that speaks for us.
  std::uint64_t not_told = 0;   // The history does not tell enough of them.
  std::vector<std::pair<std::string, std::uint64_t>> recipients;  // The most frequent ten.
};

// `hasher`: of the ring; null without keys, and then nothing is told of a rule that looks at the
// returned original.  Errors: as HistoryScan.
Result<RulePreview> preview_rule(const config::Config& config, const watch::Rule& rule,
                                 const proof::SentHasher* hasher, Instant now);

}  // namespace backstop::app
