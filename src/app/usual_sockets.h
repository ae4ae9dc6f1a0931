// Where backstopd listens when its configuration names no place.
#pragma once

#include <string>
#include <vector>

#include "core/config/config.h"

namespace backstop::app {

// ROOT/run/backstop/milter.sock, and ROOT/var/spool/postfix/backstop/milter.sock for a Postfix that
// changes its root, each where its directory is there.  `root` as for commands: "/" or a path
// without a slash at its end.
std::vector<config::Endpoint> usual_endpoints(const std::string& root);

}  // namespace backstop::app
