// The doors for requests: socketmap, policy delegation, the line protocol and RSPAMC.  What each
// says stands in docs/formats/doors.md.
#pragma once

#include <memory>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/config/config.h"
#include "edge/door/activation.h"
#include "edge/door/door.h"
#include "edge/door/server.h"

namespace backstop::mta {

// The waits and counts of core/base/limits.h, as values that a test may make small.
inline constexpr door::Limits kRequestLimits{.connections = limits::kDoorConnections,
                                             .idle = limits::kDoorIdle,
                                             .negotiation = limits::kDoorFirstRequest,
                                             .drain = limits::kDoorDrain,
                                             .drain_idle = limits::kDoorDrainIdle,
                                             .ask_wait = limits::kAskWait};

struct RequestServerOptions {
  config::Doors doors;
  // For endpoints of Kind::Systemd.
  std::vector<door::ActivatedSocket> activated;
  door::Limits limits = kRequestLimits;
};

// As door::Server::start; its endpoints are in the order socketmap, policy, line, rspamd.
Result<std::unique_ptr<door::Server>> start_request_server(const RequestServerOptions& options,
                                                           const door::ServerPorts& ports);

}  // namespace backstop::mta
