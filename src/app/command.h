// The commands of `backstop`: each stands in its own cmd_NAME.cc and declares itself to CLI11.
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <optional>

namespace backstop::app {

// What the command line chose.  A command's callback sets `run`; main calls it and exits with what
// it returns (app/exit_code.h).
struct Chosen {
  std::function<int()> run;
};

void add_canary_command(CLI::App& app, Chosen& chosen);
void add_backup_command(CLI::App& app, Chosen& chosen);
void add_check_command(CLI::App& app, Chosen& chosen);
void add_coverage_command(CLI::App& app, Chosen& chosen);
void add_estimate_command(CLI::App& app, Chosen& chosen);
void add_explain_command(CLI::App& app, Chosen& chosen);
void add_keys_command(CLI::App& app, Chosen& chosen);
void add_logs_command(CLI::App& app, Chosen& chosen);
void add_mode_command(CLI::App& app, Chosen& chosen);
void add_play_command(CLI::App& app, Chosen& chosen);
void add_quarantine_command(CLI::App& app, Chosen& chosen);
void add_read_command(CLI::App& app, Chosen& chosen);
void add_replay_command(CLI::App& app, Chosen& chosen);
void add_restore_command(CLI::App& app, Chosen& chosen);
void add_review_command(CLI::App& app, Chosen& chosen);
void add_rules_command(CLI::App& app, Chosen& chosen);
void add_scan_command(CLI::App& app, Chosen& chosen);
void add_setup_command(CLI::App& app, Chosen& chosen);
void add_sign_command(CLI::App& app, Chosen& chosen);
void add_simulate_command(CLI::App& app, Chosen& chosen);
void add_status_command(CLI::App& app, Chosen& chosen);
void add_tags_command(CLI::App& app, Chosen& chosen);
void add_verify_command(CLI::App& app, Chosen& chosen);
void add_why_command(CLI::App& app, Chosen& chosen);

// Nothing when the command line was read; else it has been answered (help, version, a complaint)
// and this is the exit code.
std::optional<int> parse_command_line(CLI::App& app, int argc, char** argv);

// "Examples:" with one line each, for CLI::App::footer().
std::string render_examples(std::initializer_list<std::string_view> lines);

}  // namespace backstop::app
