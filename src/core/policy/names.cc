// The words of the glossary, as log, header and JSON write them.
#include "core/base/assert.h"
#include "core/policy/policy.h"

namespace backstop::policy {

std::string_view name_of(Mode mode) {
  switch (mode) {
    case Mode::Off:
      return "off";
    case Mode::Observe:
      return "observe";
    case Mode::Enforce:
      return "enforce";
  }
  BS_ASSERT(false);
}

std::string_view name_of(Coverage coverage) {
  switch (coverage) {
    case Coverage::Unknown:
      return "unknown";
    case Coverage::Partly:
      return "partly";
    case Coverage::Covered:
      return "covered";
  }
  BS_ASSERT(false);
}

std::string_view name_of(RecipientClass recipient) {
  switch (recipient) {
    case RecipientClass::Ordinary:
      return "ordinary";
    case RecipientClass::Role:
      return "role";
    case RecipientClass::Rewritten:
      return "rewritten";
  }
  BS_ASSERT(false);
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::NotBackscatter:
      return "not-backscatter";
    case Verdict::Genuine:
      return "genuine";
    case Verdict::Late:
      return "late";
    case Verdict::Replayed:
      return "replayed";
    case Verdict::Unproven:
      return "unproven";
    case Verdict::Forged:
      return "forged";
  }
  BS_ASSERT(false);
}

std::string_view name_of(Decision decision) {
  switch (decision) {
    case Decision::Accept:
      return "accept";
    case Decision::Mark:
      return "mark";
    case Decision::Quarantine:
      return "quarantine";
    case Decision::Discard:
      return "discard";
    case Decision::Refuse:
      return "refuse";
  }
  BS_ASSERT(false);
}

std::string_view name_of(ReturnedShape shape) {
  switch (shape) {
    case ReturnedShape::None:
      return "none";
    case ReturnedShape::Fragment:
      return "fragment";
    case ReturnedShape::Enough:
      return "enough";
  }
  BS_ASSERT(false);
}

std::string_view name_of(SigningAge age) {
  switch (age) {
    case SigningAge::Signed:
      return "signed";
    case SigningAge::BeforeSigning:
      return "before-signing";
    case SigningAge::InGap:
      return "in-gap";
    case SigningAge::NeverStarted:
      return "never-started";
  }
  BS_ASSERT(false);
}

std::string_view name_of(Pair pair) {
  switch (pair) {
    case Pair::Absent:
      return "absent";
    case Pair::Known:
      return "known";
    case Pair::UsedUp:
      return "used-up";
  }
  BS_ASSERT(false);
}

std::string_view name_of(Standing standing) {
  switch (standing) {
    case Standing::Stranger:
      return "stranger";
    case Standing::Relay:
      return "relay";
    case Standing::UntaggedValid:
      return "untagged-valid";
    case Standing::NeverJudge:
      return "never-judge";
  }
  BS_ASSERT(false);
}

std::string_view name_of(Attack attack) {
  switch (attack) {
    case Attack::Peace:
      return "peace";
    case Attack::Fits:
      return "fits";
    case Attack::Apart:
      return "apart";
  }
  BS_ASSERT(false);
}

std::string_view name_of(Rule rule) {
  switch (rule) {
    case Rule::None:
      return "none";
    case Rule::Quarantine:
      return "quarantine";
    case Rule::Refuse:
      return "refuse";
    case Rule::Valve:
      return "valve";
  }
  BS_ASSERT(false);
}

std::string_view name_of(Keys keys) {
  switch (keys) {
    case Keys::None:
      return "none";
    case Keys::VerifyOnly:
      return "verify-only";
    case Keys::Signing:
      return "signing";
  }
  BS_ASSERT(false);
}

}  // namespace backstop::policy
