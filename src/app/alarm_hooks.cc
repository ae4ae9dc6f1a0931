#include "app/alarm_hooks.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "app/json_instant.h"
#include "app/webhook_target.h"
#include "core/base/escape.h"
#include "core/base/feed_limits.h"
#include "core/base/limits.h"
#include "edge/os/command.h"

namespace backstop::app {
namespace {

using alarm::Alarm;
using metrics::Fate;
using metrics::Sink;

constexpr std::string_view kSpool = "alarms.spool";
// Of its output, in the log.
constexpr std::size_t kShownOutput = 500;
// Between two tries with one message.
constexpr Seconds kCommandRetry{20};

}  // namespace

std::string render_alarm_json(const alarm::Notice& notice, std::string_view host, Instant now) {
  const alarm::Standing& one = notice.standing;
  const alarm::Info& info = alarm::info_of(one.alarm);
  const nlohmann::json out = {
      {"v", 1},
      {"id", fmt::format("{}-{}-{}-{}", info.name, one.since.time_since_epoch().count(),
                         alarm::name_of(notice.event), one.count)},
      {"at", render_instant(now)},
      {"host", host},
      {"event", alarm::name_of(notice.event)},
      {"alarm", info.name},
      {"since", render_instant(one.since)},
      {"last", render_instant(one.last)},
      {"end", json_of(one.end)},
      {"count", one.count},
      {"sentence", one.sentence},
      {"help", info.help},
      {"advice", info.advice}};
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

AlarmHooks::AlarmHooks(const config::Config& config, const Ports& ports)
    : config_(config), command_(config.alarms.command), host_(config.authserv_id), ports_(ports) {
  if (!command_.empty()) thread_ = std::thread([this] { run_commands(); });
  open_webhook();
}

void AlarmHooks::open_webhook() {
  if (config_.alarms.webhook.url.empty() || webhook_ != nullptr) return;
  if (const auto opened = try_to_open_webhook(); !opened)
    return fails(Hook::Webhook, fmt::format("alarms.webhook is told of no alarm: {}",
                                            escape_terminal(opened.error().text())));
  if (is_failing_.at(static_cast<std::size_t>(Hook::Webhook)).load()) works(Hook::Webhook);
  webhook_->begin();
}

Result<void> AlarmHooks::try_to_open_webhook() {
  BS_TRY(webhook::Target target, open_target("alarms", config_.alarms.webhook));
  BS_TRY(webhook_, webhook::Delivery::open(
                       {.target = std::move(target), .spool_path = spool_path(config_, kSpool)},
                       ports_.clock, *this));
  tell_damage(*webhook_, "alarms.webhook", ports_.log);
  show_waiting(ports_.metrics, Sink::AlarmWebhook, webhook_->waiting());
  return {};
}

AlarmHooks::~AlarmHooks() {
  stop();
}

void AlarmHooks::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  if (webhook_ != nullptr) webhook_->stop();
}

void AlarmHooks::tell(const alarm::Notice& notice) {
  std::string json = render_alarm_json(notice, host_, ports_.clock.now());
  if (webhook_ != nullptr) {
    webhook_->add(json);
    show_waiting(ports_.metrics, Sink::AlarmWebhook, webhook_->waiting());
  }
  if (!thread_.joinable()) return;
  const alarm::Standing& one = notice.standing;
  std::vector<std::string> environment = {
      "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
      "LC_ALL=C.UTF-8",
      fmt::format("BACKSTOP_ALARM={}", alarm::name_of(one.alarm)),
      fmt::format("BACKSTOP_EVENT={}", alarm::name_of(notice.event)),
      fmt::format("BACKSTOP_SENTENCE={}", one.sentence.substr(0, one.sentence.find('\0'))),
      fmt::format("BACKSTOP_ADVICE={}", alarm::info_of(one.alarm).advice),
      fmt::format("BACKSTOP_HOST={}", host_)};
  bool has_room = false;
  {
    const std::scoped_lock lock(mutex_);
    has_room = messages_.size() < limits::kAlarmQueue;
    if (has_room)
      messages_.push_back({.environment = std::move(environment), .json = std::move(json)});
  }
  if (has_room) return wake_.notify_all();
  count_delivery(ports_.metrics, Sink::AlarmCommand, Fate::Dropped);
  fails(Hook::Command, "alarms.command: too many alarms wait for it");
}

void AlarmHooks::run_commands() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return is_stopping_.load() || !messages_.empty(); });
    if (is_stopping_.load()) return;
    const Message message = std::move(messages_.front());
    messages_.pop_front();
    for (unsigned tries = 1;; ++tries) {
      lock.unlock();
      const bool is_done = run_command(message);
      lock.lock();
      if (is_done || is_stopping_.load()) break;
      const bool is_last = tries >= limits::kAlarmCommandTries;
      count_delivery(ports_.metrics, Sink::AlarmCommand, is_last ? Fate::GivenUp : Fate::Retried);
      if (is_last) break;
      wake_.wait_for(lock, kCommandRetry * tries, [&] { return is_stopping_.load(); });
      if (is_stopping_.load()) return;
    }
  }
}

bool AlarmHooks::run_command(const Message& message) {
  const auto ran = os::run_command(
      command_, message.environment, message.json + "\n",
      {.wait = limits::kAlarmCommandWait, .output_bytes = limits::kAlarmCommandOutputBytes},
      is_stopping_);
  if (!ran) {
    if (!is_stopping_.load())
      fails(Hook::Command, fmt::format("alarms.command: {}", escape_terminal(ran.error().text())));
    return false;
  }
  const std::string words = escape_terminal(
      std::string_view(ran->output).substr(0, std::min(ran->output.size(), kShownOutput)));
  if (ran->exit_code != 0) {
    fails(Hook::Command, fmt::format("alarms.command: {} ended with {}: {}",
                                     escape_terminal(command_.front()), ran->exit_code, words));
    return false;
  }
  if (!words.empty())
    ports_.log.write(ports::LogLevel::Info, fmt::format("alarms.command: it said: {}", words));
  count_delivery(ports_.metrics, Sink::AlarmCommand, Fate::Delivered);
  works(Hook::Command);
  return true;
}

void AlarmHooks::works(Hook hook) {
  is_failing_.at(static_cast<std::size_t>(hook)) = false;
  if (!is_failing_[0].load() && !is_failing_[1].load())
    ports_.alarms.end(Alarm::AlarmHookFailing, "it was told again");
}

void AlarmHooks::fails(Hook hook, std::string_view sentence) {
  is_failing_.at(static_cast<std::size_t>(hook)) = true;
  ports_.alarms.raise(Alarm::AlarmHookFailing, sentence);
}

void AlarmHooks::count_webhook(Fate fate) {
  count_delivery(ports_.metrics, Sink::AlarmWebhook, fate);
  if (fate == Fate::Retried) {
    ++tries_;
  } else {
    tries_ = 0;
  }
  // Before it is known here, nothing was tried.
  if (webhook_ != nullptr) show_waiting(ports_.metrics, Sink::AlarmWebhook, webhook_->waiting());
}

void AlarmHooks::on_delivered() {
  count_webhook(Fate::Delivered);
  works(Hook::Webhook);
}

void AlarmHooks::on_waiting(std::string_view sentence) {
  count_webhook(Fate::Retried);
  const std::string words =
      fmt::format("alarms.webhook: {}; it is tried again", escape_terminal(sentence));
  if (tries_.load() >= limits::kWebhookAlarmTries) return fails(Hook::Webhook, words);
  ports_.log.write(ports::LogLevel::Warning, words);
}

void AlarmHooks::on_given_up(std::string_view sentence) {
  count_webhook(Fate::GivenUp);
  fails(Hook::Webhook,
        fmt::format("alarms.webhook: {}; an alarm is not told there", escape_terminal(sentence)));
}

void AlarmHooks::on_dropped(std::string_view sentence) {
  count_webhook(Fate::Dropped);
  fails(Hook::Webhook,
        fmt::format("alarms.webhook: {}; an alarm is not told there", escape_terminal(sentence)));
}

}  // namespace backstop::app
