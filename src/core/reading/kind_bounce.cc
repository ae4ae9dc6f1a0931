// Bounces and delays in no report: the plain formats of the products.
#include "core/reading/kind.h"

namespace backstop::reading {
namespace {

// Enough of a sender to need no known words beside a returned message.  What came through a list is
// the list's word, unless its envelope says otherwise.
bool has_strong_daemon_sender(const Findings& f) {
  if (f.signs.has(HeaderSign::FailedRecipients)) return true;
  if (f.signs.has(HeaderSign::List) && !has_daemon_envelope(f)) return false;
  return f.from == SenderRole::DeliveryAgent ||
         (f.from == SenderRole::Postmaster && has_daemon_envelope(f));
}

}  // namespace

// The plain formats: a mail system as the sender, and its product's words or a returned message.
std::optional<KindDecision> decide_plain_bounce(const Findings& f) {
  if (!has_daemon_sender(f) || f.parts.attachment) return std::nullopt;
  KindDecision decision{.kind = Kind::Bounce};
  if (f.product != Product::None && f.product_states_outcome) {
    decision.confidence = f.returned != ReturnForm::None || !f.recipients->empty() ? 0.97 : 0.9;
    decision.language = "en";
    if (f.product_delayed) decision.kind = Kind::Delay;
    decision.evidence.push_back(
        "The text has the words in which " + std::string(name_of(f.product)) +
        (f.product_delayed ? " says that delivery is late." : " says that delivery failed."));
  } else if (f.signs.has(HeaderSign::FailedRecipients)) {
    decision.confidence = 0.9;
  } else if (has_strong_daemon_sender(f) &&
             (f.returned != ReturnForm::None || f.return_announced)) {
    decision.confidence = 0.85;
  } else {
    return std::nullopt;
  }
  note_sender(f, decision.evidence);
  note_returned(f, decision.evidence);
  return decision;
}
}  // namespace backstop::reading
