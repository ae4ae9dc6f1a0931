// A trial of what the daemon is for: a letter of its own is signed, its bounce is judged, and so is
// a forged twin.  None of them leaves the process, and nothing is written down.  What fails without
// a sound, by a fault of ours or by what is configured, shows here.
#pragma once

#include <optional>
#include <string>

#include "core/base/time.h"
#include "core/transaction/transaction.h"

namespace backstop::app {

// What went wrong, as a sentence; nothing when all is well, and while no key signs, which is told
// elsewhere.  By the configuration and the keys in force, for a domain of its own that is enforced.
// Takes less than a millisecond; any thread.
std::optional<std::string> try_judgement(const transaction::Surroundings& in_force, Instant now);

}  // namespace backstop::app
