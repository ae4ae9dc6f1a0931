#include "app/canary_verdicts.h"

namespace backstop::app {

CanaryVerdict make_canary_verdict(const transaction::Record& record) {
  CanaryVerdict out{.verdict = record.judgement.verdict,
                    .decision = record.judgement.decision,
                    .reason = {},
                    .is_canary = record.direction == transaction::Direction::Canary};
  if (!record.judgement.reasons.empty())
    out.reason = policy::name_of(record.judgement.reasons.front());
  if (!record.facts.empty()) out.token = record.facts.front().token;
  return out;
}

bool CanaryVerdicts::on_record(const transaction::Record& record) {
  if (verdicts_.empty() || !record.is_judged()) return false;
  const auto expected = verdicts_.find(record.message_id);
  if (expected == verdicts_.end()) return false;
  expected->second = make_canary_verdict(record);
  return true;
}

std::optional<CanaryVerdict> CanaryVerdicts::find(const std::string& message_id) const {
  const auto found = verdicts_.find(message_id);
  return found == verdicts_.end() ? std::nullopt : found->second;
}

}  // namespace backstop::app
