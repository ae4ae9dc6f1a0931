// Those who tell the world outside: the hooks for alarms, and the verified feed.
//
// Mail does not depend on them: one that cannot be started (its secret is not readable, its spool
// has no room, its socket no place) is an alarm, the guard stands without it, and it is tried
// again.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string_view>

#include "app/alarm_board.h"
#include "app/alarm_hooks.h"
#include "app/feed.h"
#include "app/record_audience.h"
#include "core/config/config.h"
#include "ports/clock.h"
#include "ports/log_sink.h"
#include "ports/metrics.h"
#include "ports/record_observer.h"

namespace backstop::app {

class Tellers final : public ports::RecordObserver {
 public:
  struct Ports {
    const ports::Clock& clock;
    ports::Metrics& metrics;
    ports::LogSink& log;
    AlarmBoard& alarms;
    RecordAudience& audience;
  };
  // Has told what the configuration names, as far as it can be started.  Before the first message
  // and the first beat; all references, the configuration's too, outlive this.  Once.
  void start(const config::Config& config, const Ports& ports);
  // Every second or so, from the thread of start(): tries again what could not be started, each
  // limits::kTellerRetry.
  void beat(Instant now);
  // The feed's file may have been rotated; what could not be started is tried again.  From the
  // thread of start().
  void reopen();
  // After the last message and the last beat.
  void stop();
  // What only a restart can change is alike.
  static bool are_alike(const config::Config& one, const config::Config& other);

  // Any thread.
  void on_record(const transaction::Record& record, std::string_view queue_id) override;

 private:
  void start_feed();

  const config::Config* config_ = nullptr;  // Null until start().
  std::optional<Ports> ports_;              // Likewise.
  Instant tried_{};
  std::unique_ptr<AlarmHooks> hooks_;         // Null where none is configured.
  std::unique_ptr<Feed> feed_;                // Null where none is configured, and until it starts.
  std::atomic<Feed*> started_feed_{nullptr};  // For other threads.
};

}  // namespace backstop::app
