// Runs one of the mail server's own programs and waits for it.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"

namespace backstop::mta {

struct Outcome {
  int exit_code = 0;
  std::string output;  // Standard output.
  std::string words;   // Standard error.
  bool cut = false;    // There was more than was asked for.
};

struct ProgramTalk {
  std::string_view input = {};  // Its standard input.
  std::size_t output_bytes = limits::kMtaOutputBytes;
};

// Runs words[0], an absolute path as seen below `root`, chrooted there when `root` is not "/", with
// `talk.input` on standard input and a plain environment.  Standard error is a terminal to the
// program: Postfix's programs complain to syslog alone when it is none.  Output past
// `talk.output_bytes` is dropped.  Errors: Errc::NotFound when it cannot be started,
// Errc::Denied when this user may not change root, Errc::Unavailable when it does not end within
// `wait` (it is killed then) or dies by a signal.
Result<Outcome> run_program(const std::string& root, const std::vector<std::string>& words,
                            std::chrono::seconds wait, const ProgramTalk& talk = {});

// Starts words[0] in the same way, in a session of its own and with nothing to talk to, and waits
// at most `wait` for its end: true when it has ended, whatever it made of it.  It is never killed,
// and lives on when this process ends.  Errors: Errc::NotFound and Errc::Denied as above;
// Errc::Unavailable when no process can be made.
Result<bool> start_program(const std::string& root, const std::vector<std::string>& words,
                           std::chrono::milliseconds wait);

}  // namespace backstop::mta
