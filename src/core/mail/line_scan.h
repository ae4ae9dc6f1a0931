// Searches for lines by what they begin with, many bytes at a time.
#pragma once

#include <cstddef>
#include <string_view>

namespace backstop::mail {

// The place of the first line at `from` or later that begins with "From ", or with what there is of
// it at the end of the text; npos when there is none.  A line begins behind `line_end`; place 0 is
// not looked at.  REQUIRES: from > 0.
std::size_t find_from(std::string_view text, std::size_t from, char line_end);

// The same for a line that begins so or with "co", in any case, or that is empty or may be ('\r').
std::size_t find_header_stop(std::string_view text, std::size_t from, char line_end);

// The same for a line that begins with '-', after a '\n'.
std::size_t find_dash(std::string_view text, std::size_t from);

}  // namespace backstop::mail
