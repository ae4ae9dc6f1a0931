// Judges messages that come without their delivery: files, mailboxes.
#pragma once

#include "app/basis.h"
#include "core/policy/policy.h"
#include "core/proof/dkim_check.h"
#include "core/proof/token.h"
#include "core/reading/reading.h"

namespace backstop::app {

struct FileJudgement {
  proof::TokenCheck token;
  proof::DkimResult dkim;
  // Of the sender that the returned message claims: nobody knows whom the envelope named.
  proof::ProofResult tag = proof::ProofResult::Absent;
  policy::Judgement judgement;
};

// With the proofs that `basis` can ask, for the address that the returned message claims to be
// from: nobody knows whom the envelope named.  No DNS is asked: a selector that no file tells is
// Unavailable where the daemon would ask.  Any thread.
FileJudgement judge_reading(const reading::Reading& reading, const Basis& basis);

}  // namespace backstop::app
