// Sockets handed over by systemd (sd_listen_fds(3)).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace backstop::door {

struct ActivatedSocket {
  int descriptor = -1;
  std::string name;  // FileDescriptorName= of the socket unit.
};

// From the values of LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES, each "" when not set.  Nothing when
// they are meant for another process or are not of their form; at most 64 sockets.
std::vector<ActivatedSocket> parse_activation(std::string_view pid, std::string_view count,
                                              std::string_view names, long own_pid);

// From this process's environment.
std::vector<ActivatedSocket> activated_sockets();

}  // namespace backstop::door
