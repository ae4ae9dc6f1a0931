#include <string>

#include "app/command.h"

namespace backstop::app {

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
