// How the canary fared, kept in the store's directory for the commands and for the next life.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/canary_run.h"
#include "app/token_silence.h"
#include "core/base/result.h"
#include "core/base/time.h"

namespace backstop::app {

inline constexpr std::string_view kCanaryFile = "canary";

struct CanaryState {
  bool has_entered = false;
  std::optional<Instant> passed = {};                // The last time that all was right.
  std::optional<Instant> tried = {};                 // The last run.
  CanaryOutcome outcome = CanaryOutcome::Unreached;  // Of that.
  std::optional<Instant> failing_since = {};         // Nothing while it passes.
  std::string trouble = {};  // Of the last run, in a sentence; "" when it passed.
  SilenceCounts silence = {};

  bool operator==(const CanaryState&) const = default;
};

// docs/formats/canary.md.  Lines that are not known are passed over; nothing for another file.
std::string render_canary_state(const CanaryState& state);
std::optional<CanaryState> parse_canary_state(std::string_view text);

// Of a store's directory; nothing when there is none that can be read.
std::optional<CanaryState> read_canary_state(const std::string& directory);
// Errors: as os::write_text_file.
Result<void> write_canary_state(const std::string& directory, const CanaryState& state);

// What the first wrong step of a report says, as one sentence; "" when it passed.
std::string say_trouble(const CanaryReport& report);

}  // namespace backstop::app
