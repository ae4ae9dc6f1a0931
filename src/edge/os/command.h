// Runs a program of the operator's and waits for it, not for ever.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace backstop::os {

struct CommandRun {
  int exit_code = 0;
  std::string output;  // Standard output and error, as they came; cut.
};

struct CommandLimits {
  std::chrono::milliseconds wait;
  std::size_t output_bytes = 0;
};

// Runs words[0], an absolute path, without a shell, with `input` on its standard input and
// `environment` ("NAME=value") as its whole environment.  Errors: Errc::NotFound or Errc::Denied
// when it cannot be started; Errc::Unavailable when it does not end in time, or `is_stopping`
// becomes true (it and what it started are killed then), or when it dies by a signal.  Any thread.
Result<CommandRun> run_command(const std::vector<std::string>& words,
                               const std::vector<std::string>& environment, std::string_view input,
                               const CommandLimits& limits, const std::atomic<bool>& is_stopping);

}  // namespace backstop::os
