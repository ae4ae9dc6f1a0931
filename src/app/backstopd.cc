// backstopd: the daemon that guards a mail server.
#include <fmt/core.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <exception>

#include "app/command.h"
#include "app/daemon.h"
#include "app/exit_code.h"

namespace {

int run(int argc, char** argv) {
  using namespace backstop::app;
  CLI::App app("Signs outgoing mail and judges inbound bounces for a mail server.", "backstopd");
  app.set_version_flag("--version", "backstopd " BACKSTOP_VERSION);
  app.footer(render_examples(
      {"backstopd                          with /etc/backstop/backstop.toml, in the foreground",
       "backstopd --test-config            say what is wrong, start nothing",
       "backstopd --defaults --state /tmp/b --domain example.com   try it: keys are made, observe",
       "kill -HUP PID                      read the configuration again; a bad one changes "
       "nothing"}));
  Settings settings;
  declare_settings(app, settings);
  bool test_only = false;
  app.add_flag("--test-config", test_only, "Read configuration and keys, start nothing");
  if (const auto answered = parse_command_line(app, argc, argv)) return *answered;
  return test_only ? test_configuration(settings) : run_daemon(settings);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "backstopd: {}\n", error.what());
    return backstop::app::kExitTryAgain;
  }
}
