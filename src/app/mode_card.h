// What a mode means before it is set: what happens to each sort of mail, and what is not fulfilled
// yet.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/config/config.h"

namespace backstop::app {

// One line of the card.
struct Consequence {
  std::string name;  // "forged"
  std::string what;  // What such mail is.
  policy::Decision decision = policy::Decision::Accept;
  std::string then;  // What is done to it, in words.
};

// As the verdict table decides in peace, for an address that is covered and signs.
std::vector<Consequence> consequences_of(policy::Mode mode);

// What enforce waits for.
struct Unmet {
  std::string name;  // "signing_since"
  std::string what;  // In a sentence.
  std::string todo;  // What to do, in a sentence.
};

// `domain` is null where the configuration does not guard it; `signs`: a key of the ring emits.
// `queue_lifetime`: how long this host's queue keeps trying.
std::vector<Unmet> unmet_for_enforce(const config::Domain* domain, bool signs,
                                     Seconds queue_lifetime, Instant now);

// From when on signing is old enough; nothing before it began.
std::optional<Instant> enforceable_from(const config::Domain& domain, Seconds queue_lifetime);

}  // namespace backstop::app
