// The operator's hooks for alarms: a command, a webhook, or both.
//
// A hook that fails is an alarm itself, of which no hook is told.  Nothing here waits for one but
// threads of its own; never is more than one command run at a time.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "app/delivery_counts.h"
#include "core/alarm/book.h"
#include "core/base/result.h"
#include "core/config/config.h"
#include "edge/webhook/delivery.h"
#include "ports/alarms.h"
#include "ports/clock.h"
#include "ports/log_sink.h"
#include "ports/metrics.h"

namespace backstop::app {

// What a hook is told: one JSON object on one line (docs/formats/alarms.md).
std::string render_alarm_json(const alarm::Notice& notice, std::string_view host, Instant now);

class AlarmHooks final : public webhook::DeliveryObserver {
 public:
  struct Ports {
    const ports::Clock& clock;
    ports::Alarms& alarms;
    ports::Metrics& metrics;
    ports::LogSink& log;
  };
  // All references outlive this.
  AlarmHooks(const config::Config& config, const Ports& ports);
  ~AlarmHooks() override;
  AlarmHooks(const AlarmHooks&) = delete;
  AlarmHooks& operator=(const AlarmHooks&) = delete;

  // Where one is configured and not open: begins to tell alarms.webhook.  What keeps it from that
  // (its secret, its spool) is an alarm, and the command is told all the same; to be called again.
  // From the thread of tell().
  void open_webhook();
  // Never waits.
  void tell(const alarm::Notice& notice);
  // What waits for the command is told no more; what waits for the webhook is told by the next
  // life.
  void stop();

  void on_delivered() override;
  void on_waiting(std::string_view sentence) override;
  void on_given_up(std::string_view sentence) override;
  void on_dropped(std::string_view sentence) override;

 private:
  enum class Hook { Command, Webhook };
  struct Message {
    std::vector<std::string> environment;
    std::string json;
  };

  Result<void> try_to_open_webhook();
  void run_commands();
  // False when it is to be tried again.
  bool run_command(const Message& message);
  void count_webhook(metrics::Fate fate);
  void works(Hook hook);
  void fails(Hook hook, std::string_view sentence);

  const config::Config config_;
  const std::vector<std::string> command_;
  const std::string host_;
  const Ports ports_;
  std::array<std::atomic<bool>, 2> is_failing_{};
  std::atomic<unsigned> tries_{0};  // Of the webhook, in a row.
  std::atomic<bool> is_stopping_{false};

  std::mutex mutex_;  // Guards what follows.
  std::condition_variable wake_;
  std::deque<Message> messages_;

  std::unique_ptr<webhook::Delivery> webhook_;  // Null without alarms.webhook, and until it opens.
  std::thread thread_;                          // None without alarms.command.
};

}  // namespace backstop::app
