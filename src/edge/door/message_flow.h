// What a milter session drives for one message: core/transaction, behind a face of its own so that
// a session can be tested for what it passes on.
#pragma once

#include <memory>

#include "core/base/time.h"
#include "core/transaction/transaction.h"
#include "ports/surroundings.h"

namespace backstop::door {

// Contracts as of transaction::Transaction.
class MessageFlow {
 public:
  virtual ~MessageFlow() = default;
  virtual void on(const transaction::Event& event, Instant now, transaction::Effects& effects) = 0;
  virtual bool waiting() const = 0;
  virtual bool finished() const = 0;
};

// Any thread.
class MessageSource {
 public:
  virtual ~MessageSource() = default;
  // At MAIL.
  virtual std::unique_ptr<MessageFlow> begin(const transaction::Client& client) = 0;
  // Whether a single recipient may get an answer of its own: only where something is enforced.
  virtual bool answers_recipients() const = 0;
};

// Transactions, each with the surroundings in force when its message begins.
class TransactionSource final : public MessageSource {
 public:
  // REQUIRES: `surroundings` outlives this.
  explicit TransactionSource(const ports::SurroundingsSource& surroundings)
      : surroundings_(surroundings) {}
  std::unique_ptr<MessageFlow> begin(const transaction::Client& client) override;
  bool answers_recipients() const override;

 private:
  const ports::SurroundingsSource& surroundings_;
};

}  // namespace backstop::door
