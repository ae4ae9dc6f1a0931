// Prometheus' text format, version 0.0.4:
// https://prometheus.io/docs/instrumenting/exposition_formats/
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace backstop::metrics {

inline constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

// All metrics in the order of the table.  A series is shown from the start, so that its first
// increase is seen; a gauge nobody has set is not.  REQUIRES: as many cells as cell_count().
std::string render_exposition(std::span<const std::int64_t> cells);

// A label's value between its quotes, and a help text: backslash, quote (not in help) and line end.
std::string escape_label(std::string_view value);
std::string escape_help(std::string_view help);

}  // namespace backstop::metrics
