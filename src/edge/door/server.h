// Listens where it is told, and leads each connection to the door behind its socket, on a few
// threads with an event loop each.
//
// Invariants
//   (1) A connection belongs to one thread for its life; what threads share is atomic or a port.
//   (2) An idle connection holds no buffer; an idle server is not woken.
//   (3) A peer that breaks its protocol, or stays silent past the limits, is dropped with one line
//       in the log.
//   (4) Only sockets of our own making are removed from the file system.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/config/config.h"
#include "edge/door/activation.h"
#include "edge/door/door.h"
#include "edge/door/server_ports.h"

namespace backstop::door {

struct Opening {
  config::Endpoint endpoint;
  Door* door = nullptr;  // Never null; outlives the server, or is part of ServerOptions::doors.
};

struct ServerOptions {
  std::string name;  // As World::name.
  std::vector<Opening> listen;
  unsigned threads = 1;  // 0 is 1.
  std::uint32_t socket_mode = 0660;
  // For endpoints of Kind::Systemd.
  std::vector<ActivatedSocket> activated;
  Limits limits;
  // What the doors are part of; let go when the last connection has ended.
  std::shared_ptr<void> doors = {};
};

class Server {
 public:
  // Listens and serves; raises the process's soft limit of open files as far as that needs and the
  // hard limit allows.  Errors: as of open_listeners (listener.h); then nothing is left behind.
  static Result<std::unique_ptr<Server>> start(const ServerOptions& options,
                                               const ServerPorts& ports);

  // stop() and wait().
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Where it listens, with the port the kernel chose; in the order of ServerOptions::listen.
  const std::vector<config::Endpoint>& endpoints() const;
  // Open connections.  Any thread.
  std::size_t connections() const;
  // Whether every thread has answered since the last call that said so, which is when they are
  // asked anew.  From one thread, and not after stop().
  bool answers();

  // No more connections; messages in flight, and those the mail server has not told us of yet, may
  // end within Limits::drain; a connection without one is closed when it has been silent for
  // Limits::drain_idle.  Returns at once.  Any thread, any number of times.
  void stop();
  // Until all is closed after stop().  From one thread.
  void wait();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace backstop::door
