// What a played scenario came to.
//
// Plain values; pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/reading/reading.h"
#include "core/scenario/scenario.h"
#include "core/watch/change.h"
#include "core/watch/run.h"

namespace backstop::simulation {

// Answers to mail that somebody else sent in our name.
struct Backscatter {
  std::uint64_t offered = 0;
  std::uint64_t refused_rcpt = 0;
  std::uint64_t refused_eom = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t marked = 0;
  std::uint64_t accepted = 0;
  // Of those that came to be judged.
  std::uint64_t judged = 0;
  std::uint64_t returned_enough = 0;
  std::uint64_t enough_refused = 0;
  std::uint64_t enough_held = 0;
  std::uint64_t recognised = 0;  // Read as the kind that it is.
};

// Answers to mail of ours.
struct Genuine {
  std::uint64_t offered = 0;
  std::uint64_t accepted = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t lost = 0;
};

// One stretch of time, for a picture.
struct Slice {
  Instant from{};
  std::uint64_t backscatter = 0;
  std::uint64_t stopped = 0;  // Of it, refused or held.
  std::uint64_t genuine = 0;
};

// An alarm of the watch.
struct Alarm {
  Instant at{};
  watch::AttackKind kind{};
  std::uint32_t run = 0;  // 0 for none.
  double factor = 0;
  watch::Path path{};
  std::string text = {};  // A sentence; not escaped.
};

// What the watch told of when the largest run stopped, held against the plan.
struct RunClock {
  std::uint32_t run = 0;
  std::optional<Instant> last_activity = {};
  Instant true_activity{};
  // The first forecast after it had stopped.
  std::optional<Instant> told_at = {};
  std::optional<Instant> tail_ends = {};
  Seconds tail_error{};
  Instant true_tail{};
};

// A message that came out otherwise than it may: the first few, to be looked at.
struct Lost {
  Instant at{};
  std::string recipient = {};
  std::string why = {};
};

// One expectation, and what was found.
struct Held {
  scenario::Expectation expectation = {};
  std::optional<double> found = {};
  bool holds = false;
};

struct Outcome {
  std::uint64_t events = 0;
  std::uint64_t messages = 0;  // That went through a transaction.
  std::uint64_t sent = 0;      // Of ours, signed.
  Backscatter backscatter;
  Genuine genuine;
  std::uint64_t ordinary_offered = 0;
  std::uint64_t ordinary_lost = 0;
  std::uint64_t replayed = 0;
  std::uint64_t unconfirmed = 0;
  std::uint64_t false_bounced = 0;
  std::array<std::uint64_t, reading::kKindCount> kinds{};  // As they were read.
  std::vector<Alarm> alarms = {};
  std::uint64_t early_alarms = 0;
  std::optional<double> seconds_to_alarm = {};
  std::optional<RunClock> clock = {};
  std::vector<watch::RunView> runs = {};  // The largest first.
  std::vector<Slice> slices = {};
  std::vector<Lost> lost = {};

  std::optional<double> measure(scenario::Figure figure) const;
  // Of the scenario, in its order.
  std::vector<Held> check(const std::vector<scenario::Expectation>& expected) const;
};

}  // namespace backstop::simulation
