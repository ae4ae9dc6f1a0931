// Taking a log line apart from its front.  Each take_ function moves its first argument behind what
// it returns; total on any text.
#pragma once

#include <optional>
#include <string_view>

#include "edge/logs/log_line.h"

namespace backstop::logs {

// Up to the first `separator`, which is passed over; all of it when there is none.
std::string_view take_until(std::string_view& text, std::string_view separator);
// True, and passed over, when the text starts with it.
bool take_prefix(std::string_view& text, std::string_view prefix);
// "<path>" without its brackets; a '>' inside quotes is part of the path.  Quotes that never end
// are letters.  Nothing, and nothing taken, when there is no such thing at the front.
std::optional<std::string_view> take_path(std::string_view& text);
// Without one pair of brackets around it.
std::string_view strip_brackets(std::string_view text);
// "5.1.1" as the first word of that form, RFC 3463 §2; "" without one.
std::string_view find_dsn(std::string_view text);
bool is_queue_id(std::string_view text);

// The part of a line behind time, host and program.  They fill everything but time and program.
bool parse_postfix(std::string_view text, LogLine& line);
bool parse_exim(std::string_view text, LogLine& line);
bool parse_sendmail(std::string_view text, LogLine& line);

}  // namespace backstop::logs
