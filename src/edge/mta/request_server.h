// The doors for requests: socketmap, policy delegation, the line protocol and RSPAMC.  What each
// says stands in docs/formats/doors.md.
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

// REQUIRES: all outlive the server; each may be used from any thread.
struct RequestServerPorts {
  const ports::Clock& clock;
  const ports::SurroundingsSource& surroundings;
  ports::Answers& answers;
  ports::LogSink& log;
  ports::Ledger* ledger = nullptr;         // Null: what is sent is not remembered.
  ports::History* history = nullptr;       // Null: what is judged is not remembered.
  ports::WrongTags* wrong_tags = nullptr;  // Null: searches for tags go unnoticed.
  // Called from any thread when a message may have passed unsigned.
  std::function<void(Instant)> on_passed_by = {};
};

// As door::Server, which has the contracts.
class RequestServer {
 public:
  static Result<std::unique_ptr<RequestServer>> start(const RequestServerOptions& options,
                                                      const RequestServerPorts& ports);
  ~RequestServer();
  RequestServer(const RequestServer&) = delete;
  RequestServer& operator=(const RequestServer&) = delete;

  // In the order socketmap, policy, line, rspamd.
  const std::vector<config::Endpoint>& endpoints() const;
  std::size_t connections() const;
  bool answers();
  void stop();
  void wait();

 private:
  struct Parts;
  explicit RequestServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace backstop::mta
