// The named character references of HTML that stand for one character: those of HTML 4.01 §24, and
// of HTML 5 (§13.5) those of Latin Extended-A and Cyrillic.
#pragma once

#include <string_view>

namespace backstop::reading {

// "euro" -> U+20AC; 0 when there is none of that name.  Case matters.
char32_t html_entity(std::string_view name);

}  // namespace backstop::reading
