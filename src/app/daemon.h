// backstopd's life: start everything or nothing, serve, read again on SIGHUP, stop in peace.
#pragma once

#include "app/settings.h"

namespace backstop::app {

// Runs until SIGTERM or SIGINT.  Returns the exit code; every refusal to start has been said on
// standard error.  REQUIRES: called from the only thread.
int run_daemon(const Settings& settings);

// Reads configuration and keys, starts nothing.  Says what is wrong, or that all is well.
int test_configuration(const Settings& settings);

}  // namespace backstop::app
