// One letter on its way through a transaction: events in, effects out, questions answered now,
// later, or not at all.  What the protocol between a transaction and its door forbids is noted as a
// complaint here; what is wrong with a judgement is for sim/rules.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/transaction/transaction.h"
#include "sim/letter.h"
#include "sim/world.h"

namespace backstop::sim {

// How the answers to the questions of one message come.
enum class Pace { AtOnce, Slow, Never };

struct Outcome {
  Instant judged_at{};                // Of the end of the message.
  std::vector<std::string> taken;     // Recipients that were.
  std::vector<std::string> refused;   // Those answered with 5xx by themselves.
  std::vector<std::string> deferred;  // Likewise with 4xx.
  bool passed_at_header_end = false;
  bool is_searching = false;  // Its network had tried too many tags before.
  bool aborted = false;
  bool turned_away = false;  // Each of its recipients was refused; `aborted` as well.
  std::optional<transaction::Reply> reply;  // The last word about the message.
  Fields inserted;                          // In order.
  std::vector<std::pair<std::string, unsigned>> removed;
  std::optional<mail::Address> changed_sender;  // Where it is another one.
  std::string envelope_id;                      // That we gave it.
  std::optional<std::string> held;
  std::vector<transaction::Note> notes;
  std::vector<transaction::Record> records;
  bool recorded_sent = false;
  bool counted_uses = false;
  bool permit_asked = false;
  bool permit_granted = false;
  bool ledger_answered = true;  // False when one of its questions was not.
  bool key_answered = true;
  proof::KeyId key = 0;
  Instant issued{};
  std::vector<std::string> effects;  // As plays write them, without those of the stores.
};

class Conversation {
 public:
  // `is_rehearsal`: nothing is written to the world.
  Conversation(World& world, Letter letter, Pace pace, std::size_t piece, bool is_rehearsal);

  // Goes on until it is over or waits for an answer that is slow.
  void go_on();
  // The slow answer comes now, or its time is over.
  void answer(bool in_time);
  // The client goes away, wherever it stands.
  void abort();

  bool is_over() const { return over_; }
  const Letter& letter() const { return letter_; }
  const Outcome& outcome() const { return outcome_; }
  const Snapshot& snapshot() const { return snapshot_; }
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  using Question =
      std::variant<transaction::AskPermit, transaction::AskLedger, transaction::AskDkimKey>;
  enum class Stage { Mail, Recipients, Header, HeaderEnd, Body, End, Over };

  void step();
  void tell(const transaction::Event& event);
  void take(const transaction::Effect& effect);
  void take_reply(const transaction::Reply& reply);
  void complain(std::string text) { complaints_.push_back(std::move(text)); }
  Result<transaction::Answer> answer_of(const Question& question);
  void finish() { over_ = true; }

  World& world_;
  Letter letter_;
  Pace pace_;
  std::size_t piece_;
  bool is_rehearsal_;
  Snapshot snapshot_;
  transaction::Transaction transaction_;
  Stage stage_ = Stage::Mail;
  std::size_t position_ = 0;
  bool skips_body_ = false;
  bool over_ = false;
  std::optional<Question> question_;
  std::optional<transaction::Reply> event_reply_;
  Outcome outcome_;
  std::vector<std::string> complaints_;
};

}  // namespace backstop::sim
