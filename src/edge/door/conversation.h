// What is said over one connection, as a state machine: bytes of the mail server in, bytes of ours
// out.  No socket, no thread, no timer: a connection (or a test) brings bytes, answers and the end.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "core/base/result.h"
#include "core/transaction/effects.h"
#include "core/transaction/events.h"

namespace backstop::door {

using Question = std::variant<transaction::AskPermit, transaction::AskLedger,
                              transaction::AskDkimKey, transaction::AskCanaryPass>;

// Not thread-safe.
class Conversation {
 public:
  virtual ~Conversation() = default;

  // Takes bytes in pieces of any size; appends the replies to `out`.
  virtual void on_bytes(std::string_view bytes, std::string& out) = 0;
  // The answer to the question open, then whatever was queued.  Without one it has no effect.
  virtual void on_answer(Result<transaction::Answer> answer, std::string& out) = 0;
  // The peer has closed the connection.
  virtual void on_end() = 0;
  // The peer has been silent for longer than it may: over() from now on, with a complaint.
  virtual void on_silence() = 0;

  // A question is open: bring on_answer.
  virtual bool asking() const = 0;
  // The one that is open.
  virtual const Question& question() const = 0;
  // The connection is to be closed, after what was written has gone out.
  virtual bool over() const = 0;
  // Why, when the peer is to blame: the end of a sentence that begins with the peer; else "".
  virtual std::string_view complaint() const = 0;
  // Nothing has come that shows a peer that speaks this protocol.
  virtual bool fresh() const = 0;
  // A message is on its way: should the connection end now, it may pass us by.
  virtual bool in_message() const = 0;
};

}  // namespace backstop::door
