#include "core/proof/dkim_check.h"

#include <algorithm>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "core/proof/sent.h"

namespace backstop::proof {

DkimCheck::DkimCheck(const mail::RawHeader& header,
                     const std::function<bool(std::string_view)>& is_ours, const DkimKeys& keys,
                     Instant now, Seconds lifetime)
    : raw_(header), now_(now), lifetime_(lifetime) {
  std::size_t candidates = 0;
  for (std::size_t i = 0; i < header.size() && candidates < limits::kDkimCandidates; ++i) {
    const mail::RawField field = header.field(i);
    if (!ascii::equals_folded(field.name, "DKIM-Signature")) continue;
    auto signature = parse_dkim_signature(field.raw);
    if (!signature || !is_ours(signature->domain)) continue;
    if (candidates++ == 0) result_.key = {signature->domain, signature->selector};
    Candidate candidate{.signature = *std::move(signature), .index = i};
    const auto& known = keys.find(candidate.signature.domain, candidate.signature.selector);
    if (known.empty()) {
      unknown_.push_back(std::move(candidate));
    } else if (try_keys(candidate, known) && result_.result == ProofResult::Valid) {
      break;
    }
  }
}

// True when one of the keys made it, and it proves something.
bool DkimCheck::try_keys(const Candidate& candidate, const std::vector<crypto::PublicKey>& keys) {
  if (keys.empty()) return false;
  const DkimSignature& signature = candidate.signature;
  if (!header_) header_.emplace(raw_);
  const std::string text = header_->canonical_text(signature, candidate.index);
  const bool ours = std::ranges::any_of(
      keys, [&](const auto& key) { return verify_dkim_text(signature, text, key); });
  if (!ours) return false;
  const auto signed_at = header_->time_of(signature, candidate.index);
  // Nobody answers after so long: what comes then was taken from an archive.
  const Seconds most = std::max<Seconds>(kLedgerFingerprintDays, lifetime_);
  if (signed_at && now_ > *signed_at + most) return false;
  const bool in_date =
      signed_at && *signed_at <= now_ + kClockSkewMax && now_ < *signed_at + lifetime_;
  const ProofResult result = in_date ? ProofResult::Valid : ProofResult::Late;
  if (result_.result == ProofResult::Late && result == ProofResult::Late) return true;
  result_ = {.result = result,
             .key = {signature.domain, signature.selector},
             .signed_at = signed_at,
             .value = signature.value};
  return true;
}

std::optional<DkimKeyName> DkimCheck::question() const {
  const bool proved = result_.result == ProofResult::Valid || result_.result == ProofResult::Late;
  if (proved || unknown_.empty() || asked_ == limits::kDkimQuestionsPerMessage) return std::nullopt;
  const DkimSignature& signature = unknown_.front().signature;
  return DkimKeyName{signature.domain, signature.selector};
}

void DkimCheck::on_answer(const Result<DkimKeyAnswer>& answer) {
  const auto name = question();
  if (!name) return;
  ++asked_;
  const auto is_of_name = [&](const Candidate& candidate) {
    return candidate.signature.domain == name->domain &&
           candidate.signature.selector == name->selector;
  };
  bool proved = false;
  for (const Candidate& candidate : unknown_) {
    if (answer && !proved && is_of_name(candidate)) proved = try_keys(candidate, answer->keys);
  }
  std::erase_if(unknown_, is_of_name);
  if (!answer && !proved) result_.result = ProofResult::Unavailable;
}

}  // namespace backstop::proof
