// Ctrl-C asked once ends work in good order; asked twice it ends the program.
#pragma once

#include <atomic>

namespace backstop::app {

// From now on the first SIGINT or SIGTERM sets what is returned, and the second does what it always
// did.  REQUIRES: called from the main thread, before others are started.
const std::atomic<bool>& watch_interrupt();

}  // namespace backstop::app
