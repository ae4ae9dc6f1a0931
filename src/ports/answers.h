// Who answers what a transaction asks.
#pragma once

#include <functional>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/transaction/events.h"

namespace backstop::ports {

// Any thread.
class Answers {
 public:
  using PermitDone = std::function<void(Result<transaction::SigningPermit>)>;

  virtual ~Answers() = default;
  // Leave to sign one message at `now`.  Calls `done` once, inside this call or later, from any
  // thread; a further call, and one after the asker has gone, has no effect.  Does not block for
  // longer than a file write.
  virtual void ask_permit(Instant now, PermitDone done) = 0;
};

}  // namespace backstop::ports
