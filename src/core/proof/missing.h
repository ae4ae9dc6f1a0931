// What a proof that says nothing for us looks like.
#pragma once

#include "core/proof/token.h"

namespace backstop::proof {

// Asked for, and not ours: it was not there, or only claimed to be.
constexpr bool is_missing(ProofResult result) {
  return result == ProofResult::Absent || result == ProofResult::Invalid;
}

}  // namespace backstop::proof
