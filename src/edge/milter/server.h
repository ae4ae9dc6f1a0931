// The milter door: listens where the configuration says, and runs one Session per connection.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/config/config.h"
#include "edge/door/activation.h"
#include "edge/door/door.h"
#include "ports/answers.h"
#include "ports/clock.h"
#include "ports/history.h"
#include "ports/ledger.h"
#include "ports/log_sink.h"
#include "ports/surroundings.h"
#include "ports/wrong_tags.h"

namespace backstop::milter {

// The waits and counts of core/base/limits.h, as values that a test may make small.
inline constexpr door::Limits kServerLimits{.connections = limits::kMilterConnections,
                                            .idle = limits::kMilterIdle,
                                            .negotiation = limits::kMilterNegotiation,
                                            .drain = limits::kMilterDrain,
                                            .drain_idle = limits::kMilterDrainIdle,
                                            .ask_wait = limits::kAskWait};

struct ServerOptions {
  std::vector<config::Endpoint> listen;
  unsigned threads = 2;  // 0 is 1.
  std::uint32_t socket_mode = 0660;
  // For endpoints of Kind::Systemd.
  std::vector<door::ActivatedSocket> activated;
  door::Limits limits = kServerLimits;
};

// REQUIRES: all outlive the server; each may be used from any thread.
struct ServerPorts {
  const ports::Clock& clock;
  const ports::SurroundingsSource& surroundings;
  ports::Answers& answers;
  ports::LogSink& log;
  ports::Ledger* ledger = nullptr;         // Null: what is sent is not remembered.
  ports::History* history = nullptr;       // Null: what is judged is not remembered.
  ports::WrongTags* wrong_tags = nullptr;  // Null: searches for tags go unnoticed.
  // Called from any thread when a message may have passed unsigned: a fault, a connection given up.
  std::function<void(Instant)> on_passed_by = {};
};

class Server {
 public:
  // As door::Server, which has the contracts.
  static Result<std::unique_ptr<Server>> start(const ServerOptions& options,
                                               const ServerPorts& ports);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const std::vector<config::Endpoint>& endpoints() const;
  std::size_t connections() const;
  bool answers();
  void stop();
  void wait();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace backstop::milter
