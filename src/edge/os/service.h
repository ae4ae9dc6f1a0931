// What the service manager is told, and who this host is.
#pragma once

#include <string>
#include <string_view>

namespace backstop::os {

// sd_notify(3): "READY=1", "STOPPING=1", "RELOADING=1\nMONOTONIC_USEC=…".  Does nothing without
// one.
void notify_service_manager(std::string_view state);

// The host's name, "localhost" when it has none.
std::string host_name();

}  // namespace backstop::os
