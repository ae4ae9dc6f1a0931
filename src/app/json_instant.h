// A moment in what a command tells a program.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/time.h"

namespace backstop::app {

// "2026-11-21T12:00:00Z"; null for nothing.
inline nlohmann::json json_of(const std::optional<Instant>& instant) {
  return instant ? nlohmann::json(render_instant(*instant)) : nlohmann::json();
}

}  // namespace backstop::app
