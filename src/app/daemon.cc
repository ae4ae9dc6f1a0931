#include "app/daemon.h"

#include <fmt/format.h>
#include <signal.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "app/alarm_board.h"
#include "app/attack_watch.h"
#include "app/canary_answers.h"
#include "app/canary_watch.h"
#include "app/coverage_watch.h"
#include "app/daemon_keys.h"
#include "app/dkim_files.h"
#include "app/exit_code.h"
#include "app/first_ring.h"
#include "app/in_force.h"
#include "app/memory.h"
#include "app/metrics_file.h"
#include "app/metrics_page.h"
#include "app/mode_watch.h"
#include "app/record_audience.h"
#include "app/review_keeper.h"
#include "app/run_containment.h"
#include "app/spf_rounds.h"
#include "app/tellers.h"
#include "app/trial.h"
#include "app/usual_sockets.h"
#include "core/base/escape.h"
#include "core/metrics/exposition.h"
#include "edge/dns/dkim_key_lookup.h"
#include "edge/door/counters.h"
#include "edge/door/direct_answers.h"
#include "edge/door/wrong_tag_count.h"
#include "edge/http/page_server.h"
#include "edge/milter/server.h"
#include "edge/mta/request_server.h"
#include "edge/os/clock.h"
#include "edge/os/entropy.h"
#include "edge/os/log.h"
#include "edge/os/service.h"

namespace backstop::app {
namespace {

using ports::LogLevel;

// How often the heart beats, and after how many beats the key files are looked at: `backstop keys`
// takes effect within those.
constexpr timespec kBeat{.tv_sec = 1, .tv_nsec = 0};
constexpr unsigned kBeatsPerKeyWatch = 2;
// How often the service manager's watchdog is fed; the unit waits a multiple of it.
constexpr unsigned kBeatsPerWatchdog = 5;
// How often it is looked whether what enforces still may.
constexpr unsigned kBeatsPerModes = 10;
// How often a letter of our own is signed and its bounces judged, to see that it still works.
constexpr unsigned kBeatsPerTrial = 3600;
// How often metrics.file is written: as often as Prometheus usually looks.
constexpr unsigned kBeatsPerMetricsFile = 15;

LogLevel level_of(config::LogLevel level) {
  switch (level) {
    case config::LogLevel::Debug:
      return LogLevel::Debug;
    case config::LogLevel::Info:
      return LogLevel::Info;
    case config::LogLevel::Warning:
      return LogLevel::Warning;
    case config::LogLevel::Error:
      break;
  }
  return LogLevel::Error;
}

std::unique_ptr<ports::LogSink> open_log(const config::Config& config) {
  const auto target = config.log_target == config::LogTarget::Syslog ? os::LogTarget::Syslog
                                                                     : os::LogTarget::Stderr;
  return os::open_log(target, level_of(config.log_level));
}

// Everything that needs no socket: what --test-config looks at as well.
struct Prepared {
  config::Config config;
  std::unique_ptr<DaemonKeys> keys;
  DkimFiles dkim;
};

Result<void> make_state_directory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return fail(Errc::Denied, path, "cannot be made: " + error.message());
  return {};
}

Result<Prepared> prepare(const Settings& settings, ports::Entropy& entropy, Instant now) {
  BS_TRY(config::Config config, load_config(settings));
  if (!settings.state_directory.empty())
    BS_TRY_VOID(make_state_directory(settings.state_directory));
  BS_TRY(auto keys, DaemonKeys::open(config.keys_directory, entropy));
  if (keys->ring() == nullptr && settings.defaults && !settings.state_directory.empty()) {
    BS_TRY_VOID(make_first_ring(os::KeyStore(config.keys_directory), entropy, now));
    BS_TRY([[maybe_unused]] const bool found, keys->refresh());
  }
  DkimFiles dkim = load_dkim_files(config);
  return Prepared{.config = std::move(config), .keys = std::move(keys), .dkim = std::move(dkim)};
}

void tell_keys(const DaemonKeys& keys, const config::Config& config, ports::LogSink& log,
               ports::Alarms& alarms) {
  for (const std::string& note : keys.notes()) {
    log.write(LogLevel::Warning, fmt::format("keys: {}", escape_terminal(note)));
  }
  const auto ring = keys.ring();
  if (ring != nullptr && ring->emitting() != nullptr) {
    log.write(LogLevel::Info, fmt::format("keys: {} in the ring, key {} signs", ring->keys().size(),
                                          ring->emitting()->info().id));
    alarms.end(alarm::Alarm::NoKey, "a key signs");
    return;
  }
  alarms.raise(
      alarm::Alarm::NoKey,
      fmt::format(
          "no key signs in {}: nothing is signed and every domain stays in "
          "observe; make one with: backstop keys add --new-ring, or rotate when there is a ring",
          escape_terminal(config.keys_directory)));
}

void tell_dkim(const DkimFiles& dkim, ports::LogSink& log) {
  for (const std::string& note : dkim.notes)
    log.write(LogLevel::Warning, fmt::format("dkim: {}", escape_terminal(note)));
  if (dkim.keys != nullptr && dkim.keys->size() > 0)
    log.write(LogLevel::Info, fmt::format("dkim: {} keys of ours", dkim.keys->size()));
}

class Daemon {
 public:
  Daemon(const Settings& settings, Prepared prepared)
      : settings_(settings),
        keys_directory_(prepared.config.keys_directory),
        keys_(std::move(prepared.keys)),
        log_(open_log(prepared.config)),
        started_with_(prepared.config),
        in_force_(std::move(prepared.config), prepared.dkim.keys, *keys_, clock_),
        alarms_(started_with_.store_directory, clock_, counters_, *log_),
        answers_(*keys_, nullptr, &dkim_lookup_),
        metrics_file_(started_with_.metrics_file, *log_) {
    tell_dkim(prepared.dkim, *log_);
    if (!started_with_.store_directory.empty()) {
      memory_ = std::make_unique<Memory>(started_with_, *keys_, clock_, in_force_, dkim_lookup_,
                                         *log_, alarms_);
      in_force_.remember(*memory_);
      memory_->look_at_ring(clock_.now());
      learn_coverage();
      review_ =
          std::make_unique<ReviewKeeper>(started_with_.store_directory, in_force_, clock_, *log_);
      audience_.add(*review_);
      containment_ = std::make_unique<RunContainment>(started_with_, alarms_, *log_, clock_.now());
      in_force_.contain(*containment_);
      audience_.add(*containment_);
    }
    passes_.emplace(answers(), clock_.now());
    canary_.emplace(CanaryPorts{.surroundings = in_force_,
                                .permits = *keys_,
                                .clock = clock_,
                                .log = *log_,
                                .metrics = counters_,
                                .alarms = alarms_},
                    memory_ != nullptr ? started_with_.store_directory : std::string());
    audience_.add(*canary_);
    watch_attacks();
    metrics_page_ =
        std::make_unique<MetricsPage>(counters_, in_force_, memory_.get(), *attacks_, clock_.now());
  }

  Result<void> start() {
    in_force_.set_modes(modes_.take(in_force_.written(), clock_.now()));
    tellers_.start(started_with_, {.clock = clock_,
                                   .metrics = counters_,
                                   .log = *log_,
                                   .alarms = alarms_,
                                   .audience = audience_});
    BS_TRY_VOID(open_milter());
    BS_TRY_VOID(open_doors());
    BS_TRY_VOID(open_metrics());
    if (server_ == nullptr && doors_ == nullptr) {
      return fail(Errc::Invalid, "milter.listen",
                  "says nowhere to listen, and none of the usual directories is there; for Postfix "
                  "write milter.listen = [\"unix:/var/spool/postfix/backstop/milter.sock\"]");
    }
    beat();
    if (coverage_ != nullptr && started_with_.coverage_asks_dns)
      spf_ = std::make_unique<SpfRounds>(*coverage_, in_force_, clock_);
    for (const door::Server* const server : {server_.get(), doors_.get(), metrics_.get()})
      if (server != nullptr) tell_places(server->endpoints());
    tell_keys(*keys_, started_with_, *log_, alarms_);
    hold_trial();
    canary_->start();
    write_metrics();
    return {};
  }

  // REQUIRES: start() succeeded; `signals` are blocked in every thread.
  void serve(const sigset_t& signals) {
    os::notify_service_manager("READY=1");
    for (unsigned beats = 0;;) {
      const int signal = sigtimedwait(&signals, nullptr, &kBeat);
      if (signal == SIGTERM || signal == SIGINT) break;
      if (signal == SIGHUP) reload();
      if (signal >= 0 || errno != EAGAIN) continue;
      beat();
      if (++beats % kBeatsPerKeyWatch == 0) watch_keys();
      // Each thread that serves mail has answered since the last time.
      if (beats % kBeatsPerWatchdog == 0 && serve_all()) os::notify_service_manager("WATCHDOG=1");
      if (beats % kBeatsPerModes == 0) modes_.look(clock_.now());
      if (beats % kBeatsPerTrial == 0) hold_trial();
      if (beats % kBeatsPerMetricsFile == 0) write_metrics();
    }
    os::notify_service_manager("STOPPING=1");
    log_->write(LogLevel::Info, "stopping: messages in flight may end");
    canary_->stop();
    for (door::Server* const server : {server_.get(), doors_.get(), metrics_.get()})
      if (server != nullptr) server->stop();
    if (memory_ != nullptr) memory_->rest(clock_.now());
    spf_.reset();
    alarms_.beat(clock_.now());
    for (door::Server* const server : {server_.get(), doors_.get(), metrics_.get()})
      if (server != nullptr) server->wait();
    if (coverage_ != nullptr) coverage_->rest();
    if (containment_ != nullptr) containment_->rest();
    attacks_->rest();
    tellers_.stop();
    if (!started_with_.metrics_file.empty()) metrics_file_.remove();
    log_->write(LogLevel::Info, "stopped");
  }

 private:
  // REQUIRES: there is a memory; before the first message.
  void learn_coverage() {
    coverage_ = std::make_unique<CoverageWatch>(started_with_.store_directory, in_force_, alarms_,
                                                *log_, clock_.now());
    in_force_.learn(*coverage_);
    modes_.learn(*coverage_);
    audience_.add(*coverage_);
    memory_->tell_sendings([this](const LoggedSending& sending) { coverage_->on_logged(sending); });
  }

  void watch_attacks() {
    os::KernelEntropy entropy;
    attacks_.emplace(started_with_.store_directory, entropy, *log_, alarms_, clock_.now());
    if (memory_ != nullptr) {
      memory_->tell_refused_recipients(
          [this](const auto& line) { attacks_->on_logged(line, clock_.now()); });
      attacks_->tell_paths(std::bind_front(&CoverageWatch::knows_path, coverage_.get()));
    }
    in_force_.watch(*attacks_);
    audience_.add(*attacks_);
  }

  void beat() {
    const Instant now = clock_.now();
    attacks_->beat(now);
    if (memory_ != nullptr) {
      memory_->beat(now);
      coverage_->beat(now);
      containment_->beat(now);
    }
    tellers_.beat(now);
    alarms_.beat(now);
  }

  Result<void> open_milter() {
    milter::ServerOptions options;
    options.listen = milter_endpoints(started_with_, "/");
    if (options.listen.empty()) return {};
    options.threads = started_with_.milter_threads;
    options.socket_mode = started_with_.milter_socket_mode;
    options.activated = door::activated_sockets();
    BS_TRY(server_, milter::start_server(options, server_ports()));
    return {};
  }

  Result<void> open_doors() {
    mta::RequestServerOptions options;
    options.doors = started_with_.doors;
    options.doors.socketmap = map_endpoints(started_with_, "/");
    if (options.doors.empty()) return {};
    options.activated = door::activated_sockets();
    BS_TRY(doors_, mta::start_request_server(options, server_ports()));
    return {};
  }

  Result<void> open_metrics() {
    if (started_with_.metrics_listen.empty()) return {};
    const http::PageServerOptions options{.name = "metrics",
                                          .listen = started_with_.metrics_listen,
                                          .socket_mode = started_with_.metrics_socket_mode,
                                          .activated = door::activated_sockets()};
    door::ServerPorts ports = server_ports();
    ports.on_passed_by = {};  // No mail passes there.
    ports.on_tagged = {};
    BS_TRY(metrics_, http::start_page_server(options,
                                             {.path = "/metrics",
                                              .type = std::string(metrics::kContentType),
                                              .render = [this] { return metrics_page_->render(); }},
                                             ports));
    return {};
  }

  void write_metrics() {
    if (!started_with_.metrics_file.empty()) metrics_file_.write(metrics_page_->render());
  }

  void count(metrics::Metric metric, bool good) {
    counters_.add(metrics::series(metric, good ? metrics::Outcome::Ok : metrics::Outcome::Failed));
  }

  door::ServerPorts server_ports() {
    return {.clock = clock_,
            .surroundings = in_force_,
            .answers = *passes_,
            .log = *log_,
            .ledger = memory_.get(),
            .history = memory_.get(),
            .observer = &audience_,
            .wrong_tags = &wrong_tags_,
            .containment = containment_.get(),
            .metrics = &counters_,
            .alarms = &alarms_,
            .on_passed_by = [this](Instant now) { passed_by(now); },
            .on_tagged =
                [this](Instant now) {
                  if (memory_ != nullptr) memory_->tagged(now);
                }};
  }

  bool serve_all() {
    const bool milter = server_ == nullptr || server_->answers();
    const bool doors = doors_ == nullptr || doors_->answers();
    return milter && doors;
  }
  ports::Answers& answers() {
    return memory_ != nullptr ? static_cast<ports::Answers&>(*memory_) : answers_;
  }
  void passed_by(Instant now) {
    counters_.add({.metric = metrics::Metric::PassedByTotal});
    if (memory_ != nullptr) memory_->passed_by(now);
  }
  void tell_places(const std::vector<config::Endpoint>& endpoints) {
    for (const config::Endpoint& endpoint : endpoints)
      log_->write(LogLevel::Info, fmt::format("listening on {}", escape_terminal(endpoint.text())));
  }

  void reload() {
    tellers_.reopen();
    auto config = load_config(settings_);
    count(metrics::Metric::ReloadsTotal, config.has_value());
    if (!config) {
      log_->write(LogLevel::Error, fmt::format("reload: the old configuration stays: {}",
                                               escape_terminal(config.error().text())));
      return;
    }
    tell_restart_needed(*config);
    if (memory_ != nullptr) memory_->take(*config);
    if (containment_ != nullptr) containment_->take(*config);
    DkimFiles dkim = load_dkim_files(*config);
    tell_dkim(dkim, *log_);
    config::Config in_force = modes_.take(*config, clock_.now());
    in_force_.swap(*std::move(config), std::move(in_force), std::move(dkim.keys));
    key_trouble_.clear();
    watch_keys();
    canary_->reload();
    log_->write(LogLevel::Info, "reload: the new configuration is in force");
    hold_trial();
  }

  void hold_trial() {
    const auto fault = try_judgement(in_force_.current(), clock_.now());
    count(metrics::Metric::TrialsTotal, !fault);
    if (!fault) return alarms_.end(alarm::Alarm::TrialFailed, "genuine and forged are told apart");
    alarms_.raise(alarm::Alarm::TrialFailed,
                  fmt::format("a trial failed: {}; see what is configured, and report it", *fault));
  }

  // What only a restart can change: sockets, threads, the log and the place of the keys.
  void tell_restart_needed(const config::Config& config) {
    const auto list = [](const std::vector<config::Endpoint>& endpoints) {
      std::string out;
      for (const config::Endpoint& endpoint : endpoints)
        out += endpoint.text() + " ";
      return out;
    };
    const auto doors = [&list](const config::Doors& c) {
      return fmt::format("{} {:o} {}/ {}/ {}/ {}", c.threads, c.socket_mode, list(c.socketmap),
                         list(c.policy), list(c.line), list(c.rspamd));
    };
    std::string names;
    const auto compare = [&](bool same, std::string_view name) {
      if (!same) names += fmt::format(" {}", name);
    };
    compare(list(config.milter_listen) == list(started_with_.milter_listen), "milter.listen");
    compare(config.milter_threads == started_with_.milter_threads, "milter.threads");
    compare(config.milter_socket_mode == started_with_.milter_socket_mode, "milter.socket_mode");
    compare(doors(config.doors) == doors(started_with_.doors), "doors");
    compare(config.keys_directory == keys_directory_, "keys.directory");
    compare(config.store_directory == started_with_.store_directory, "store.directory");
    compare(config.mail_logs == started_with_.mail_logs, "logs.mail");
    compare(list(config.metrics_listen) == list(started_with_.metrics_listen), "metrics.listen");
    compare(config.metrics_socket_mode == started_with_.metrics_socket_mode, "metrics.socket_mode");
    compare(config.metrics_file == started_with_.metrics_file, "metrics.file");
    compare(Tellers::are_alike(config, started_with_), "alarms or feed");
    compare(config.log_target == started_with_.log_target, "log.to");
    compare(config.log_level == started_with_.log_level, "log.level");
    if (names.empty()) return;
    log_->write(LogLevel::Warning, fmt::format("reload: restart to change{}", names));
  }

  // Says each trouble once, not every two seconds.
  void watch_keys() {
    const auto changed = keys_->refresh();
    if (changed) {
      key_trouble_.clear();
      alarms_.end(alarm::Alarm::KeysUnreadable, "the keys are readable again");
      if (*changed) tell_keys(*keys_, started_with_, *log_, alarms_);
      return;
    }
    const std::string trouble = changed.error().text();
    if (trouble == key_trouble_) return;
    key_trouble_ = trouble;
    alarms_.raise(alarm::Alarm::KeysUnreadable,
                  fmt::format("the keys cannot be read again, those in force stay: {}",
                              escape_terminal(trouble)));
  }

  Settings settings_;
  std::string keys_directory_;
  os::SystemClock clock_;
  std::unique_ptr<DaemonKeys> keys_;
  std::unique_ptr<ports::LogSink> log_;
  config::Config started_with_;
  InForce in_force_;
  dns::DkimKeyLookup dkim_lookup_;
  door::Counters counters_;
  door::WrongTagCount wrong_tags_{&counters_};
  AlarmBoard alarms_;
  RecordAudience audience_;
  Tellers tellers_;
  door::DirectAnswers answers_;  // Where nothing is remembered.
  std::unique_ptr<Memory> memory_;
  std::unique_ptr<CoverageWatch> coverage_;      // Null without a memory.
  std::optional<AttackWatch> attacks_;           // Always.
  std::unique_ptr<SpfRounds> spf_;               // Null where DNS is not asked.
  std::optional<CanaryAnswers> passes_;          // Always; behind it answers().
  std::optional<CanaryWatch> canary_;            // Always.
  std::unique_ptr<ReviewKeeper> review_;         // Null where nothing is remembered.
  std::unique_ptr<RunContainment> containment_;  // Likewise.
  std::unique_ptr<MetricsPage> metrics_page_;    // Never null.
  MetricsFile metrics_file_;                     // Unused without metrics.file.
  ModeWatch modes_{in_force_, *keys_, *log_, alarms_};
  std::string key_trouble_;
  std::unique_ptr<door::Server> server_;   // Null without milter.listen.
  std::unique_ptr<door::Server> doors_;    // Null when no such door is open.
  std::unique_ptr<door::Server> metrics_;  // Null without metrics.listen.
};

}  // namespace

int run_daemon(const Settings& settings) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&signals, signal);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  os::KernelEntropy entropy;
  auto prepared = prepare(settings, entropy, os::SystemClock().now());
  if (!prepared) return report_error(prepared.error(), kExitBadConfig);
  Daemon daemon(settings, *std::move(prepared));
  if (auto started = daemon.start(); !started) return report_error(started.error(), kExitBadConfig);
  daemon.serve(signals);
  return kExitGood;
}

int test_configuration(const Settings& settings) {
  os::KernelEntropy entropy;
  const auto config = load_config(settings);
  if (!config) return report_error(config.error(), kExitBadConfig);
  const auto keys = DaemonKeys::open(config->keys_directory, entropy);
  if (!keys) return report_error(keys.error(), kExitBadConfig);
  fmt::print("the configuration is good: {} domains, {}\n", config->domains.size(),
             (*keys)->ring() == nullptr ? "no keys yet" : "keys are readable");
  return kExitGood;
}

}  // namespace backstop::app
