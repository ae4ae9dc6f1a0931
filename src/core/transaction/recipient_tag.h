// What the tag of a recipient says, and whom mail for it is for.
//
// Pure; any thread.
#pragma once

#include "core/base/time.h"
#include "core/config/config.h"
#include "core/mail/address.h"
#include "core/proof/key_ring.h"
#include "core/proof/token.h"

namespace backstop::transaction {

struct RecipientTag {
  // Absent too where the domain has no tags and this is none of ours, and for one that is late by
  // more than proof::kLedgerFingerprintDays.
  proof::ProofResult result = proof::ProofResult::Absent;
  mail::Address addressee;  // Without an authentic tag, of whatever age; else as it came.
  bool is_wrong = false;    // It names a key of ours and was not made with it: to be counted.
};

// `searched`: too many wrong tags came from the client's network, and what this one is worth must
// not be told: Unavailable.  `ring` may be null.
RecipientTag find_recipient_tag(const mail::Address& recipient, const config::Config& config,
                                const proof::KeyRing* ring, Instant now, bool searched);

}  // namespace backstop::transaction
