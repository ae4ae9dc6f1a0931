#include "app/command_line.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace backstop::app {

void declare_backstop(CLI::App& app, Chosen& chosen) {
  app.name("backstop");
  app.description("Backstop keeps misdirected bounces out and lets genuine ones in.");
  app.set_version_flag("--version", "backstop " BACKSTOP_VERSION);
  app.require_subcommand(1);
  app.footer(render_examples(
      {"backstop read bounce.eml            what a message is, and whether we sent what it answers",
       "backstop scan ~/Maildir             what is in a mailbox, and how much of it is "
       "backscatter",
       "backstop keys list                  the keys and what each may do",
       "backstop explain no-proof-of-origin what a reason in the log means",
       "backstop status                     is all well, and when may a domain enforce",
       "backstop why 4fzXL83qRTz1xW         what became of a message, and for what reasons",
       "backstop check                      configuration, keys and sockets"}));
  add_canary_command(app, chosen);
  add_backup_command(app, chosen);
  add_check_command(app, chosen);
  add_coverage_command(app, chosen);
  add_estimate_command(app, chosen);
  add_explain_command(app, chosen);
  add_keys_command(app, chosen);
  add_logs_command(app, chosen);
  add_mode_command(app, chosen);
  add_play_command(app, chosen);
  add_quarantine_command(app, chosen);
  add_read_command(app, chosen);
  add_replay_command(app, chosen);
  add_restore_command(app, chosen);
  add_review_command(app, chosen);
  add_rules_command(app, chosen);
  add_scan_command(app, chosen);
  add_setup_command(app, chosen);
  add_sign_command(app, chosen);
  add_simulate_command(app, chosen);
  add_status_command(app, chosen);
  add_tags_command(app, chosen);
  add_verify_command(app, chosen);
  add_why_command(app, chosen);
}

void declare_backstopd(CLI::App& app, DaemonChoice& choice) {
  app.name("backstopd");
  app.description("Signs outgoing mail and judges inbound bounces for a mail server.");
  app.set_version_flag("--version", "backstopd " BACKSTOP_VERSION);
  app.footer(render_examples(
      {"backstopd                          with /etc/backstop/backstop.toml, in the foreground",
       "backstopd --test-config            say what is wrong, start nothing",
       "backstopd --defaults --state /tmp/b --domain example.com   try it: keys are made, observe",
       "kill -HUP PID                      read the configuration again; a bad one changes "
       "nothing"}));
  declare_settings(app, choice.settings);
  app.add_flag("--test-config", choice.test_only, "Read configuration and keys, start nothing");
}

}  // namespace backstop::app
