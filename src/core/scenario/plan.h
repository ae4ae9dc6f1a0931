// What happens in a scenario, moment by moment: small values in order of time, from which the
// messages themselves are written when their moment comes.
//
// Pure; the same for the same scenario and seed, on every host.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/reading/reading.h"
#include "core/scenario/scenario.h"

namespace backstop::scenario {

enum class Happening : std::uint8_t {
  OwnMail,      // A message of ours goes out.
  OwnAnswer,    // Somebody answers one.
  Backscatter,  // Somebody answers what somebody else sent in our name.
  Callout,
  Guess,  // An address is tried.
  Ordinary,
  Poison,
  KeyChange,
};

struct Event {
  Instant at{};
  Instant original{};        // When the original was sent; of what is no answer: `at`.
  std::uint64_t seed = 0;    // From which all else of it is drawn.
  std::uint32_t number = 0;  // Of OwnMail, and the same of its answers.
  std::uint16_t section = 0;
  Happening what = Happening::Ordinary;
  reading::Kind kind = reading::Kind::Ordinary;  // Of an answer.
  std::uint8_t answers = 0;                      // Of OwnMail: so many will come.
};

struct Plan {
  std::vector<Event> events = {};  // In order of time.
  // Of each run, when the spammer was last active.
  std::vector<Instant> last_originals = {};
  // Of each run, when the last answer comes.
  std::vector<Instant> last_answers = {};
};

// Errors: Errc::Limit for more than limits::kScenarioEvents.
Result<Plan> make_plan(const Scenario& scenario, std::uint64_t seed);

}  // namespace backstop::scenario
