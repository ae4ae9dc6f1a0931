// Asks a unix socket whether somebody is there.
#pragma once

#include <string>

namespace backstop::app {

// False as well where this user may not connect, and where nobody could listen.
bool accepts_connections(const std::string& path);

}  // namespace backstop::app
