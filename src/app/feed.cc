#include "app/feed.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "app/delivery_counts.h"
#include "app/webhook_target.h"
#include "core/base/escape.h"
#include "core/base/feed_limits.h"

namespace backstop::app {
namespace {

using alarm::Alarm;
using metrics::Fate;
using metrics::Sink;
using nlohmann::json;

constexpr std::string_view kSpool = "feed.spool";

json text_or_null(std::string_view text) {
  return text.empty() ? json() : json(text);
}

}  // namespace

std::string render_feed_event(const transaction::FeedEvent& event) {
  json recipient = text_or_null(event.recipient);
  if (event.reports && event.recipient.empty()) recipient = "unconfirmed";
  const json out = {{"v", 1},
                    {"id", event.id},
                    {"at", render_instant(event.at)},
                    {"event", event.bounced ? "bounced" : "answer"},
                    {"verdict", policy::name_of(event.verdict)},
                    {"kind", reading::name_of(event.kind)},
                    {"confidence", event.confidence},
                    {"proofs", event.proofs},
                    {"message_id", text_or_null(event.message_id)},
                    {"to", event.to},
                    {"recipient", std::move(recipient)},
                    {"action", text_or_null(event.action)},
                    {"status", text_or_null(event.status)},
                    {"class", event.reports ? json(reading::name_of(event.reason)) : json()}};
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<std::unique_ptr<Feed>> Feed::start(const config::Config& config, const Ports& ports) {
  std::unique_ptr<Feed> out(new Feed(config, ports));
  if (!config.feed.webhook.url.empty()) {
    BS_TRY(webhook::Target target, open_target("feed", config.feed.webhook));
    BS_TRY(out->webhook_, webhook::Delivery::open({.target = std::move(target),
                                                   .spool_path = spool_path(config, kSpool)},
                                                  ports.clock, *out));
    tell_damage(*out->webhook_, "feed.webhook", ports.log);
    show_waiting(ports.metrics, Sink::FeedWebhook, out->webhook_->waiting());
    out->webhook_->begin();
  }
  feed::StreamOptions options{.file = config.feed.file,
                              .socket = config.feed.socket,
                              .socket_mode = config.feed.socket_mode};
  if (out->webhook_ != nullptr)
    options.also = [feed = out.get()](std::string_view line) {
      feed->webhook_->add(line);
      show_waiting(feed->ports_.metrics, Sink::FeedWebhook, feed->webhook_->waiting());
    };
  BS_TRY(out->stream_, feed::FeedStream::start(std::move(options), *out));
  return out;
}

Feed::Feed(const config::Config& config, const Ports& ports)
    : has_file_(!config.feed.file.empty()), ports_(ports) {}

Feed::~Feed() {
  stop();
}

void Feed::stop() {
  if (stream_ != nullptr) stream_->stop();
  if (webhook_ != nullptr) webhook_->stop();
}

void Feed::on_record(const transaction::Record& record, std::string_view queue_id) {
  for (const transaction::FeedEvent& event : transaction::feed_events_of(record, queue_id)) {
    if (stream_->push(render_feed_event(event))) {
      if (is_crowded_.load()) works(is_crowded_);
      continue;
    }
    if (has_file_) count_delivery(ports_.metrics, Sink::FeedFile, Fate::Dropped);
    if (webhook_ != nullptr) count_delivery(ports_.metrics, Sink::FeedWebhook, Fate::Dropped);
    fails(is_crowded_, "feed: too many lines wait to be written");
  }
}

void Feed::works(std::atomic<bool>& is_failing) {
  is_failing = false;
  if (!file_fails_.load() && !webhook_fails_.load() && !is_crowded_.load())
    ports_.alarms.end(Alarm::FeedFailing, "the feed is told again");
}

void Feed::fails(std::atomic<bool>& is_failing, std::string_view sentence) {
  is_failing = true;
  ports_.alarms.raise(Alarm::FeedFailing, sentence);
}

void Feed::on_written() {
  count_delivery(ports_.metrics, Sink::FeedFile, Fate::Delivered);
  works(file_fails_);
}

void Feed::on_not_written(std::string_view sentence) {
  count_delivery(ports_.metrics, Sink::FeedFile, Fate::Dropped);
  fails(file_fails_, fmt::format("feed.file: {}", escape_terminal(sentence)));
}

void Feed::on_slow(unsigned clients) {
  ports_.metrics.add(
      metrics::series(metrics::Metric::DeliveriesTotal, Sink::FeedSocket, Fate::Dropped), clients);
  ports_.log.write(
      ports::LogLevel::Warning,
      fmt::format("feed.socket: {} programs did not read, and are sent away", clients));
}

void Feed::count_webhook(Fate fate) {
  count_delivery(ports_.metrics, Sink::FeedWebhook, fate);
  if (fate == Fate::Retried) {
    ++tries_;
  } else {
    tries_ = 0;
  }
  // Before it is known here, nothing was tried.
  if (webhook_ != nullptr) show_waiting(ports_.metrics, Sink::FeedWebhook, webhook_->waiting());
}

void Feed::on_delivered() {
  count_webhook(Fate::Delivered);
  works(webhook_fails_);
}

void Feed::on_waiting(std::string_view sentence) {
  count_webhook(Fate::Retried);
  const std::string words =
      fmt::format("feed.webhook: {}; it is tried again", escape_terminal(sentence));
  if (tries_.load() >= limits::kWebhookAlarmTries) return fails(webhook_fails_, words);
  ports_.log.write(ports::LogLevel::Warning, words);
}

void Feed::on_given_up(std::string_view sentence) {
  count_webhook(Fate::GivenUp);
  fails(webhook_fails_,
        fmt::format("feed.webhook: {}; an event is lost there", escape_terminal(sentence)));
}

void Feed::on_dropped(std::string_view sentence) {
  count_webhook(Fate::Dropped);
  fails(webhook_fails_,
        fmt::format("feed.webhook: {}; an event is lost there", escape_terminal(sentence)));
}

}  // namespace backstop::app
