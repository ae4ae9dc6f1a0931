// The milter door: listens where the configuration says, and runs one Session per connection on a
// few threads, each with an event loop of its own.
//
// Invariants
//   (1) A connection belongs to one thread for its life; what threads share is atomic or a port.
//   (2) An idle connection holds no buffer; an idle server is not woken.
//   (3) A peer that breaks the protocol, or stays silent past the limits, is dropped with one line
//       in the log.
//   (4) Only sockets of our own making are removed from the file system.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/config/config.h"
#include "edge/milter/activation.h"
#include "ports/answers.h"
#include "ports/clock.h"
#include "ports/history.h"
#include "ports/ledger.h"
#include "ports/log_sink.h"
#include "ports/surroundings.h"

namespace backstop::milter {

// The waits and counts of core/base/limits.h, as values that a test may make small.
struct ServerLimits {
  std::size_t connections = limits::kMilterConnections;
  std::chrono::milliseconds idle = limits::kMilterIdle;
  std::chrono::milliseconds negotiation = limits::kMilterNegotiation;
  std::chrono::milliseconds drain = limits::kMilterDrain;
  std::chrono::milliseconds drain_idle = limits::kMilterDrainIdle;
  std::chrono::milliseconds ask_wait = limits::kAskWait;
};

struct ServerOptions {
  std::vector<config::Endpoint> listen;
  unsigned threads = 2;  // 0 is 1.
  std::uint32_t socket_mode = 0660;
  // For endpoints of Kind::Systemd.
  std::vector<ActivatedSocket> activated;
  ServerLimits limits;
};

// REQUIRES: all outlive the server; each may be used from any thread.
struct ServerPorts {
  const ports::Clock& clock;
  const ports::SurroundingsSource& surroundings;
  ports::Answers& answers;
  ports::LogSink& log;
  ports::Ledger* ledger = nullptr;    // Null: what is sent is not remembered.
  ports::History* history = nullptr;  // Null: what is judged is not remembered.
  // Called from any thread when a message may have passed unsigned: a fault, a connection given up.
  std::function<void(Instant)> on_passed_by = {};
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

  // Where it listens, with the port the kernel chose.
  const std::vector<config::Endpoint>& endpoints() const;
  // Open connections.  Any thread.
  std::size_t connections() const;

  // No more connections; messages in flight, and those the MTA has not told us of yet, may end
  // within ServerLimits::drain; a connection without one is closed when it has been silent for
  // ServerLimits::drain_idle.  Returns at once.  Any thread, any number of times.
  void stop();
  // Until all is closed after stop().  From one thread.
  void wait();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace backstop::milter
