#include "app/read_judge.h"

#include <utility>

#include "core/transaction/judge.h"

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

}  // namespace

FileJudgement judge_reading(const reading::Reading& reading, const Basis& basis) {
  const std::vector<transaction::Recipient> recipients{claimed_sender(reading.returned, basis)};
  proof::TokenCheck token =
      transaction::check_token(reading, recipients, basis.config, basis.ring.get(), basis.now);
  const transaction::Client nobody{};
  const mail::Address unknown{};
  auto judged = transaction::judge_message(transaction::Case{.reading = &reading,
                                                             .recipients = &recipients,
                                                             .config = &basis.config,
                                                             .client = &nobody,
                                                             .sender = {.client = std::nullopt,
                                                                        .client_name = {},
                                                                        .envelope = &unknown,
                                                                        .header_from = &unknown},
                                                             .ring = basis.ring.get(),
                                                             .token = token},
                                           basis.now);
  // A token is there and nobody can ask whose it is.
  if (basis.ring == nullptr && !reading.returned.tokens.empty()) {
    token.result = proof::ProofResult::Unavailable;
  }
  return {.token = token, .judgement = std::move(judged.judgement)};
}

}  // namespace backstop::app
