// Why a message was not delivered, told from a server's answer and its status code.
//
// Words come before codes: 5.7.1 and 550 stand for everything, and the words were written by
// somebody who knew.  Pure and total; any thread.
#pragma once

#include <string_view>

#include "core/reading/reading.h"

namespace backstop::reading {

// `diagnostic` as a server or the reporting product wrote it, UTF-8; `status` an RFC 3463 code or
// "".  Unknown when neither tells.
FailureReason decide_failure_reason(std::string_view diagnostic, std::string_view status);

// What an enhanced status code alone says (RFC 3463 §3 and the IANA registry of its successors).
// Unknown for codes that only say "other".
FailureReason reason_of_status(std::string_view status);

// True for the reasons by which a server says that it knew what it sent back.
bool says_source_knew(FailureReason reason);

// The words, of all that `diagnostic` holds, by which it was told to be spam or a virus; "" when it
// was told by none.
std::string_view words_of_source_knew(std::string_view diagnostic);

}  // namespace backstop::reading
