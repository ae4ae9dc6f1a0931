// The verified feed: each verified answer as a line of JSON, to a file, to programs at a socket,
// and to a webhook.  docs/formats/feed.md
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/config/config.h"
#include "core/transaction/feed_event.h"
#include "edge/feed/feed_stream.h"
#include "edge/webhook/delivery.h"
#include "ports/alarms.h"
#include "ports/clock.h"
#include "ports/log_sink.h"
#include "ports/metrics.h"
#include "ports/record_observer.h"

namespace backstop::app {

// One JSON object on one line, without its end.
std::string render_feed_event(const transaction::FeedEvent& event);

class Feed final : public ports::RecordObserver,
                   public feed::StreamObserver,
                   public webhook::DeliveryObserver {
 public:
  struct Ports {
    const ports::Clock& clock;
    ports::Alarms& alarms;
    ports::Metrics& metrics;
    ports::LogSink& log;
  };
  // REQUIRES: config.feed.tells(); all references outlive this.  Errors: the webhook's secret or
  // spool cannot be used; the socket cannot be listened at.
  static Result<std::unique_ptr<Feed>> start(const config::Config& config, const Ports& ports);
  // stop().
  ~Feed() override;
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  void on_record(const transaction::Record& record, std::string_view queue_id) override;
  // The file's next line goes to the file that has its name then.
  void reopen() { stream_->reopen(); }
  // What waits for the webhook.  Any thread.
  std::size_t waiting() const { return webhook_ == nullptr ? 0 : webhook_->waiting(); }
  // After what was told before is written; what waits for the webhook is told by the next life.
  void stop();

  void on_written() override;
  void on_not_written(std::string_view sentence) override;
  void on_slow(unsigned clients) override;
  void on_delivered() override;
  void on_waiting(std::string_view sentence) override;
  void on_given_up(std::string_view sentence) override;
  void on_dropped(std::string_view sentence) override;

 private:
  Feed(const config::Config& config, const Ports& ports);
  void count_webhook(metrics::Fate fate);
  void works(std::atomic<bool>& is_failing);
  void fails(std::atomic<bool>& is_failing, std::string_view sentence);

  const bool has_file_;
  const Ports ports_;
  std::atomic<bool> file_fails_{false};
  std::atomic<bool> webhook_fails_{false};
  std::atomic<bool> is_crowded_{false};  // The last line found no room among those that wait.
  std::atomic<unsigned> tries_{0};       // Of the webhook, in a row.
  std::unique_ptr<webhook::Delivery> webhook_;  // Null without feed.webhook.
  std::unique_ptr<feed::FeedStream> stream_;    // Never null once started.
};

}  // namespace backstop::app
