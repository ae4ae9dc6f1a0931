// Answers at once, in the asking thread, from the signing permits.
#pragma once

#include <utility>

#include "ports/answers.h"
#include "ports/signing_permits.h"

namespace backstop::milter {

// Any thread.  Asking may block for the one file write an hour that SigningPermits may need.
class DirectAnswers final : public ports::Answers {
 public:
  // REQUIRES: `permits` outlives this.
  explicit DirectAnswers(ports::SigningPermits& permits) : permits_(permits) {}

  void ask_permit(Instant now, PermitDone done) override { done(permits_.permit(now)); }

 private:
  ports::SigningPermits& permits_;
};

}  // namespace backstop::milter
