// The keys every play runs with: fixed, public, and therefore of no use anywhere else.
#pragma once

#include <memory>

#include "core/play/play.h"
#include "core/proof/key_ring.h"

namespace backstop::play {

// One key, id 1.  Null for StageKeys::None.
std::shared_ptr<const proof::KeyRing> standard_ring(StageKeys keys);
// The clock of a play that sets none: 2026-11-21T12:00:00Z.
Instant standard_clock();

}  // namespace backstop::play
