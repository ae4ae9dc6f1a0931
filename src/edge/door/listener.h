// Listening sockets: made at a path or a port, or taken over from systemd.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "core/base/result.h"
#include "core/config/config.h"
#include "edge/door/activation.h"

namespace backstop::door {

// A listening, non-blocking socket.  Closes it at the end, and removes its path when it made it.
class Listener {
 public:
  ~Listener();
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&&) = delete;

  int descriptor() const { return descriptor_; }
  bool is_inet() const { return is_inet_; }
  // As bound: with the port the kernel chose.
  const config::Endpoint& endpoint() const { return endpoint_; }
  // Now already; does nothing the second time.
  void close();

 private:
  friend Result<std::vector<Listener>> open_listeners(
      const config::Endpoint& endpoint, std::uint32_t socket_mode,
      const std::vector<ActivatedSocket>& activated);
  Listener() = default;
  Result<void> bind_unix(std::uint32_t socket_mode);
  Result<void> bind_inet();
  Result<void> take_over(const ActivatedSocket& socket);
  Result<void> listen_now();

  int descriptor_ = -1;
  bool is_inet_ = false;
  bool owns_path_ = false;
  dev_t path_device_ = 0;
  ino_t path_inode_ = 0;
  config::Endpoint endpoint_;
};

// One socket for a path or port; for systemd all that were handed over under the endpoint's name,
// or all there are when it has none.  A socket left behind at the path is replaced when nobody
// answers there.  Errors: Errc::Exists when a daemon answers, or the path is no socket;
// Errc::NotFound when the folder or systemd's socket is missing; Errc::Denied; Errc::Unavailable.
Result<std::vector<Listener>> open_listeners(const config::Endpoint& endpoint,
                                             std::uint32_t socket_mode,
                                             const std::vector<ActivatedSocket>& activated);

}  // namespace backstop::door
