// The daemon's canary: a thread of its own that sends the twins in on schedule, learns from the
// records how each was judged, and alarms when one is wrong, or when tokens of real mail no longer
// come back.  Mail never waits for it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "app/canary_run.h"
#include "app/canary_schedule.h"
#include "app/canary_state.h"
#include "app/canary_verdicts.h"
#include "app/token_silence.h"
#include "ports/alarms.h"
#include "ports/clock.h"
#include "ports/entropy.h"
#include "ports/log_sink.h"
#include "ports/metrics.h"
#include "ports/record_observer.h"
#include "ports/signing_permits.h"
#include "ports/surroundings.h"

namespace backstop::app {

struct CanaryPorts {
  const ports::SurroundingsSource& surroundings;
  ports::SigningPermits& permits;
  const ports::Clock& clock;
  ports::LogSink& log;
  ports::Metrics& metrics;
  ports::Alarms& alarms;
};

class CanaryWatch final : public ports::RecordObserver {
 public:
  // `directory`: the store's, or "": then nothing outlives the process.  REQUIRES: all outlive
  // this.
  CanaryWatch(const CanaryPorts& ports, std::string directory);
  // As stop().
  ~CanaryWatch() override;

  // Once, when mail can be served.
  void start();
  // Another configuration is in force.  Any thread.
  void reload();
  // The run in hand is given up; returns when the thread has ended.
  void stop();

  // Any thread.
  void on_record(const transaction::Record& record, std::string_view queue_id) override;

 private:
  void live();
  void run_once();
  void tell(const CanaryReport& report, Instant now);
  void look_at_silence(Instant now);
  void write_state();
  void expect_verdict(const std::string& message_id);
  Result<std::optional<CanaryVerdict>> await_verdict(const std::string& message_id);

  const CanaryPorts ports_;
  const std::string directory_;
  CanaryState state_;  // Of the thread alone, once it runs.
  std::optional<CanarySchedule> schedule_;
  std::string untold_;  // Why the state could not be written, once told.
  std::atomic<bool> stopped_{false};
  std::atomic<bool> reloaded_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  CanaryVerdicts verdicts_;                   // Guarded; of this run.
  std::chrono::milliseconds verdict_wait_{};  // Guarded; for the next.
  TokenSilence silence_;                      // Guarded.
  std::thread thread_;
};

}  // namespace backstop::app
