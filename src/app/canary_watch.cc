#include "app/canary_watch.h"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <chrono>

#include "app/canary_listener.h"
#include "app/canary_mail.h"
#include "core/base/escape.h"
#include "edge/os/entropy.h"

namespace backstop::app {
namespace {

using ports::LogLevel;

// A record is told before the server answers the client; this is for a thread that was held up.
constexpr std::chrono::milliseconds kVerdictWait{2000};
// And after one did not come: the next is hardly told later.
constexpr std::chrono::milliseconds kVerdictWaitAgain{500};
// How often the clock is looked at: it may be set, and a reload comes.
constexpr std::chrono::seconds kLook{1};
// How often it is looked whether tokens still come back, and the counts are written down.
constexpr std::chrono::hours kSilenceLook{1};

}  // namespace

CanaryWatch::CanaryWatch(const CanaryPorts& ports, std::string directory)
    : ports_(ports),
      directory_(std::move(directory)),
      state_(directory_.empty() ? CanaryState{}
                                : read_canary_state(directory_).value_or(CanaryState{})),
      silence_(state_.silence) {}

CanaryWatch::~CanaryWatch() {
  stop();
}

void CanaryWatch::start() {
  thread_ = std::thread([this] { live(); });
}

void CanaryWatch::reload() {
  reloaded_ = true;
}

void CanaryWatch::stop() {
  stopped_ = true;
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void CanaryWatch::on_record(const transaction::Record& record, std::string_view /*queue_id*/) {
  const std::scoped_lock lock(mutex_);
  silence_.on_record(record);
  if (verdicts_.on_record(record)) changed_.notify_all();
}

void CanaryWatch::expect_verdict(const std::string& message_id) {
  const std::scoped_lock lock(mutex_);
  verdicts_.expect(message_id);
}

Result<std::optional<CanaryVerdict>> CanaryWatch::await_verdict(const std::string& message_id) {
  std::unique_lock lock(mutex_);
  const bool came = changed_.wait_for(lock, verdict_wait_, [&] {
    return stopped_.load() || verdicts_.find(message_id).has_value();
  });
  if (!came) verdict_wait_ = kVerdictWaitAgain;
  return verdicts_.find(message_id);
}

void CanaryWatch::live() {
  pthread_setname_np(pthread_self(), "canary");
  const auto interval = [this] { return ports_.surroundings.current().config->canary.interval; };
  schedule_.emplace(interval(), state_.has_entered, ports_.clock.now());
  Instant looked{};
  while (!stopped_) {
    if (const Instant now = ports_.clock.now(); now < looked || now >= looked + kSilenceLook) {
      looked = now;
      look_at_silence(now);
    }
    if (reloaded_.exchange(false)) schedule_->begin_anew(interval(), ports_.clock.now());
    if (schedule_->is_due(ports_.clock.now())) run_once();
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kLook, [this] { return stopped_.load() || reloaded_.load(); });
  }
}

void CanaryWatch::run_once() {
  const transaction::Surroundings in_force = ports_.surroundings.current();
  const Instant now = ports_.clock.now();
  const bool can = in_force.config->canary.is_on() && in_force.ring != nullptr &&
                   in_force.ring->emitting() != nullptr &&
                   find_canary_recipient(*in_force.config).has_value();
  if (!can) {
    // Nothing is configured to be tried, or no key signs, which is told elsewhere.
    schedule_.emplace(in_force.config->canary.interval, schedule_->has_entered(), now);
    return;
  }
  {
    const std::scoped_lock lock(mutex_);
    verdicts_.clear();
    verdict_wait_ = kVerdictWait;
  }
  os::KernelEntropy entropy;
  const CanaryWorld world{
      .config = *in_force.config,
      .ring = in_force.ring,
      .observes_only = in_force.observes_only,
      .coverage = in_force.coverage,
      .permits = ports_.permits,
      .entropy = entropy,
      .find_verdict = [this](const std::string& id) { return await_verdict(id); },
      .expect_verdict = [this](const std::string& id) { expect_verdict(id); },
      .find_drift = [] { return find_listener_drift("/"); },
      .stopped = &stopped_};
  const CanaryReport report = run_canary(world, now);
  if (!stopped_) tell(report, ports_.clock.now());
}

void CanaryWatch::tell(const CanaryReport& report, Instant now) {
  for (const CanaryStep& step : report.steps) {
    if (step.twin)
      ports_.metrics.add(metrics::series(metrics::Metric::CanaryTotal, *step.twin, step.outcome));
  }
  const bool passed = report.outcome() == CanaryOutcome::Passed;
  if (passed)
    ports_.metrics.set({.metric = metrics::Metric::CanaryPassedSeconds},
                       now.time_since_epoch().count());
  const bool first = passed && !state_.passed;
  const CanaryWord word = schedule_->on_outcome(report.outcome(), report.has_entered(), now);
  if (passed) {
    ports_.alarms.end(alarm::Alarm::CanaryFailed, "both bounces of the canary are right");
    if (first)
      ports_.log.write(LogLevel::Info,
                       "canary: a genuine and a forged bounce got the right answer");
  } else if (word == CanaryWord::Alarm) {
    ports_.alarms.raise(
        alarm::Alarm::CanaryFailed,
        fmt::format("the canary fails: {}; more: backstop canary", say_trouble(report)));
  } else if (!passed && schedule_->has_entered()) {
    ports_.log.write(LogLevel::Warning,
                     fmt::format("canary: to be tried again: {}", say_trouble(report)));
  }
  state_.has_entered = schedule_->has_entered();
  if (!state_.has_entered) return;
  state_.tried = now;
  state_.outcome = report.outcome();
  state_.failing_since = schedule_->failing_since();
  state_.trouble = say_trouble(report);
  if (passed) state_.passed = now;
  write_state();
}

void CanaryWatch::look_at_silence(Instant now) {
  bool alarm = false;
  bool lost = false;
  std::string sentence;
  {
    const std::scoped_lock lock(mutex_);
    alarm = silence_.is_alarm(now);
    lost = silence_.is_lost();
    if (alarm) sentence = silence_.say();
    state_.silence = silence_.counts();
  }
  if (alarm) ports_.alarms.raise(alarm::Alarm::NoProofsSeen, sentence);
  if (!lost) ports_.alarms.end(alarm::Alarm::NoProofsSeen, "tokens come back");
  write_state();
}

void CanaryWatch::write_state() {
  if (directory_.empty()) return;
  const auto written = write_canary_state(directory_, state_);
  const std::string trouble = written ? std::string() : written.error().text();
  if (trouble == untold_) return;
  untold_ = trouble;
  if (!trouble.empty())
    ports_.log.write(
        LogLevel::Warning,
        fmt::format("canary: how it fares cannot be written down: {}", escape_terminal(trouble)));
}

}  // namespace backstop::app
