// backstop simulate: plays a scenario of made-up mail against the judging core.
#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <charconv>
#include <chrono>

#include "app/command.h"
#include "app/exit_code.h"
#include "app/interrupt.h"
#include "app/scan_progress.h"
#include "app/simulate_report.h"
#include "app/terminal.h"
#include "core/base/escape.h"
#include "core/base/scenario_limits.h"
#include "core/scenario/embedded.h"
#include "core/simulation/player.h"
#include "edge/os/text_file.h"

namespace backstop::app {
namespace {

struct Options {
  std::string scenario;
  std::uint64_t seed = 1;
  double scale = 1;
  bool json = false;
  bool show = false;
};

// Between two looks at the clock and at Ctrl-C.
constexpr std::uint64_t kEventsAtOnce = 2000;

double cpu_seconds() {
  timespec spent{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

std::string list_named() {
  std::string out;
  for (const scenario::EmbeddedFile& named : scenario::named_files())
    out += (out.empty() ? "" : ", ") + std::string(named.name);
  return out;
}

// A name of the program's own, or a file.
Result<std::string> find_text(const std::string& name) {
  if (const scenario::EmbeddedFile* const named = scenario::find_named(name))
    return std::string(named->text);
  const bool is_path = name.find_first_of("/.") != std::string::npos;
  if (!is_path && access(name.c_str(), F_OK) != 0)
    return fail(Errc::NotFound, name,
                "there is no scenario of that name and no such file; there are: " + list_named());
  return os::read_text_file(name, limits::kScenarioFileBytes);
}

int print_list() {
  for (const scenario::EmbeddedFile& named : scenario::named_files()) {
    const auto scenario = scenario::parse_scenario(named.text, named.name);
    fmt::print("{:<22} {}\n", named.name, scenario ? scenario->title : "");
  }
  return kExitGood;
}

PageLook look_for_stdout() {
  const Terminal terminal = look_at_terminal(STDOUT_FILENO);
  return {.columns = terminal.columns, .colour = terminal.colour, .utf8 = terminal.utf8};
}

int run_simulate(const Options& options) {
  if (options.scenario.empty()) return print_list();
  const auto text = find_text(options.scenario);
  if (!text) return report_error(text.error());
  if (options.show) {
    fmt::print("{}", *text);
    return kExitGood;
  }
  auto scenario = scenario::parse_scenario(*text, options.scenario);
  if (!scenario) return report_error(scenario.error());
  scenario::scale(*scenario, options.scale);
  const std::atomic<bool>& interrupted = watch_interrupt();
  const auto begun = std::chrono::steady_clock::now();
  const double cpu_before = cpu_seconds();
  auto player = simulation::Player::make(*scenario, options.seed);
  if (!player) return report_error(player.error());
  SimulateReport report{.name = options.scenario,
                        .scenario = &*scenario,
                        .seed = options.seed,
                        .scale = options.scale};
  {
    ProgressLine progress;
    while ((*player)->play(kEventsAtOnce) && !interrupted)
      progress.show_rows((*player)->done(), (*player)->total());
  }
  report.complete = (*player)->done() == (*player)->total();
  report.outcome = (*player)->outcome();
  report.held = report.outcome.check(scenario->expected);
  report.cpu_seconds = cpu_seconds() - cpu_before;
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  fmt::print("{}", options.json ? render_simulate_json(report)
                                : render_simulate_page(report, look_for_stdout()));
  return report.all_held() ? kExitGood : kExitFound;
}

}  // namespace

void add_simulate_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command =
      app.add_subcommand("simulate", "Play made-up attacks against the judging core");
  const auto options = std::make_shared<Options>();
  command
      ->add_option("scenario", options->scenario,
                   "A name, or a file (docs/formats/scenario.md); without it all names")
      ->type_name("SCENARIO");
  command->add_option("--seed", options->seed, "The same seed plays the same messages; 1")
      ->type_name("N");
  command->add_option("--scale", options->scale, "All amounts times this, as 0.1")
      ->type_name("X")
      ->check(CLI::Range(0.0001, 1000.0));
  command->add_flag("--show", options->show, "Print the scenario, play nothing");
  command->add_flag("--json", options->json, "One JSON object");
  command->footer(render_examples(
      {"backstop simulate                   the scenarios there are",
       "backstop simulate reference         two million spams in our name",
       "backstop simulate reference --scale 0.1 --seed 7 --json",
       "backstop simulate reference --show > mine.scenario; backstop simulate ./mine.scenario"}));
  command->callback(
      [options, &chosen] { chosen.run = [options] { return run_simulate(*options); }; });
}

}  // namespace backstop::app
