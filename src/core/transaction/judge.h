// From a reading, the recipients and the keys to one judgement for the message.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/config/config.h"
#include "core/mail/address.h"
#include "core/policy/policy.h"
#include "core/proof/token.h"
#include "core/reading/reading.h"

namespace backstop::transaction {

struct Recipient {
  mail::Address address;
  const config::Domain* domain = nullptr;  // Null when it is not of a guarded domain.
};

struct MessageJudgement {
  // Verdict and reasons of the recipient judged hardest; `decision` is the mildest of all, which is
  // what can be answered for the message as a whole.
  policy::Judgement judgement;
  proof::TokenCheck token;
};

// REQUIRES: at least one recipient with a domain.  `ring` may be null.  Any thread.
MessageJudgement judge_message(const reading::Reading& reading,
                               const std::vector<Recipient>& recipients,
                               const config::Config& config, const proof::KeyRing* ring,
                               Instant now);

// "forged; score=100; kind=bounce; reason=no-proof-of-origin": the value of Backstop-Verdict.
std::string render_verdict(const policy::Judgement& judgement, reading::Kind kind);

}  // namespace backstop::transaction
