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
  using Done = std::function<void(Result<transaction::Answer>)>;

  virtual ~Answers() = default;
  // Leave to sign one message at `now`.  Calls `done` once, inside this call or later, from any
  // thread; a further call, and one after the asker has gone, has no effect.  Does not block for
  // longer than a file write.
  virtual void ask_permit(Instant now, Done done) = 0;
  // What the ledger knows.  `done` as above; answered from memory at once, or by another thread
  // when a disk must be read.
  virtual void ask_ledger(const proof::LedgerQuery& query, Instant now, Done done) = 0;
  // The keys of a selector that no file has told, as ports::DkimKeyLookup.  `done` as above.
  virtual void ask_dkim_key(const proof::DkimKeyName& name, Instant now, Done done) = 0;
  // transaction::CanaryGranted for the first use of a pass; `done` as above, at once.  Errors:
  // Errc::Exists for one that was used, or that nobody keeps count of.
  virtual void ask_canary_pass(const proof::CanaryPass& /*pass*/, Instant /*now*/, Done done) {
    done(fail(Errc::Exists, "", "nobody keeps count of passes"));
  }
};

}  // namespace backstop::ports
