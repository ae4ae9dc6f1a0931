#include "app/exit_code.h"

#include <fmt/core.h>

#include <cstdio>

namespace backstop::app {

int report_error(const Error& error, int otherwise) {
  fmt::print(stderr, "backstop: {}\n", error.text());
  return error.code == Errc::Unavailable ? kExitTryAgain : otherwise;
}

}  // namespace backstop::app
