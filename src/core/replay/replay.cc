#include "core/replay/replay.h"

#include <algorithm>

#include "core/base/limits.h"

namespace backstop::replay {
namespace {

using policy::Decision;
using policy::Judgement;
using policy::Verdict;
using transaction::HistoryRow;

// Cases that are remembered, so that rows alike are judged once: some 30 MB.
constexpr std::size_t kCases = 50'000;

bool is_welcome(std::string_view verdict) {
  return verdict == policy::name_of(Verdict::Genuine) || verdict == policy::name_of(Verdict::Late);
}

bool loses(std::string_view decision) {
  return decision == policy::name_of(Decision::Refuse) ||
         decision == policy::name_of(Decision::Discard);
}

bool has_foreign_recipient(const HistoryRow& row) {
  return std::ranges::any_of(row.recipients, [](const std::string& shown) {
    return shown.starts_with('#') && shown.find('@') == shown.npos;
  });
}

}  // namespace

// What two rows have to share to be judged alike.
void Replay::name_case(const HistoryRow& row, std::int64_t outcome) {
  name_.assign(reinterpret_cast<const char*>(&outcome), sizeof outcome);
  name_.push_back(row.recipient_count > limits::kTransactionRecipients ? 'm' : '-');
  if (!derivation_) {
    name_.push_back(has_foreign_recipient(row) ? '#' : '-');
    return;
  }
  name_.append(row.facts_of).push_back('\n');
  for (const std::string& recipient : row.recipients)
    name_.append(recipient).push_back('\n');
  name_.push_back(row.recipient_count > row.recipients.size() ? '+' : '-');
  name_.push_back(row.sender.empty() ? '0' : '1');
  if (derivation_->asks_who_sends()) name_.append(row.client).append("\n").append(row.sender);
  if (derivation_->asks_when()) name_.append(std::to_string(row.at.time_since_epoch().count()));
}

const Replayed& Replay::judge(const HistoryRow& row, std::int64_t outcome) {
  name_case(row, outcome);
  const auto known = known_.find(name_);
  if (known != known_.end()) return known->second;
  if (known_.size() >= kCases) known_.clear();
  return known_.emplace(name_, judge_anew(row)).first->second;
}

std::optional<Judgement> Replay::judge_derived(const HistoryRow& row, Replayed& replayed) const {
  const auto facts = transaction::parse_row_facts(row.facts);
  if (!facts) return std::nullopt;
  std::vector<Judgement> taken;    // Of recipients that are there at the end of the message.
  std::vector<Judgement> refused;  // At RCPT.
  std::vector<bool> told(facts->size());
  for (std::size_t i = 0; i < row.recipients.size(); ++i) {
    const auto which = transaction::find_facts_of(row, i);
    const auto address = mail::parse_path(row.recipients[i]);
    if (!which || !address || row.recipients[i].starts_with('#')) continue;
    told[*which] = true;
    const Derived derived = derivation_->derive(row, (*facts)[*which], *address, replayed.unknowns);
    Judgement judgement = policy::decide(derived.facts);
    if (derived.is_refused_at_rcpt) {
      // The rest of the message may be taken: this recipient's is lost all the same.
      if (is_welcome(policy::name_of(judgement.verdict)) && !loses(row.decision))
        replayed.differs = replayed.is_harmful = true;
      judgement.decision = judgement.enforced = Decision::Refuse;
      judgement.reasons = {derived.reason};
    }
    (derived.is_refused_at_rcpt ? refused : taken).push_back(std::move(judgement));
  }
  // Recipients without a name, or nobody's: what was known of them stands.
  const bool unnamed = row.recipient_count > row.recipients.size();
  for (std::size_t i = 0; i < facts->size(); ++i) {
    if (told[i] && !unnamed) continue;
    const bool nobodys = (*facts)[i] == policy::Facts{.mode = policy::Mode::Off};
    if (!nobodys) replayed.unknowns.add(Unknown::Recipient);
    if (!told[i]) taken.push_back(policy::decide((*facts)[i]));
  }
  // Who is refused at RCPT is no recipient of the message.
  Judgement out = transaction::combine_row(row, taken.empty() ? refused : taken);
  if (!taken.empty() && !refused.empty()) out.reasons.push_back(refused.front().reasons.front());
  return out;
}

Replayed Replay::judge_anew(const HistoryRow& row) const {
  Replayed out;
  const auto judged = derivation_ ? judge_derived(row, out) : transaction::recompute(row);
  if (!judged) {
    out.unknowns.add(Unknown::Facts);
    return out;
  }
  out.now = *judged;
  out.reasons = transaction::join_reasons(out.now.reasons);
  const std::string_view verdict = policy::name_of(out.now.verdict);
  const std::string_view decision = policy::name_of(out.now.decision);
  out.differs = out.differs || verdict != row.verdict || decision != row.decision ||
                policy::name_of(out.now.enforced) != row.enforced ||
                (!derivation_ && out.reasons != row.reasons);
  out.is_harmful = out.is_harmful || (loses(decision) && !loses(row.decision) &&
                                      (is_welcome(verdict) || is_welcome(row.verdict)));
  return out;
}

}  // namespace backstop::replay
