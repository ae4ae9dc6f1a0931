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

watch::Verdict name_as_watch(policy::Verdict verdict) {
  switch (verdict) {
    case policy::Verdict::NotBackscatter:
      return watch::Verdict::NotBackscatter;
    case policy::Verdict::Genuine:
      return watch::Verdict::Genuine;
    case policy::Verdict::Late:
      return watch::Verdict::Late;
    case policy::Verdict::Replayed:
      return watch::Verdict::Replayed;
    case policy::Verdict::Unproven:
      return watch::Verdict::Unproven;
    case policy::Verdict::Forged:
      break;
  }
  return watch::Verdict::Forged;
}

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
