// Leave to sign.  Behind it the key's last emission is recorded before any signature past it.
#pragma once

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/transaction/events.h"

namespace backstop::ports {

// Any thread.  May block for one file write, about once an hour.
class SigningPermits {
 public:
  virtual ~SigningPermits() = default;
  // A permit for a signature issued at `now`; each has a fresh nonce.  Errors: Errc::NotFound when
  // no key emits; Errc::Unavailable when the last emission cannot be recorded.
  virtual Result<transaction::SigningPermit> permit(Instant now) = 0;
};

}  // namespace backstop::ports
