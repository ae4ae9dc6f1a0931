// Time as the core knows it: passed in, UTC, whole seconds.  Nothing here asks a clock.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace backstop {

using Seconds = std::chrono::seconds;
using Days = std::chrono::days;
using Instant = std::chrono::sys_seconds;  // UTC, no leap seconds.

// "2026-11-21T03:23:34Z" (RFC 3339, `Z` or `z` or a numeric offset; fractions are cut off), or a
// bare date "2026-11-21" for its first second.  Errors: Errc::Invalid; years 1970 to 9999 only.
Result<Instant> parse_instant(std::string_view text);
// The form above with `Z`; always 20 characters for years up to 9999.
std::string render_instant(Instant instant);

// "90s", "15m", "12h", "21d", "2w": a whole number and a unit, no sign, at most 100 years.
// Errors: Errc::Invalid with a sentence that shows the form.
Result<Seconds> parse_duration(std::string_view text);
// The shortest of the forms above that is exact: 86400 s -> "1d", 90 s -> "90s".
std::string render_duration(Seconds duration);

}  // namespace backstop
