#include "app/tellers.h"

#include <fmt/format.h>

#include "app/delivery_counts.h"
#include "core/base/escape.h"
#include "core/base/feed_limits.h"

namespace backstop::app {

using alarm::Alarm;
using metrics::Fate;
using metrics::Sink;

void Tellers::start(const config::Config& config, const Ports& ports) {
  config_ = &config;
  ports_.emplace(ports);
  tried_ = ports.clock.now();
  if (!config.alarms.command.empty() || !config.alarms.webhook.url.empty()) {
    hooks_ = std::make_unique<AlarmHooks>(config, AlarmHooks::Ports{.clock = ports.clock,
                                                                    .alarms = ports.alarms,
                                                                    .metrics = ports.metrics,
                                                                    .log = ports.log});
    ports.alarms.add([hooks = hooks_.get()](const alarm::Notice& notice) { hooks->tell(notice); });
  }
  if (!config.feed.tells()) return;
  start_feed();
  ports.audience.add(*this);
}

void Tellers::start_feed() {
  if (feed_ != nullptr || !config_->feed.tells()) return;
  auto feed = Feed::start(*config_, {.clock = ports_->clock,
                                     .alarms = ports_->alarms,
                                     .metrics = ports_->metrics,
                                     .log = ports_->log});
  if (!feed) {
    ports_->alarms.raise(Alarm::FeedFailing, fmt::format("the feed is told to nobody: {}",
                                                         escape_terminal(feed.error().text())));
    return;
  }
  feed_ = *std::move(feed);
  started_feed_ = feed_.get();
  ports_->alarms.end(Alarm::FeedFailing, "the feed is told again");
}

void Tellers::beat(Instant now) {
  // A clock that was set back does not keep it waiting.
  if (config_ == nullptr || (now >= tried_ && now < tried_ + limits::kTellerRetry)) return;
  tried_ = now;
  if (hooks_ != nullptr) hooks_->open_webhook();
  start_feed();
}

void Tellers::on_record(const transaction::Record& record, std::string_view queue_id) {
  if (Feed* const feed = started_feed_.load(); feed != nullptr)
    return feed->on_record(record, queue_id);
  for (std::size_t lost = transaction::feed_events_of(record, queue_id).size(); lost > 0; --lost) {
    if (!config_->feed.file.empty()) count_delivery(ports_->metrics, Sink::FeedFile, Fate::Dropped);
    if (!config_->feed.webhook.url.empty())
      count_delivery(ports_->metrics, Sink::FeedWebhook, Fate::Dropped);
  }
}

void Tellers::reopen() {
  if (feed_ != nullptr) feed_->reopen();
  if (hooks_ != nullptr) hooks_->open_webhook();
  start_feed();
}

void Tellers::stop() {
  if (feed_ != nullptr) feed_->stop();
  if (hooks_ != nullptr) hooks_->stop();
}

bool Tellers::are_alike(const config::Config& one, const config::Config& other) {
  config::Feed feed = other.feed;
  feed.header = one.feed.header;  // Of each message's own snapshot.
  return one.alarms == other.alarms && one.feed == feed;
}

}  // namespace backstop::app
