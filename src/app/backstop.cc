// backstop: the command line.
#include <fmt/core.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>

#include "app/command_line.h"
#include "app/exit_code.h"

namespace {

int run(int argc, char** argv) {
  using namespace backstop::app;
  CLI::App app;
  Chosen chosen;
  declare_backstop(app, chosen);
  if (const auto answered = parse_command_line(app, argc, argv)) return *answered;
  return chosen.run ? chosen.run() : kExitUsage;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int code = run(argc, argv);
    // What was printed may stand in a buffer still.
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      fmt::print(stderr, "backstop: standard output took only a part: {}\n", std::strerror(errno));
      return backstop::app::kExitTryAgain;
    }
    return code;
  } catch (const std::exception& error) {
    fmt::print(stderr, "backstop: {}\n", error.what());
    return backstop::app::kExitTryAgain;
  }
}
