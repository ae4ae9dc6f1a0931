#include "app/command.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>

#include "app/exit_code.h"

namespace backstop::app {

std::optional<int> parse_command_line(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked = error.get_exit_code() == 0;
    app.exit(error);
    return asked ? kExitGood : kExitUsage;
  }
  return std::nullopt;
}

std::string render_examples(std::initializer_list<std::string_view> lines) {
  std::string out = "Examples:\n";
  for (const std::string_view line : lines) {
    out += "  ";
    out += line;
    out += '\n';
  }
  return out;
}

}  // namespace backstop::app
