// What stands behind a listening socket, and what all doors of a server have in common.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/time.h"
#include "edge/door/conversation.h"
#include "ports/answers.h"
#include "ports/clock.h"
#include "ports/log_sink.h"
#include "ports/metrics.h"

namespace backstop::door {

// Any thread.
class Door {
 public:
  virtual ~Door() = default;
  // For one connection, which is the only one to use it.
  virtual std::unique_ptr<Conversation> open() = 0;
  // What lines of the log about its connections begin with: "milter".
  virtual std::string_view name() const = 0;
};

// The waits and counts of a server.
struct Limits {
  std::size_t connections = 0;
  std::chrono::milliseconds idle{0};         // Silence after which a peer is dropped;
  std::chrono::milliseconds negotiation{0};  // the same while its conversation is fresh.
  std::chrono::milliseconds drain{0};        // How long a graceful stop waits for messages.
  std::chrono::milliseconds drain_idle{0};   // Silence after which it takes a peer for idle.
  std::chrono::milliseconds ask_wait{0};     // How long a question may take.
};

// What the loops of a server share.  REQUIRES: outlives them.
struct World {
  const ports::Clock& clock;
  ports::Answers& answers;
  ports::LogSink& log;
  Limits limits;
  std::string name;                   // Of the threads, and of a server as a whole in the log.
  ports::Metrics* metrics = nullptr;  // Null: nothing is counted.
  // Called from any thread when a message may have passed unsigned; may be empty.
  std::function<void(Instant)> on_passed_by;
  std::atomic<std::size_t> connections{0};
  // Called, from any loop, when a connection has been closed.
  std::function<void()> on_room;

  void passed_by() const {
    if (on_passed_by) on_passed_by(clock.now());
  }
};

}  // namespace backstop::door
