// Sets a mode in the configuration file, and tells the daemon.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/policy/policy.h"

namespace backstop::app {

// Writes the mode of `subject` into the file (config::with_mode), and until when it is forced where
// that is given, and leaves the text as it was beside it, as PATH.before.  The path of that copy;
// "" when the file says so already.  Errors: as config::with_mode; Errc::Denied or
// Errc::Unavailable, and then the file is as it was.
Result<std::string> write_mode(const std::string& path, std::string_view subject, policy::Mode mode,
                               std::optional<Instant> forced_until = std::nullopt);

// Makes the daemon that lives on this store read its configuration again: its process id; nothing
// when none lives, or when this user may not tell it.
std::optional<std::uint32_t> tell_daemon(const std::string& store_directory, Instant now);

}  // namespace backstop::app
