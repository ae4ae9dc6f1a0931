#include "core/transaction/recipient_tag.h"

#include <algorithm>

#include "core/proof/sent.h"
#include "core/proof/tag.h"

namespace backstop::transaction {

using proof::ProofResult;

RecipientTag find_recipient_tag(const mail::Address& recipient, const config::Config& config,
                                const proof::KeyRing* ring, Instant now, bool searched) {
  RecipientTag out{.addressee = recipient};
  const config::Domain* const domain = config.find_domain(mail::canonical_domain(recipient.domain));
  if (ring == nullptr || domain == nullptr) return out;
  proof::TagCheck check = proof::check_tag(recipient, *ring, now, config.lifetime);
  out.is_wrong = check.result == ProofResult::Invalid;
  if (check.authentic()) {
    out.addressee = std::move(check.plain);
  } else if (!domain->tag) {
    return out;
  }
  const Seconds most = std::max<Seconds>(proof::kLedgerFingerprintDays, config.lifetime);
  const bool archived =
      check.result == ProofResult::Late && !check.may_be_young && now > check.submitted + most;
  out.result = archived ? ProofResult::Absent : check.result;
  if (searched && check.result != ProofResult::Absent) out.result = ProofResult::Unavailable;
  return out;
}

}  // namespace backstop::transaction
