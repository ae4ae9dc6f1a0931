// A moment as the command line names it.
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"

namespace backstop::app {

// "2d" and "12h" back from `now`, or a date: "2026-11-19", "2026-11-19T08:00:00Z".  Errors:
// Errc::Invalid, `where` is `option`.
Result<Instant> parse_when(std::string_view text, std::string_view option, Instant now);

}  // namespace backstop::app
