// backstop backup and backstop restore.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/backup_making.h"
#include "app/command.h"
#include "app/exit_code.h"
#include "app/interrupt.h"
#include "app/restoring.h"
#include "app/settings.h"
#include "app/terminal.h"
#include "app/text_page.h"
#include "core/base/escape.h"
#include "edge/os/clock.h"

namespace backstop::app {
namespace {

using Json = nlohmann::json;

struct Options {
  Settings settings;
  std::string file;
  std::string to;
  bool without_keys = false;
  bool keys_only = false;
  bool force = false;
  bool json = false;
};

int report(const Error& error) {
  return report_error({error.code, escape_terminal(error.where), escape_terminal(error.detail)},
                      error.code == Errc::Exists ? kExitFound : kExitBadConfig);
}

void print_json(const Json& line) {
  fmt::print("{}\n", line.dump(-1, ' ', false, Json::error_handler_t::replace));
}

int run_backup(const Options& options) {
  const auto config = load_config(options.settings);
  if (!config) return report(config.error());
  BackupPlan plan;
  plan.path = options.file;
  plan.now = os::SystemClock().now();
  plan.stop = &watch_interrupt();
  if (!options.without_keys) plan.keys_directory = config->keys_directory;
  if (!options.keys_only) {
    plan.store_directory = config->store_directory;
    if (!options.settings.defaults) plan.config_path = options.settings.config_path;
  }
  const bool shows = look_at_terminal(STDERR_FILENO).is_terminal;
  if (shows) {
    plan.on_file = [](const std::string& name) {
      fmt::print(stderr, "\r\x1b[Kbacking up {} ...", escape_terminal(name));
      std::fflush(stderr);
    };
  }
  const auto made = make_backup(plan);
  if (shows) fmt::print(stderr, "\r\x1b[K");
  if (!made) return report(made.error());
  for (const std::string& name : made->unknown)
    fmt::print(stderr, "backstop: {}/{} is no file of ours and is left out\n",
               escape_terminal(plan.store_directory), escape_terminal(name));
  const backup::Manifest& manifest = made->manifest;
  if (!options.json) {
    fmt::print("{}: {} of {}, from {} on everything is new\n", escape_terminal(options.file),
               count_of(manifest.files.size(), "file"), size_of(manifest.bytes()),
               render_instant(manifest.created));
    if (!options.without_keys) fmt::print("It holds keys: whoever has it can sign in your name.\n");
    return kExitGood;
  }
  Json files = Json::array();
  for (const backup::BackupFile& file : manifest.files)
    files.push_back({{"name", file.name},
                     {"bytes", file.bytes},
                     {"sha256", backup::render_digest(file.digest)}});
  print_json({{"v", 1},
              {"file", options.file},
              {"created", render_instant(manifest.created)},
              {"files", std::move(files)},
              {"left_out", made->left_out},
              {"unknown", made->unknown}});
  return kExitGood;
}

int run_restore(const Options& options) {
  const RestorePlan plan{.path = options.file,
                         .to = options.to,
                         .settings = options.settings,
                         .force = options.force,
                         .now = os::SystemClock().now(),
                         .stop = &watch_interrupt()};
  const auto done = restore_backup(plan);
  if (!done) return report(done.error());
  if (options.json) {
    print_json({{"v", 1},
                {"file", options.file},
                {"created", render_instant(done->manifest.created)},
                {"restored", done->restored},
                {"aside", done->aside}});
    return kExitGood;
  }
  for (const std::string& path : done->restored)
    fmt::print("{} is as it was at {}\n", escape_terminal(path),
               render_instant(done->manifest.created));
  for (const std::string& path : done->aside)
    fmt::print("What stood there is in {}\n", escape_terminal(path));
  fmt::print(
      "Start backstopd now: until its first beat, all time since then counts as a pause in "
      "signing,\nand bounces of mail of that time are marked, not refused.\n");
  return kExitGood;
}

}  // namespace

void add_backup_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command = app.add_subcommand(
      "backup", "Write keys, ledger, history and configuration into one file, while running");
  const auto options = std::make_shared<Options>();
  command->add_option("file", options->file, "The file to write, of mode 0600")
      ->required()
      ->type_name("FILE");
  auto* const without =
      command->add_flag("--without-keys", options->without_keys, "Leave the keys out");
  command->add_flag("--keys-only", options->keys_only, "Nothing but the keys")->excludes(without);
  declare_settings(*command, options->settings);
  command->add_flag("--json", options->json, "One JSON object");
  command->footer(render_examples(
      {"backstop backup /root/backups/backstop.tar.zst",
       "backstop backup --keys-only /root/backups/backstop-keys.tar.zst   for a safe place",
       "backstop backup --without-keys /srv/backups/backstop.tar.zst      each night"}));
  command->callback(
      [options, &chosen] { chosen.run = [options] { return run_backup(*options); }; });
}

void add_restore_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command = app.add_subcommand("restore", "Put a backup back, whole or not at all");
  const auto options = std::make_shared<Options>();
  command->add_option("file", options->file, "What `backstop backup` wrote")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--to", options->to,
                   "Into this directory, as keys, store and backstop.toml, instead of where the "
                   "configuration says")
      ->type_name("DIR");
  command->add_flag("--force", options->force,
                    "Although something newer stands there, which is moved aside");
  declare_settings(*command, options->settings);
  command->add_flag("--json", options->json, "One JSON object");
  command->footer(render_examples(
      {"backstop restore /root/backups/backstop.tar.zst           on an empty host; then start "
       "backstopd",
       "backstop restore --force /root/backups/backstop.tar.zst   what stands there is moved aside",
       "backstop restore --to /tmp/look /root/backups/backstop.tar.zst   only to look"}));
  command->callback(
      [options, &chosen] { chosen.run = [options] { return run_restore(*options); }; });
}

}  // namespace backstop::app
