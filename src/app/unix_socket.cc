#include "app/unix_socket.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

namespace backstop::app {

bool accepts_connections(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string name = path;
  int directory = -1;
  if (path.size() >= sizeof(address.sun_path)) {
    // Deep trees: reached through the open directory.
    const auto slash = path.rfind('/');
    directory = open(path.substr(0, slash).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return false;
    name = fmt::format("/proc/self/fd/{}{}", directory, path.substr(slash));
  }
  bool connected = false;
  if (name.size() < sizeof(address.sun_path)) {
    std::memcpy(address.sun_path, name.data(), name.size());
    const int socket_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket_fd >= 0) {
      // A full queue (EAGAIN) means that somebody is there, too busy to say so.
      connected =
          connect(socket_fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ||
          errno == EAGAIN;
      close(socket_fd);
    }
  }
  if (directory >= 0) close(directory);
  return connected;
}

}  // namespace backstop::app
