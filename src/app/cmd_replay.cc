// backstop replay: the history judged again, under the table in force or a policy that is tried.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "app/basis.h"
#include "app/command.h"
#include "app/exit_code.h"
#include "app/replay_change.h"
#include "app/replay_page.h"
#include "app/scan_progress.h"
#include "app/when.h"

namespace backstop::app {
namespace {

struct Options {
  Settings settings;
  PolicyChange change;
  std::string since = "14d";
  bool json = false;
};

void print_difference(const Options& options, const Difference& difference) {
  if (options.json) {
    fmt::print("{}\n", render_difference_json(difference));
  } else {
    fmt::print("{}", render_difference(difference));
  }
}

Result<ReplayResult> count(store::HistoryScan& scan, replay::Replay& replay, Instant from,
                           Instant to) {
  ProgressLine progress;
  std::uint64_t total = 0;
  if (progress.is_shown()) {
    BS_TRY(total, scan.count(from, to));
  }
  return run_replay(scan, replay,
                    {.from = from, .to = to, .on_progress = [&](std::uint64_t messages) {
                       progress.show_rows(messages, total);
                     }});
}

int run_replay_command(const Options& options) {
  const auto basis = load_basis(options.settings, "");
  if (!basis) return report_error(basis.error(), kExitBadConfig);
  const auto from = parse_when(options.since, "--since", basis->now);
  if (!from) return report_error(from.error());
  const auto next = apply_change(basis->config, options.change);
  if (!next) return report_error(next.error(), kExitBadConfig);
  auto scan = store::HistoryScan::open(basis->config.store_directory);
  if (!scan) {
    Error error = scan.error();
    if (error.code == Errc::NotFound)
      error.detail = "There is no history: backstopd has judged nothing with that store.directory.";
    return report_error(error, kExitFound);
  }
  std::optional<proof::SentHasher> hasher;
  if (basis->ring != nullptr) hasher.emplace(basis->ring->ring_secret());
  const bool is_changed = !options.change.empty();
  replay::Replay replay = is_changed
                              ? replay::Replay(basis->config, *next, hasher ? &*hasher : nullptr)
                              : replay::Replay();
  const auto result = count(*scan, replay, *from, basis->now + Seconds{1});
  if (!result) return report_error(result.error(), kExitFound);
  const std::string change = say_change(options.change);
  if (options.json) {
    fmt::print("{}\n", render_replay_json(*result, change));
    for (const Difference& difference : result->harm)
      print_difference(options, difference);
  } else {
    fmt::print("{}", render_replay_page(*result, change));
  }
  if (result->differ == 0) return kExitGood;
  const auto shown = visit_differences(*scan, replay, *result, [&](const Difference& difference) {
    print_difference(options, difference);
  });
  return shown ? kExitFound : report_error(shown.error(), kExitFound);
}

}  // namespace

void add_replay_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command =
      app.add_subcommand("replay", "Judge the history again: what another policy would have done");
  const auto options = std::make_shared<Options>();
  command->add_option("--since", options->since, "From when on: 14d, 12h, or a date")
      ->type_name("WHEN")
      ->capture_default_str();
  command
      ->add_option("--policy", options->change.file,
                   "Configuration text to lay over the one in force: only what it names changes")
      ->type_name("FILE");
  command
      ->add_option("--mode", options->change.modes,
                   "Try a mode for a domain or an address; may be given again")
      ->type_name("SUBJECT=MODE");
  command
      ->add_option("--exempt", options->change.exempts,
                   "Try to leave an address of yours alone, or a client's network; may be given "
                   "again")
      ->type_name("ADDRESS|NETWORK");
  command
      ->add_option("--action", options->change.actions,
                   "Try an action for a kind or an address, by verdict; may be given again")
      ->type_name("NAME.VERDICT=DECISION");
  declare_settings(*command, options->settings);
  command->add_flag("--json", options->json, "JSON Lines: a summary, then a line a message");
  command->footer(render_examples(
      {"backstop replay                                   is all judged as it was? exits 0 or 1",
       "backstop replay --mode example.com=enforce        what enforce would have refused",
       "backstop replay --since 2d --policy new.toml      before new.toml is put in force",
       "backstop replay --exempt sales@example.com --action auto-reply.unproven=accept"}));
  command->callback(
      [options, &chosen] { chosen.run = [options] { return run_replay_command(*options); }; });
}

}  // namespace backstop::app
