// What all doors that carry messages have in common: where messages come from, and what becomes of
// those effects of theirs that are no bytes to the mail server.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "core/base/time.h"
#include "core/transaction/effects.h"
#include "edge/door/conversation.h"
#include "edge/door/message_flow.h"
#include "ports/alarms.h"
#include "ports/clock.h"
#include "ports/containment.h"
#include "ports/history.h"
#include "ports/ledger.h"
#include "ports/log_sink.h"
#include "ports/metrics.h"
#include "ports/record_observer.h"
#include "ports/wrong_tags.h"

namespace backstop::door {

// REQUIRES: everything outlives the conversations.
struct MessageWorld {
  const ports::Clock& clock;
  ports::LogSink& log;
  MessageSource& messages;
  // Messages the mail server gave no queue id get one of ours, "s" and a number.
  std::atomic<std::uint64_t> own_ids{0};
  // What the mail server cannot do and the log has been told of: bits of the door's own choice.
  std::atomic<std::uint32_t> missing_told{0};
  ports::Ledger* ledger = nullptr;                 // Null: what is sent is not remembered.
  ports::History* history = nullptr;               // Null: what is judged is not remembered.
  ports::RecordObserver* observer = nullptr;       // Null: nobody else is told.
  ports::WrongTags* wrong_tags = nullptr;          // Null: searches for tags go unnoticed.
  ports::Containment* containment = nullptr;       // Null: nothing is sampled, no rule counted.
  ports::Metrics* metrics = nullptr;               // Null: nothing is counted.
  ports::Alarms* alarms = nullptr;                 // Null: nobody is told what is wrong.
  std::function<void(Instant)> on_passed_by = {};  // As World::on_passed_by.
  std::function<void(Instant)> on_tagged = {};     // As ServerPorts::on_tagged.

  // Room for a sample of the message that begins, which only one of the null sender needs; null
  // without.  `path` as the server hands it over.
  std::shared_ptr<const void> find_sample_room(std::string_view path) const;
  // The recipient had its share of unproven mail; `path` as the server hands it over.
  bool is_over_rate(std::string_view path) const;
  void passed_by() const {
    if (on_passed_by) on_passed_by(clock.now());
  }
};

// What the effect asks; nothing for one that asks nothing.
std::optional<Question> question_of(const transaction::Effect& effect);

// Writes down what is to be remembered (Note, Record, RecordSent, CountUses, CountWrongTag,
// CountRule, KeepSample).  False
// for every other effect: it is the door's.  `id`: the message's in the log; `adds_fields`: the
// mail server lets us add fields, so that what was signed leaves with its token; `changes_sender`:
// likewise the sender with its tag.
bool keep(const transaction::Effect& effect, std::string_view id, bool adds_fields,
          MessageWorld& world, bool changes_sender = false);

}  // namespace backstop::door
