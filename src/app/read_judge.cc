#include "app/read_judge.h"

#include <utility>

#include "core/transaction/judge.h"
#include "core/transaction/recipient_tag.h"

namespace backstop::app {
namespace {

// The guarded address that the answered message claims to be from; else whatever it claims, of a
// domain of which nothing is known.
transaction::Recipient claimed_sender(const reading::Returned& returned, const Basis& basis) {
  static const config::Domain unknown{};
  transaction::Recipient recipient{
      .address = {}, .domain = &unknown, .mode = policy::Mode::Observe};
  for (const auto* address : {&returned.return_path, &returned.from, &returned.sender}) {
    if (!address->has_value()) continue;
    if (recipient.address.is_null()) recipient.address = **address;
    const auto* domain = basis.config.find_domain(mail::canonical_domain((*address)->domain));
    if (domain != nullptr) {
      return {.address = **address, .domain = domain, .mode = basis.config.mode_of(**address)};
    }
  }
  return recipient;
}

proof::DkimResult check_signature(const reading::Reading& reading, const Basis& basis) {
  if (basis.dkim == nullptr || reading.returned.raw.empty()) return {};
  const auto is_ours = [&](std::string_view domain) {
    return basis.config.find_domain(domain) != nullptr;
  };
  const proof::DkimCheck check(reading.returned.raw, is_ours, *basis.dkim, basis.now,
                               basis.config.lifetime);
  proof::DkimResult result = check.result();
  if (check.question() && basis.config.dkim_asks_dns)
    result.result = proof::ProofResult::Unavailable;
  return result;
}

}  // namespace

FileJudgement judge_reading(const reading::Reading& reading, const Basis& basis) {
  std::vector<transaction::Recipient> recipients{claimed_sender(reading.returned, basis)};
  transaction::RecipientTag tag = transaction::find_recipient_tag(
      recipients.front().address, basis.config, basis.ring.get(), basis.now, false);
  recipients.front().address = std::move(tag.addressee);
  recipients.front().tag = tag.result;
  proof::TokenCheck token =
      transaction::check_token(reading, recipients, basis.config, basis.ring.get(), basis.now);
  const transaction::Client nobody{};
  const mail::Address unknown{};
  proof::DkimResult dkim = check_signature(reading, basis);
  const transaction::DkimFindings found{
      .result = dkim.result, .signed_at = dkim.signed_at, .used_up = false, .uses = {}};
  auto judged = transaction::judge_message(transaction::Case{.reading = &reading,
                                                             .recipients = &recipients,
                                                             .config = &basis.config,
                                                             .client = &nobody,
                                                             .sender = {.client = std::nullopt,
                                                                        .client_name = {},
                                                                        .envelope = &unknown,
                                                                        .header_from = &unknown},
                                                             .ring = basis.ring.get(),
                                                             .token = token,
                                                             .dkim = &found},
                                           basis.now);
  // A token is there and nobody can ask whose it is.
  if (basis.ring == nullptr && !reading.returned.tokens.empty()) {
    token.result = proof::ProofResult::Unavailable;
  }
  return {.token = token,
          .dkim = std::move(dkim),
          .tag = tag.result,
          .judgement = std::move(judged.judgement)};
}

}  // namespace backstop::app
