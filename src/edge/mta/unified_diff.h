// The lines that differ between two texts, in the form that diff -u and patch know.
//
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace backstop::mta {

// "" when both are equal; else "--- NAME", "+++ NAME" and hunks with three lines of context.  Of
// texts whose differing middles exceed limits::kDiffLines together, the middle is shown as taken
// out and put in whole.
std::string unified_diff(std::string_view before, std::string_view after, std::string_view name);

}  // namespace backstop::mta
