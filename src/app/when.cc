#include "app/when.h"

namespace backstop::app {

Result<Instant> parse_when(std::string_view text, std::string_view option, Instant now) {
  if (const auto duration = parse_duration(text)) return now - *duration;
  if (const auto instant = parse_instant(text)) return *instant;
  return fail(Errc::Invalid, std::string(option),
              "write a duration back from now (2d, 12h) or a date (2026-11-19, "
              "2026-11-19T08:00:00Z)");
}

}  // namespace backstop::app
