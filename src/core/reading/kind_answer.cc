// Auto-replies and acknowledgements of tickets.
#include "core/reading/kind.h"

namespace backstop::reading {
std::optional<KindDecision> decide_answer(const Findings& f) {
  // An answer that a list handed on was not meant for us.
  if (f.signs.has(HeaderSign::List) && !has_daemon_envelope(f)) return std::nullopt;
  KindDecision decision{.kind = Kind::AutoReply};
  if (f.signs.has(HeaderSign::AutoReplied)) {
    decision.confidence = 0.95;
    decision.standard = true;
    decision.evidence.emplace_back(
        "Auto-Submitted says that it was sent as an automatic reply (RFC 3834).");
    return decision;
  }
  if (f.signs.has(HeaderSign::Autoreply)) {
    decision.confidence = 0.9;
    decision.evidence.emplace_back("A header field marks it as the answer of an autoresponder.");
    return decision;
  }
  return std::nullopt;
}
}  // namespace backstop::reading
