// Tells the watch what the guarded site sees, and writes down what the watch makes of it.
//
// Pure; one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/scenario/letter.h"
#include "core/scenario/plan.h"
#include "core/scenario/scenario.h"
#include "core/scenario/writer.h"
#include "core/simulation/guarded_site.h"
#include "core/simulation/outcome.h"
#include "core/watch/watch.h"

namespace backstop::simulation {

class Lookout {
 public:
  // Both outlive it.
  Lookout(const scenario::Scenario& scenario, const scenario::Plan& plan, std::uint64_t seed);

  // Somebody connected and tried to bring a message; what became of it.
  void see(const scenario::Letter& letter, const Passed& passed, Instant now, bool is_backscatter);
  // Somebody named a recipient; and left, or was refused.
  void see(const scenario::Writer::Knock& knock, bool null_sender, bool refused, Instant now);
  // Time goes on, whether or not anything happens.
  void pass_time(Instant now);
  // Fills in what it has found so far.
  void report(Outcome& outcome) const;

 private:
  // When too many answers had come, by a rule "so many within so long".
  struct Threshold {
    std::size_t count = 0;
    Seconds within{};
    std::deque<Instant> recent = {};
    std::optional<Instant> first = {};  // Of the answers that were too many.
    Instant reached{};
  };

  void note_answer(Instant now, bool null_sender);
  void poll(Instant now);
  void look_at_clock(Instant now);
  watch::Proof find_proof(const transaction::Record& record) const;
  std::optional<Instant> begin_of_flood(watch::AttackKind kind) const;

  const scenario::Scenario& scenario_;
  const scenario::Plan& plan_;
  watch::Watch watch_;
  Instant polled_{};
  Instant looked_{};
  std::vector<Threshold> null_thresholds_;
  std::vector<Threshold> all_thresholds_;
  std::vector<Alarm> alarms_;
  std::optional<RunClock> clock_;
};

}  // namespace backstop::simulation
