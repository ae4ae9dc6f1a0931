// The lines of a run in the watch's file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/watch/features.h"
#include "core/watch/run_state.h"

namespace backstop::watch {

// "run ID ...", and the lines that belong to it.
void render_run(const Run& run, std::string& out);
// A line of such a run; false when it is none.  `run`: the one of the line "run" before it.
bool parse_run_line(const std::vector<std::string_view>& words, Run& run);

// "feature SORT HASH RUN N OURS LAST TEXT".
void render_feature(std::uint64_t hash, const Feature& feature, std::string& out);
bool parse_feature(const std::vector<std::string_view>& words, FeatureTable& features);

}  // namespace backstop::watch
