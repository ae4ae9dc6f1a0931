// Small whole files: read with a limit, written so that no reader and no crash ever sees half a
// file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace backstop::os {

// Errors: Errc::NotFound, Errc::Denied, Errc::Limit past `bytes_max`, Errc::Invalid for what is no
// regular file (a FIFO is refused, not waited for); `where` is the path.
Result<std::string> read_text_file(const std::string& path, std::size_t bytes_max);

// Replaces the file: written to PATH.tmp with the permissions `mode`, flushed, renamed, and the
// directory flushed.  After an error or a crash the file is the old or the new one.  Errors:
// Errc::Denied, Errc::NotFound for its directory, Errc::Invalid when it is there and is no regular
// file, Errc::Unavailable (a full disk); `where` is the path.
Result<void> write_text_file(const std::string& path, std::string_view text, std::uint32_t mode);

}  // namespace backstop::os
