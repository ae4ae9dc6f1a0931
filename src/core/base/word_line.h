// Lines of words with single blanks between: the form of the small files that we keep for
// ourselves.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace backstop {

// The words of the next line that holds any and is no comment ('#'), which is taken off `text`;
// nothing at the end.  At most 32 words; what follows them is the last one's.  Views into `text`.
std::optional<std::vector<std::string_view>> take_word_line(std::string_view& text);

// Any text as one word, without blanks, commas, controls and bytes beyond ASCII, and back.  "" is
// "", which is no word of a line: the caller writes something else for it.
std::string escape_word(std::string_view text);
// Nothing for a text that escape_word() does not make.
std::optional<std::string> unescape_word(std::string_view text);

}  // namespace backstop
