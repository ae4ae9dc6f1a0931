// The addresses of this host's interfaces.
#pragma once

#include <vector>

#include "core/base/ip.h"

namespace backstop::os {

// Loopback and private ones among them; empty when they cannot be asked for.  Any thread.
std::vector<IpAddress> own_addresses();

}  // namespace backstop::os
