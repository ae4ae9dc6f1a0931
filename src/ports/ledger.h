// What we sent, remembered.
#pragma once

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/proof/sent.h"

namespace backstop::ports {

// Any thread.
class Ledger {
 public:
  virtual ~Ledger() = default;
  // Queues the message to be written; found by look_up() from now on.  Never waits; what cannot be
  // kept (limits, a full queue, a failing disk) is counted and makes a gap, never an error here.
  virtual void record_sent(const proof::SentMessage& message) = 0;
  // Raises the counters at once, and writes them in a while.
  virtual void count_uses(const proof::Uses& uses) = 0;
  // May read a disk, so not for a thread that must not wait.  Errors: Errc::Unavailable when the
  // store is away: then nothing may be concluded.
  virtual Result<proof::LedgerAnswer> look_up(const proof::LedgerQuery& query, Instant now) = 0;
};

}  // namespace backstop::ports
