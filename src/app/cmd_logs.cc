// backstop logs: attacks in the logs of a mail server, after the fact or while it writes them.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "app/command.h"
#include "app/exit_code.h"
#include "app/interrupt.h"
#include "app/log_reading.h"
#include "app/log_report.h"
#include "app/settings.h"
#include "app/text_page.h"
#include "core/base/escape.h"
#include "edge/logs/log_follower.h"
#include "edge/logs/log_merge.h"

namespace backstop::app {
namespace {

using std::chrono::steady_clock;

constexpr std::uint64_t kLinesPerLook = 20'000;
constexpr std::chrono::milliseconds kDrawEvery{250};
constexpr std::chrono::milliseconds kPollEvery{500};

struct Options {
  std::vector<std::string> paths;
  Settings settings;
  bool utc = false;
  bool follow = false;
  bool json = false;
};

Instant present() {
  return std::chrono::floor<Seconds>(std::chrono::system_clock::now());
}

// One line on standard error, drawn again and again; only on a terminal.
class LineCount {
 public:
  ~LineCount() {
    if (drawn_) fmt::print(stderr, "\r\x1b[K");
  }
  void show(const logs::LogMerge& merge) {
    if (!is_terminal_ || steady_clock::now() - last_ < kDrawEvery) return;
    last_ = steady_clock::now();
    fmt::print(stderr, "\r\x1b[K{}, {}", count_of(merge.lines(), "line"), size_of(merge.bytes()));
    std::fflush(stderr);
    drawn_ = true;
  }

 private:
  bool is_terminal_ = isatty(STDERR_FILENO) == 1;
  bool drawn_ = false;
  steady_clock::time_point last_ = steady_clock::now();
};

// False: something could not be read.
bool read_files(const Options& options, const std::vector<std::string>& paths, LogReading& reading,
                LogReport& counts) {
  const std::atomic<bool>& stop = watch_interrupt();
  logs::LogMerge merge(paths, present(), options.utc ? logs::LogZone::Utc : logs::LogZone::Local);
  LineCount progress;
  std::uint64_t looked = 0;
  while (const logs::LogLine* const line = merge.next()) {
    reading.add(*line);
    if (++looked % kLinesPerLook != 0) continue;
    progress.show(merge);
    if (stop) {
      counts.complete = false;
      break;
    }
  }
  counts.lines += merge.lines();
  counts.bytes += merge.bytes();
  for (const std::string& trouble : merge.troubles())
    fmt::print(stderr, "backstop: {}\n", escape_terminal(trouble));
  return merge.troubles().empty();
}

void print_change(const watch::Change& change, bool json) {
  if (!json) {
    fmt::print("{} {}: {}: {}\n", render_instant(change.at), watch::name_of(change.what),
               escape_terminal(change.domain.empty() ? "(domain not named)" : change.domain),
               escape_terminal(watch::say(change)));
  } else {
    const nlohmann::ordered_json line = {
        {"v", 1},
        {"event", watch::name_of(change.what)},
        {"at", render_instant(change.at)},
        {"kind", watch::name_of(change.kind)},
        {"domain", change.domain},
        {"first", render_instant(change.since)},
        {"n", change.figures.count},
        {"clients", change.figures.clients},
        {"factor", change.figures.factor > 0 ? nlohmann::ordered_json(change.figures.factor)
                                             : nlohmann::ordered_json()}};
    fmt::print("{}\n", line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace));
  }
  std::fflush(stdout);
}

// Until it is interrupted.  True when there was an attack.
bool follow(const Options& options, LogReading& reading) {
  const std::atomic<bool>& stop = watch_interrupt();
  logs::LogFollower follower(options.paths.back(), logs::LogFollower::From::Start,
                             options.utc ? logs::LogZone::Utc : logs::LogZone::Local);
  std::string trouble;
  bool found = false;
  for (;;) {
    const auto polled =
        follower.poll(present(), [&](const logs::LogLine& line) { reading.add(line); });
    for (const watch::Change& change : reading.take_changes()) {
      found = found ||
              (change.what == watch::Change::What::AlarmRaised && watch::is_attack(change.kind));
      print_change(change, options.json);
    }
    if (polled.trouble != trouble && !polled.trouble.empty())
      fmt::print(stderr, "backstop: {}: {}; waiting for it\n", escape_terminal(follower.path()),
                 polled.trouble);
    trouble = polled.trouble;
    if (stop) return found;
    if (!polled.more) std::this_thread::sleep_for(kPollEvery);
  }
}

int run_logs(const Options& options) {
  Settings settings = options.settings;
  // Without a configuration the domains are learnt.
  if (settings.config_path == kConfigPath && access(kConfigPath, F_OK) != 0)
    settings.defaults = true;
  const auto config = load_config(settings);
  if (!config) return report_error(config.error(), kExitBadConfig);
  for (const std::string& path : options.paths) {
    if (access(path.c_str(), F_OK) != 0 && !(options.follow && path == options.paths.back()))
      return report_error({Errc::NotFound, escape_terminal(path), "is not there"});
  }
  LogReading reading(*config);
  std::vector<std::string> paths = options.paths;
  if (options.follow) paths.pop_back();
  LogReport counts;
  const bool is_whole = read_files(options, paths, reading, counts);
  if (options.follow) return follow(options, reading) ? kExitFound : kExitGood;
  LogReport report = reading.report();
  report.lines = counts.lines;
  report.bytes = counts.bytes;
  report.complete = counts.complete;
  if (options.json)
    fmt::print("{}\n", render_logs_json(report));
  else
    fmt::print("{}", render_logs_page(report));
  if (!report.complete || !is_whole) return kExitTryAgain;
  return report.attacks.empty() ? kExitGood : kExitFound;
}

}  // namespace

void add_logs_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command =
      app.add_subcommand("logs", "Find attacks in the logs of Postfix, Exim or Sendmail");
  const auto options = std::make_shared<Options>();
  command
      ->add_option("files", options->paths,
                   "Logs, in any order; plain, or packed by gzip, zstd, xz or bzip2")
      ->type_name("FILE")
      ->required();
  command->add_flag("--follow", options->follow,
                    "Go on with the last FILE as it grows, across rotation, and tell each alarm "
                    "when it is raised");
  command->add_flag("--utc", options->utc, "Times without a zone are UTC, not local");
  command->add_flag("--json", options->json, "One JSON object; with --follow one for each alarm");
  declare_settings(*command, options->settings);
  command->footer(
      render_examples({"backstop logs /var/log/mail.log /var/log/mail.log.1",
                       "backstop logs --json /var/log/exim4/mainlog*",
                       "backstop logs --domain example.com --follow /var/log/mail.log"}) +
      "\nWithout --domain or a configuration, domains are ours that mail is taken for.\n"
      "Exit codes: 0 no attack, 1 an attack, 2 wrong use, 75 stopped before the end, or a file\n"
      "could not be read.\n");
  command->callback([options, &chosen] { chosen.run = [options] { return run_logs(*options); }; });
}

}  // namespace backstop::app
