#include "app/confirm.h"

#include <fmt/core.h>

#include <cstdio>
#include <string>

namespace backstop::app {

bool confirm(std::string_view question) {
  fmt::print("{} [y/N] ", question);
  std::fflush(stdout);
  std::string answer;
  for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar())
    if (answer.size() < 8) answer += static_cast<char>(c);
  return answer == "y" || answer == "yes" || answer == "Y";
}

}  // namespace backstop::app
