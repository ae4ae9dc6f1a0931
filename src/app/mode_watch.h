// Looks whether what is to enforce still may, lets it observe where not, and tells the log: when a
// domain or an address falls back, when it enforces again, when it is only forced.
#pragma once

#include <vector>

#include "app/coverage_watch.h"
#include "app/daemon_keys.h"
#include "app/in_force.h"
#include "app/modes_in_force.h"
#include "ports/alarms.h"
#include "ports/log_sink.h"

namespace backstop::app {

// One thread.
class ModeWatch {
 public:
  // REQUIRES: all outlive this.
  ModeWatch(InForce& in_force, const DaemonKeys& keys, ports::LogSink& log, ports::Alarms& alarms);

  // What is learnt from now on; it outlives this.
  void learn(const CoverageWatch& coverage) { coverage_ = &coverage; }
  // That configuration with the modes that may be in force; what is new is told.  Reads the mail
  // server's configuration.
  config::Config take(const config::Config& written, Instant now);
  // Every few seconds: puts the modes in force that may be now.
  void look(Instant now);

 private:
  ModesInForce find(const config::Config& written, Instant now) const;
  // True when it differs from what was told last.
  bool tell(const ModesInForce& found);

  InForce& in_force_;
  const DaemonKeys& keys_;
  ports::LogSink& log_;
  ports::Alarms& alarms_;
  const CoverageWatch* coverage_ = nullptr;
  Seconds queue_lifetime_{};
  std::vector<Lapse> lapses_;
  std::vector<Forced> forced_;
};

}  // namespace backstop::app
