// backstopd: the daemon that guards a mail server.
#include <fmt/core.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <exception>

#include "app/command_line.h"
#include "app/daemon.h"
#include "app/exit_code.h"

namespace {

int run(int argc, char** argv) {
  using namespace backstop::app;
  CLI::App app;
  DaemonChoice choice;
  declare_backstopd(app, choice);
  if (const auto answered = parse_command_line(app, argc, argv)) return *answered;
  return choice.test_only ? test_configuration(choice.settings) : run_daemon(choice.settings);
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
