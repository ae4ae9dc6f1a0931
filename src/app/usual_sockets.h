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

// Where backstopd serves the milter protocol: milter.listen, or without it the usual ones.
std::vector<config::Endpoint> milter_endpoints(const config::Config& config,
                                               const std::string& root);

// Where mail servers ask for the maps: doors.socketmap, or without any the file map.sock beside
// each socket of the milter that is called milter.sock.  So mail for tagged senders finds its way
// though nobody wrote that down.
std::vector<config::Endpoint> map_endpoints(const config::Config& config, const std::string& root);

}  // namespace backstop::app
