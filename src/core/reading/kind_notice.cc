// Notices of virus scanners and content filters.
#include "core/reading/kind.h"

namespace backstop::reading {

std::optional<KindDecision> decide_content_notice(const Findings&) {
  return std::nullopt;
}

}  // namespace backstop::reading
