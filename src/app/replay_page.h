// A replay as a person and as a program reads it.
#pragma once

#include <string>
#include <string_view>

#include "app/replay_run.h"

namespace backstop::app {

// Counts, and what would be lost; nothing of the other differences.  `change`: what was tried, in
// words; "" where only the table in force was.
std::string render_replay_page(const ReplayResult& result, std::string_view change);
// One message a line, for a terminal.
std::string render_difference(const Difference& difference);

// JSON without a newline: {"v":1,"type":"summary"...} and {"v":1,"type":"message"...}.
std::string render_replay_json(const ReplayResult& result, std::string_view change);
std::string render_difference_json(const Difference& difference);

}  // namespace backstop::app
