// Lines of words with single blanks between, as both files of coverage have them.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace backstop::coverage {

// The words of the next line that holds any and is no comment, which is taken off `text`; nothing
// at the end.  At most 16 words; what follows them is the last one's.
std::optional<std::vector<std::string_view>> take_line(std::string_view& text);

}  // namespace backstop::coverage
