#include "core/transaction/attack_state.h"

#include "core/watch/judged.h"

namespace backstop::transaction {
namespace {

policy::Attack name_as_policy(watch::Attack attack) {
  switch (attack) {
    case watch::Attack::Peace:
      return policy::Attack::Peace;
    case watch::Attack::Fits:
      return policy::Attack::Fits;
    case watch::Attack::Apart:
      break;
  }
  return policy::Attack::Apart;
}

}  // namespace

policy::Attack find_attack(const watch::AttackList& attacks, const reading::Reading& reading,
                           const mail::Address& recipient, const Client& client) {
  if (!attacks.any()) return policy::Attack::Peace;
  const watch::Judged judged(reading, watch::Verdict::Unproven);
  const std::string domain = mail::canonical_domain(recipient.domain);
  return name_as_policy(attacks.state_of(watch::Event{.what = watch::Seen::Judged,
                                                      .client = client.address,
                                                      .null_sender = true,
                                                      .local = recipient.local,
                                                      .domain = domain,
                                                      .message = &judged.message()}));
}

policy::Attack find_attack(const watch::AttackList& attacks, const mail::Address& recipient) {
  if (!attacks.any()) return policy::Attack::Peace;
  const std::string domain = mail::canonical_domain(recipient.domain);
  return name_as_policy(attacks.state_of(watch::Event{.what = watch::Seen::Taken,
                                                      .null_sender = true,
                                                      .local = recipient.local,
                                                      .domain = domain}));
}

}  // namespace backstop::transaction
