// What a server of any protocol stands on.
#pragma once

#include <functional>

#include "core/base/time.h"
#include "edge/door/message_world.h"
#include "ports/alarms.h"
#include "ports/answers.h"
#include "ports/clock.h"
#include "ports/containment.h"
#include "ports/history.h"
#include "ports/ledger.h"
#include "ports/log_sink.h"
#include "ports/metrics.h"
#include "ports/record_observer.h"
#include "ports/surroundings.h"
#include "ports/wrong_tags.h"

namespace backstop::door {

// REQUIRES: all outlive the server; each may be used from any thread.
struct ServerPorts {
  const ports::Clock& clock;
  const ports::SurroundingsSource& surroundings;
  ports::Answers& answers;
  ports::LogSink& log;
  ports::Ledger* ledger = nullptr;            // Null: what is sent is not remembered.
  ports::History* history = nullptr;          // Null: what is judged is not remembered.
  ports::RecordObserver* observer = nullptr;  // Null: nobody else is told.
  ports::WrongTags* wrong_tags = nullptr;     // Null: searches for tags go unnoticed.
  ports::Containment* containment = nullptr;  // Null: nothing is sampled, no rule counted.
  ports::Metrics* metrics = nullptr;          // Null: nothing is counted.
  ports::Alarms* alarms = nullptr;            // Null: nobody is told what is wrong.
  // Called from any thread when a message may have passed unsigned: a fault, a connection given up.
  std::function<void(Instant)> on_passed_by = {};
  // Likewise, when a sender was given a tag.
  std::function<void(Instant)> on_tagged = {};
};

// REQUIRES: `messages` outlives what is returned.
inline MessageWorld make_message_world(const ServerPorts& ports, MessageSource& messages) {
  return {.clock = ports.clock,
          .log = ports.log,
          .messages = messages,
          .ledger = ports.ledger,
          .history = ports.history,
          .observer = ports.observer,
          .wrong_tags = ports.wrong_tags,
          .containment = ports.containment,
          .metrics = ports.metrics,
          .alarms = ports.alarms,
          .on_passed_by = ports.on_passed_by,
          .on_tagged = ports.on_tagged};
}

}  // namespace backstop::door
