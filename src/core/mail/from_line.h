// The line that begins a message in an mbox: "From sender date", as RFC 4155 names it and as
// writers of mboxes have it in fact.
#pragma once

#include <string_view>

namespace backstop::mail {

// "From " with a time and a year behind it, so that a sentence which begins with "From " is none.
// Takes the line with its end or without.
bool is_from_line(std::string_view line);

// Narrower: one word for the sender, a weekday, a month, a day, a time and a year, as ctime(3)
// orders them; zones and UUCP's "remote from" may stand behind.
bool is_strict_from_line(std::string_view line);

// "From " and no more than a dash: what Thunderbird writes when it knows no date.
bool is_bare_from_line(std::string_view line);

// "Name:" at its beginning, as RFC 5322 §2.2 spells a name.
bool begins_field(std::string_view line);

// The sender that a From_ line names (without "From "); "" where writers fill the place with "-" or
// "???@???".
std::string_view from_line_sender(std::string_view rest);

}  // namespace backstop::mail
