// The form of a tag of ours, for mail servers that know regular expressions and not our code: what
// proof::is_draft_tag takes, in POSIX extended and in Perl's, case ignored.
#pragma once

#include <string_view>

namespace backstop::proof {

inline constexpr std::string_view kTagExpression = "[0-9]{4}[0-9a-f]{6}";

}  // namespace backstop::proof
