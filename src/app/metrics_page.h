// All metrics, as they are now: what is counted as it happens, and what others know when asked.
#pragma once

#include <string>

#include "app/attack_watch.h"
#include "app/memory.h"
#include "core/base/time.h"
#include "edge/door/counters.h"
#include "ports/clock.h"
#include "ports/surroundings.h"

namespace backstop::app {

// Any thread.
class MetricsPage {
 public:
  // `memory`: null where nothing is kept.  REQUIRES: all outlive this.
  MetricsPage(door::Counters& counters, const ports::SurroundingsSource& surroundings,
              const Memory* memory, const AttackWatch& attacks, Instant started);

  // In Prometheus' text format (core/metrics/exposition.h).
  std::string render() const;

 private:
  void gather_keys(const proof::KeyRing* ring) const;
  void gather_domains(const config::Config& config) const;
  void gather_memory() const;
  void gather_attacks() const;

  door::Counters& counters_;
  const ports::SurroundingsSource& surroundings_;
  const Memory* memory_;
  const AttackWatch& attacks_;
};

}  // namespace backstop::app
