// backstop: the command line.
#include <fmt/core.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>

#include "app/command.h"
#include "app/exit_code.h"

namespace {

int run(int argc, char** argv) {
  using namespace backstop::app;
  CLI::App app("Backstop keeps misdirected bounces out and lets genuine ones in.", "backstop");
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
  Chosen chosen;
  add_check_command(app, chosen);
  add_explain_command(app, chosen);
  add_keys_command(app, chosen);
  add_mode_command(app, chosen);
  add_play_command(app, chosen);
  add_read_command(app, chosen);
  add_scan_command(app, chosen);
  add_setup_command(app, chosen);
  add_sign_command(app, chosen);
  add_status_command(app, chosen);
  add_verify_command(app, chosen);
  add_why_command(app, chosen);
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
