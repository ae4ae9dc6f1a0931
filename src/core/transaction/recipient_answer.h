// What is answered to one RCPT of an answer from outside, before the message is known: nearly
// always nothing.
#pragma once

#include <optional>
#include <vector>

#include "core/base/time.h"
#include "core/policy/reason.h"
#include "core/transaction/effects.h"
#include "core/transaction/judge.h"
#include "core/transaction/transaction.h"

namespace backstop::transaction {

struct RecipientAnswer {
  policy::Reason reason = policy::Reason::SendsNoMail;
  Reply reply;
  unsigned valve = 0;  // The rule that closed the domain; 0: none.
};

// REQUIRES: the sender is null, the client a stranger, and `recipient.domain` not null.  `before`:
// the recipients taken so far.  `sampled`: what a valve refuses is refused at the end of the
// message instead, and a copy kept.  Nothing when the recipient is taken; never anything in
// observe.
std::optional<RecipientAnswer> answer_recipient(const Recipient& recipient,
                                                const std::vector<Recipient>& before,
                                                const Surroundings& surroundings, bool sampled,
                                                Instant now);

// The answer to a tag alone, whoever sends: a forged one is no address of ours.  Whoever tried too
// many is told nothing of the next, which is taken, right or wrong: a deferral would put off the
// genuine bounces of a whole provider.  REQUIRES: the client is a stranger, and a key signs.
// Nothing when the recipient is taken; never anything in observe, or where the domain has no tags.
std::optional<RecipientAnswer> answer_tag(const Recipient& recipient);

}  // namespace backstop::transaction
