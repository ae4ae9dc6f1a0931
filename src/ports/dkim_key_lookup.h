// Asks for the keys of selectors that no file has told.
#pragma once

#include <functional>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/proof/dkim_check.h"

namespace backstop::ports {

// Any thread.
class DkimKeyLookup {
 public:
  using Done = std::function<void(Result<proof::DkimKeyAnswer>)>;

  virtual ~DkimKeyLookup() = default;
  // Calls `done` once, inside this call (from what is remembered) or later, from any thread; never
  // waits.  A selector that has no record, or none that can be used, has no keys.  Answers are
  // remembered as proof::DkimAnswers says, and no more selectors than it allows are asked for: what
  // is past that has no keys either.  Errors: Errc::Unavailable when nobody answered in time.
  virtual void ask(const proof::DkimKeyName& name, Instant now, Done done) = 0;
};

}  // namespace backstop::ports
