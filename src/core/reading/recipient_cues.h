// The words and marks around an address in a notice by which a recipient is told from a sender, a
// contact or a message-id, in the languages the products write.
//
// All take text in lower case (ASCII).  Pure and total; any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace backstop::reading {

// What the words directly before an address make of it.
enum class Label : std::uint8_t {
  None,
  Recipient,  // "recipient:", "rcpt to:", "could not be delivered to".
  To,         // "to:", which may be a list, or the field of a header.
  Other,      // "from:", "sender", "contact".
  MessageId,
};
Label label_before(std::string_view before);

// "The following recipients", "could not be delivered to": addresses are expected below.
bool announces_recipients(std::string_view line);
// Words of failure: unknown, full, rejected.
bool tells_failure(std::string_view text);
// Words that offer help: the addresses near are nobody's who failed.
bool invites_contact(std::string_view text);
// An SMTP reply or status code that tells of a failure: "550 ", "550-5.1.1", "#5.1.1".
bool holds_reply(std::string_view line);
// "Reason:", "Error:", "The response was:".
bool begins_reason(std::string_view line);
// "Received: from ...", "Return-Path: <...>": the header of the returned message.
bool is_trace_line(std::string_view line);
// A line that begins a common field of a message header.
bool is_header_line(std::string_view line);
// Only dashes and alike, with or without words between: "--- Transcript ---".
bool is_rule(std::string_view line);
// Only brackets, bullets, quotation marks and white space.
bool is_decoration(std::string_view text);
// `after` an address at the beginning of a line, what says more of it: ": 550", " (unknown)".
bool begins_diagnostic(std::string_view after);
// `text` without the brackets and colons at its beginning.
std::string_view without_decoration_before(std::string_view text);

}  // namespace backstop::reading
