#include "core/transaction/recipient_answer.h"

#include <algorithm>
#include <tuple>

#include "core/proof/canary_pass.h"
#include "core/transaction/attack_state.h"

namespace backstop::transaction {
namespace {

bool is_listed(const std::vector<std::string>& list, const mail::Address& address) {
  return !list.empty() && std::ranges::find(list, mail::canonical(address)) != list.end();
}

RecipientAnswer refuse(policy::Reason reason, std::string text) {
  return RecipientAnswer{
      .reason = reason,
      .reply = Reply{
          .kind = ReplyKind::Refuse, .code = 550, .enhanced = "5.7.1", .text = std::move(text)}};
}

// What a decision depends on besides the message itself.
auto traits_of(const Recipient& recipient, const config::Config& config,
               const coverage::CoverageList* coverage) {
  return std::tuple(recipient.mode, recipient.tag, class_of(config, recipient.address),
                    is_listed(config.never_sends, recipient.address),
                    coverage::coverage_in_force(*recipient.domain, coverage, recipient.address),
                    coverage::signing_since_in_force(*recipient.domain, coverage),
                    config.actions_of(recipient.address, reading::Kind::Bounce),
                    config.allow.contains(mail::canonical(recipient.address)));
}

// Listed by the operator, or known by half a year of watching.
bool never_sends(const Recipient& recipient, const Surroundings& surroundings, Instant now) {
  const bool idle = is_listed(surroundings.config->never_sends, recipient.address) ||
                    (surroundings.senders != nullptr &&
                     surroundings.senders->never_sends(recipient.address, now));
  return idle && coverage::coverage_in_force(*recipient.domain, surroundings.coverage.get(),
                                             recipient.address) == policy::Coverage::Covered;
}

std::optional<RecipientAnswer> answer_valve(const Recipient& recipient,
                                            const Surroundings& surroundings, Instant now) {
  const bool is_allowed = surroundings.config->allow.contains(mail::canonical(recipient.address));
  if (surroundings.rules == nullptr || is_allowed) return std::nullopt;
  const watch::Rule* const valve =
      surroundings.rules->find_valve(mail::canonical_domain(recipient.address.domain), now);
  if (valve == nullptr) return std::nullopt;
  RecipientAnswer answer =
      refuse(policy::Reason::EmergencyValve, "This domain takes no answers to mail for now");
  answer.valve = valve->number;
  return answer;
}

}  // namespace

std::optional<RecipientAnswer> answer_recipient(const Recipient& recipient,
                                                const std::vector<Recipient>& before,
                                                const Surroundings& surroundings, bool sampled,
                                                Instant now) {
  if (recipient.mode != policy::Mode::Enforce) return std::nullopt;
  const config::Config& config = *surroundings.config;
  const coverage::CoverageList* const coverage = surroundings.coverage.get();
  // Whoever has a tag of ours got mail from there.
  const bool proved =
      recipient.tag == proof::ProofResult::Valid || recipient.tag == proof::ProofResult::Late;
  // Nobody's address is for those who try whether we judge right: they are answered at the end.
  const bool is_nobody = recipient.address.local == proof::kCanaryLocal;
  if (!proved && class_of(config, recipient.address) == policy::RecipientClass::Ordinary) {
    if (!recipient.domain->sends_mail)
      return refuse(policy::Reason::SendsNoMail,
                    "This domain sends no mail that could be answered");
    const policy::Attack attack = surroundings.attacks == nullptr
                                      ? surroundings.attack
                                      : find_attack(*surroundings.attacks, recipient.address);
    if (!is_nobody && attack != policy::Attack::Peace && never_sends(recipient, surroundings, now))
      return refuse(policy::Reason::SendsNoMail,
                    "This address sends no mail that could be answered");
    if (auto answer =
            sampled || is_nobody ? std::nullopt : answer_valve(recipient, surroundings, now))
      return answer;
  }
  // One message gets one answer at its end, the mildest of its recipients': those that may be
  // judged differently have to come by themselves, or the mild would shield the rest; those that
  // are not judged at all are the mildest.
  const bool alone = std::ranges::none_of(before, [&](const Recipient& other) {
    return other.domain == nullptr ||
           traits_of(other, config, coverage) != traits_of(recipient, config, coverage);
  });
  if (alone) return std::nullopt;
  return RecipientAnswer{
      .reason = policy::Reason::OneRecipientAtATime,
      .reply = Reply{.kind = ReplyKind::Defer,
                     .code = 452,
                     .enhanced = "4.5.3",
                     .text = "Send an answer to one recipient at a time, please"}};
}

std::optional<RecipientAnswer> answer_tag(const Recipient& recipient) {
  const bool strict = recipient.domain != nullptr && recipient.domain->tag &&
                      recipient.mode == policy::Mode::Enforce;
  if (!strict || recipient.tag != proof::ProofResult::Invalid) return std::nullopt;
  return RecipientAnswer{.reason = policy::Reason::InvalidTag,
                         .reply = Reply{.kind = ReplyKind::Refuse,
                                        .code = 550,
                                        .enhanced = "5.1.1",
                                        .text = "The tag of this address is not ours"}};
}

}  // namespace backstop::transaction
