// Changes one value in the text of a configuration file, and nothing else: comments, order, line
// ends and spelling stay as the operator wrote them.
//
// Pure and total; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/policy/policy.h"

namespace backstop::config {

// The text with that mode for `subject`: a canonical domain (mail::canonical_domain), or a
// canonical address (mail::canonical).  The value is replaced where it stands; else a line is put
// into the subject's table; else a table is put at the end.  The result is read again and holds
// exactly the values of `text` but this one.
//
// Errors: those of parse_config for `text`; Errc::Unsupported with file and line where the value
// stands in a form that is not edited: an inline table, or two spellings of one subject.
Result<std::string> with_mode(std::string_view text, std::string_view origin,
                              std::string_view subject, policy::Mode mode);

// Likewise the time until which a domain is enforced whatever is missing.
Result<std::string> with_forced_until(std::string_view text, std::string_view origin,
                                      std::string_view domain, Instant until);

}  // namespace backstop::config
