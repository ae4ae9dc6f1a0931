// A message's own file in a queue, where the server has no command for what is to be changed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"

namespace backstop::mta {

// At most limits::kHeldTextBytes of the file's beginning.  `path`: of this host.  Errors:
// Errc::NotFound, Errc::Denied, Errc::Invalid for what is no regular file.
Result<std::string> read_queue_file(const std::string& path);

// Writes the seconds of `now` over those that stand at `offset`, as many digits as there are, when
// the file still says `before` there.  Errors: Errc::NotFound when it is gone or says something
// else, Errc::Denied, Errc::Unavailable.
Result<void> renew_time(const std::string& path, std::size_t offset, std::string_view before,
                        Instant now);

}  // namespace backstop::mta
