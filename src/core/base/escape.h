// What came from outside, made safe to show.  A log line, a terminal and an SMTP reply each have
// their own escape; nothing foreign reaches them by another way.
#pragma once

#include <string>
#include <string_view>

namespace backstop {

// One logged value: printable ASCII and valid UTF-8 beyond it as they are; control characters, DEL,
// C1 controls, bidirectional overrides, invalid bytes and backslash as \xNN (\\ for backslash). The
// result is wrapped in double quotes, with \" inside, when it holds a space, '=', '"', or nothing.
std::string escape_log(std::string_view text);

// For a terminal: as escape_log, but never quoted, and newline is shown as \n.
std::string escape_terminal(std::string_view text);

// For the text of an SMTP reply: printable ASCII only, all else '?', at most `bytes_max`.
std::string escape_reply(std::string_view text, std::size_t bytes_max);

}  // namespace backstop
