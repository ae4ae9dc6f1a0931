// Whether a message for one of our addresses comes in an attack, and whether it fits the run.
//
// Any thread.
#pragma once

#include "core/mail/address.h"
#include "core/policy/policy.h"
#include "core/reading/reading.h"
#include "core/transaction/origin.h"
#include "core/watch/attack_list.h"
#include "core/watch/event.h"

namespace backstop::transaction {

// The watch's name of a verdict.
watch::Verdict name_as_watch(policy::Verdict verdict);

policy::Attack find_attack(const watch::AttackList& attacks, const reading::Reading& reading,
                           const mail::Address& recipient, const Client& client);
// At RCPT, where nothing is known of the message: Peace, or Apart where the domain is under attack.
policy::Attack find_attack(const watch::AttackList& attacks, const mail::Address& recipient);

}  // namespace backstop::transaction
