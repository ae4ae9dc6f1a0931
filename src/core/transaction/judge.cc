#include "core/transaction/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/assert.h"

namespace backstop::transaction {
namespace {

using policy::Decision;
using policy::Judgement;

std::vector<mail::Address> collect_addressees(const reading::Reading& reading,
                                              const std::vector<Recipient>& recipients) {
  std::vector<mail::Address> out;
  for (const Recipient& recipient : recipients) {
    if (recipient.domain != nullptr) out.push_back(recipient.address);
  }
  for (const auto* address :
       {&reading.returned.return_path, &reading.returned.from, &reading.returned.sender}) {
    if (address->has_value()) out.push_back(**address);
  }
  return out;
}

policy::ReturnedShape shape_of(const reading::Returned& returned) {
  if (returned.returned_enough()) return policy::ReturnedShape::Enough;
  return returned.form == reading::ReturnForm::None ? policy::ReturnedShape::None
                                                    : policy::ReturnedShape::Fragment;
}

policy::SigningAge age_of(const reading::Returned& returned, const config::Domain& domain,
                          Seconds lifetime, Instant now) {
  if (!domain.signing_since || now < *domain.signing_since) return policy::SigningAge::NeverStarted;
  // Only for one lifetime does an old date excuse a missing token: later it would be a way in.
  const bool young = now < *domain.signing_since + lifetime;
  const bool older = returned.date && *returned.date < *domain.signing_since;
  return young && older ? policy::SigningAge::BeforeSigning : policy::SigningAge::Signed;
}

policy::Keys keys_of(const proof::KeyRing* ring) {
  if (ring == nullptr) return policy::Keys::None;
  return ring->emitting() == nullptr ? policy::Keys::VerifyOnly : policy::Keys::Signing;
}

}  // namespace

MessageJudgement judge_message(const reading::Reading& reading,
                               const std::vector<Recipient>& recipients,
                               const config::Config& config, const proof::KeyRing* ring,
                               Instant now) {
  MessageJudgement out;
  if (ring != nullptr) {
    out.token =
        proof::verify_tokens(reading.returned.tokens, collect_addressees(reading, recipients),
                             *ring, now, config.lifetime);
  }
  bool first = true;
  Decision mildest = Decision::Refuse;
  for (const Recipient& recipient : recipients) {
    if (recipient.domain == nullptr) {
      mildest = Decision::Accept;
      continue;
    }
    Judgement judgement = policy::decide(policy::Facts{
        .kind = reading.kind,
        .returned = shape_of(reading.returned),
        .token = out.token.result,
        .clock_skew = out.token.clock_skew,
        .other_addressee =
            out.token.result != proof::ProofResult::Absent && !out.token.addressee_matches,
        .signing = age_of(reading.returned, *recipient.domain, config.lifetime, now),
        .coverage = recipient.domain->coverage,
        .recipient = policy::classify_recipient(recipient.address.local),
        .keys = keys_of(ring),
        .mode = recipient.domain->mode});
    mildest = std::min(mildest, judgement.decision);
    const auto hardness = [](const Judgement& j) { return std::pair(j.score, j.decision); };
    if (first || hardness(judgement) > hardness(out.judgement))
      out.judgement = std::move(judgement);
    first = false;
  }
  BS_ASSERT(!first);
  out.judgement.decision = mildest;
  return out;
}

std::string render_verdict(const Judgement& judgement, reading::Kind kind) {
  std::string value =
      fmt::format("{}; score={}; kind={}; reason=", policy::name_of(judgement.verdict),
                  judgement.score, reading::name_of(kind));
  for (std::size_t i = 0; i < judgement.reasons.size(); ++i) {
    value += i == 0 ? "" : ",";
    value += policy::name_of(judgement.reasons[i]);
  }
  return value;
}

}  // namespace backstop::transaction
