// What came from outside, made safe to show.  A log line, a terminal and an SMTP reply each have
// their own escape; nothing foreign reaches them by another way.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace backstop {

// Of characters that draw nothing themselves but change what is seen or where a line ends:
// controls, bidirectional overrides and isolates, zero width characters, line and paragraph
// separators.
bool deceives(char32_t c);
// Whether the first character of `text`, valid UTF-8, is one of these.
bool begins_deceiving(std::string_view text);

// One logged value: printable ASCII and valid UTF-8 beyond it as they are; control characters, DEL,
// C1 controls, bidirectional overrides, invalid bytes and backslash as \xNN (\\ for backslash). The
// result is wrapped in double quotes, with \" inside, when it holds a space, '=', '"', or nothing.
std::string escape_log(std::string_view text);

// For a terminal: as escape_log, but never quoted, and newline is shown as \n.
std::string escape_terminal(std::string_view text);

// For the text of an SMTP reply: printable ASCII only, all else '?', at most `bytes_max`.
std::string escape_reply(std::string_view text, std::size_t bytes_max);

}  // namespace backstop
