// Challenges, and confirmations that lists ask for.
#include "core/reading/kind.h"

namespace backstop::reading {

std::optional<KindDecision> decide_request(const Findings&) {
  return std::nullopt;
}

}  // namespace backstop::reading
