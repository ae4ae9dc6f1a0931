// The messages of a scan as CSV (RFC 4180, with LF): one row each, for spreadsheets.
//
// What stands in a mail may be written to be run by whoever opens the table: a value that begins
// like a formula gets an apostrophe before it.  No body is ever in it.
#pragma once

#include <string>
#include <string_view>

#include "app/scan_batch.h"
#include "core/reading/reading.h"
#include "core/survey/sighting.h"
#include "edge/mailbox/message_place.h"

namespace backstop::app {

// Of the message itself, beside what was read of it.
struct CsvMessage {
  mailbox::MessagePlace place;
  std::string from;
  std::string subject;
  std::string_view verdict;  // "" when nobody was asked.
};

std::string_view csv_header();  // With its line end.
void append_csv_row(std::string& out, const CsvMessage& message, const reading::Reading& reading,
                    const survey::Sighting& sighting, Redaction redaction);

// One value, quoted where it must be.  Line ends become blanks, what deceives() and bytes that are
// no UTF-8 U+FFFD; a leading =, +, - or @ gets an apostrophe before it.
void append_csv_value(std::string& out, std::string_view value);

}  // namespace backstop::app
