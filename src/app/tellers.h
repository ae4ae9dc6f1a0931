// Those who tell the world outside: the hooks for alarms, and the verified feed.
#pragma once

#include <memory>

#include "app/alarm_board.h"
#include "app/alarm_hooks.h"
#include "app/feed.h"
#include "app/record_audience.h"
#include "core/base/result.h"
#include "core/config/config.h"
#include "ports/clock.h"
#include "ports/log_sink.h"
#include "ports/metrics.h"

namespace backstop::app {

class Tellers {
 public:
  struct Ports {
    const ports::Clock& clock;
    ports::Metrics& metrics;
    ports::LogSink& log;
    AlarmBoard& alarms;
    RecordAudience& audience;
  };
  // Starts what the configuration names, and has it told.  Before the first message and the first
  // beat; all references outlive this.  Errors: as of AlarmHooks::start and Feed::start.
  Result<void> start(const config::Config& config, const Ports& ports);
  // The feed's file may have been rotated.
  void reopen();
  // After the last message and the last beat.
  void stop();
  // What only a restart can change is alike.
  static bool are_alike(const config::Config& one, const config::Config& other);

 private:
  std::unique_ptr<AlarmHooks> hooks_;  // Null where none is configured.
  std::unique_ptr<Feed> feed_;         // Likewise.
};

}  // namespace backstop::app
