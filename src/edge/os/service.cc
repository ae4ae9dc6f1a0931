#include "edge/os/service.h"

#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <array>

namespace backstop::os {

void notify_service_manager(std::string_view state) {
  sd_notify(0, std::string(state).c_str());
}

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name.front() == '\0') return "localhost";
  return name.data();
}

}  // namespace backstop::os
