// The files of a Maildir (https://cr.yp.to/proto/maildir.html).
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace backstop::mailbox {

// A folder that holds cur/ and new/.
bool is_maildir(const std::string& path);

// The message files of cur/ and new/, by name; tmp/ is left alone.  Errors: Errc::NotFound, Denied,
// Unavailable with the folder in `where`; Errc::Limit past limits::kMailboxFiles.
Result<std::vector<std::string>> list_maildir(const std::string& path);

}  // namespace backstop::mailbox
