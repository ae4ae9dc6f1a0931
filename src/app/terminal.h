// What can be shown where a stream goes.
#pragma once

#include <cstddef>

namespace backstop::app {

struct Terminal {
  bool is_terminal = false;
  std::size_t columns = 80;  // 80 when nobody says.
  bool colour = false;       // A terminal, and NO_COLOR is not set (no-color.org).
  bool utf8 = false;         // A terminal, and the locale's characters are UTF-8.
};

// `fd`: STDOUT_FILENO or STDERR_FILENO.
Terminal look_at_terminal(int fd);

}  // namespace backstop::app
