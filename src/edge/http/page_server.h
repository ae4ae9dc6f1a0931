// The server that shows one page over HTTP.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/http_limits.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/config/config.h"
#include "edge/door/activation.h"
#include "edge/door/door.h"
#include "edge/door/server.h"
#include "edge/http/page_conversation.h"

namespace backstop::http {

// The waits and counts of core/base/limits.h, as values that a test may make small.
inline constexpr door::Limits kPageLimits{.connections = limits::kHttpConnections,
                                          .idle = limits::kHttpIdle,
                                          .negotiation = limits::kHttpIdle,
                                          .drain = limits::kHttpDrain,
                                          .drain_idle = limits::kDoorDrainIdle,
                                          .ask_wait = limits::kAskWait};

struct PageServerOptions {
  std::string name;  // Of the door, in the log and among metrics: "metrics".
  std::vector<config::Endpoint> listen;
  std::uint32_t socket_mode = 0660;
  // For endpoints of Kind::Systemd.
  std::vector<door::ActivatedSocket> activated;
  door::Limits limits = kPageLimits;
};

// As door::Server::start.  What `page` renders from outlives the server.
Result<std::unique_ptr<door::Server>> start_page_server(const PageServerOptions& options, Page page,
                                                        const door::ServerPorts& ports);

}  // namespace backstop::http
