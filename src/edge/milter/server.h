// The milter door: listens where the configuration says, and runs one Session per connection.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/config/config.h"
#include "edge/door/activation.h"
#include "edge/door/door.h"
#include "edge/door/server.h"

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

// As door::Server::start.
Result<std::unique_ptr<door::Server>> start_server(const ServerOptions& options,
                                                   const door::ServerPorts& ports);

}  // namespace backstop::milter
