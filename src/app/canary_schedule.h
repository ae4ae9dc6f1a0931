// When the canary runs, and when what it found is an alarm: a server that restarts is none, and a
// way that stays broken is one within the interval.
//
// Pure; not thread-safe.
#pragma once

#include <optional>

#include "app/canary_run.h"
#include "core/base/time.h"

namespace backstop::app {

// What is to be said after a run.
enum class CanaryWord : std::uint8_t {
  Nothing,
  Alarm,      // It fails, and was tried often enough; said again once a day.
  Recovered,  // It passes again after an alarm.
};

class CanarySchedule {
 public:
  // `has_entered`: it ever did, in an earlier life as well; before that nobody has set it up, and
  // that it cannot enter is no alarm.
  CanarySchedule(Seconds interval, bool has_entered, Instant now);

  // Is a run due?  At once, too, when the clock was set back behind the last run.
  bool is_due(Instant now) const { return now >= next_ || now < set_at_; }
  Instant next() const { return next_; }
  // `entered`: the listener took it for a client this time.  Sets next().
  CanaryWord on_outcome(CanaryOutcome outcome, bool entered, Instant now);
  // A configuration is in force anew: what was wrong may be mended.
  void begin_anew(Seconds interval, Instant now);

  // Since when it fails, without a pass in between.
  std::optional<Instant> failing_since() const { return failing_since_; }
  bool has_entered() const { return has_entered_; }

 private:
  Seconds first_gap() const;
  Seconds grace() const;
  CanaryWord on_failure(CanaryOutcome outcome, Instant now);
  void run_at(Instant next, Instant now);

  Seconds interval_;
  bool has_entered_;
  Instant next_;
  Instant set_at_;         // When next_ was set.
  unsigned wrong_ = 0;     // Runs with a wrong answer since it last passed.
  unsigned failures_ = 0;  // All.
  std::optional<Instant> failing_since_;
  std::optional<Instant> alarmed_at_;
};

}  // namespace backstop::app
