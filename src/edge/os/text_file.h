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

}  // namespace backstop::os
