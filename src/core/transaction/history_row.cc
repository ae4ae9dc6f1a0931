#include "core/transaction/history_row.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/limits.h"
#include "core/transaction/judge.h"

namespace backstop::transaction {
namespace {

constexpr char kBetweenFacts = '|';

bool is_foreign(std::string_view shown) {
  return shown.starts_with('#') && shown.find('@') == shown.npos;
}

std::string join_reasons(const std::vector<policy::Reason>& reasons) {
  std::string out;
  for (const policy::Reason reason : reasons) {
    if (!out.empty()) out.push_back(',');
    out.append(policy::name_of(reason));
  }
  return out;
}

// "" when not all of them find room: half of them would recompute to something else.
std::string join_facts(const std::vector<policy::Facts>& all) {
  std::string out;
  for (const policy::Facts& facts : all) {
    if (!out.empty()) out.push_back(kBetweenFacts);
    out.append(policy::render_facts(facts));
    if (out.size() > limits::kHistoryTextBytes) return {};
  }
  return out;
}

}  // namespace

std::string shown_address(const mail::Address& address, bool is_ours,
                          const proof::SentHasher* hasher) {
  if (address.is_null()) return {};
  if (is_ours) return address.text();
  return hasher == nullptr ? std::string() : fmt::format("#{:016x}", hasher->address(address));
}

HistoryRow make_history_row(const Record& record, std::string_view queue_id) {
  const proof::SentHasher* const hasher = record.hasher.get();
  HistoryRow row;
  row.at = record.at;
  row.queue_id = queue_id;
  row.direction = record.direction;
  if (record.sender_address) {
    row.sender = shown_address(*record.sender_address, record.sender_is_ours, hasher);
  }
  for (const auto& [address, is_ours] : record.recipient_addresses) {
    std::string shown = shown_address(address, is_ours, hasher);
    if (!shown.empty()) row.recipients.push_back(std::move(shown));
  }
  row.recipient_count = static_cast<std::uint32_t>(record.recipient_count);
  row.client = record.client;
  row.is_signed = record.is_signed;
  if (hasher != nullptr) {
    if (!record.message_id.empty()) row.message_id = hasher->message(record.message_id);
    if (!record.original_id.empty()) row.original_id = hasher->message(record.original_id);
  }
  if (!record.is_judged()) return row;
  row.kind = reading::name_of(record.kind);
  row.verdict = policy::name_of(record.judgement.verdict);
  row.decision = policy::name_of(record.judgement.decision);
  row.enforced = policy::name_of(record.judgement.enforced);
  row.reasons = join_reasons(record.judgement.reasons);
  row.facts = join_facts(record.facts);
  return row;
}

std::optional<policy::Judgement> recompute(const HistoryRow& row) {
  if (row.facts.empty()) return std::nullopt;
  std::vector<policy::Judgement> judgements;
  std::string_view rest = row.facts;
  for (;;) {
    const std::size_t end = rest.find(kBetweenFacts);
    const auto facts = policy::parse_facts(rest.substr(0, end));
    if (!facts) return std::nullopt;
    judgements.push_back(policy::decide(*facts));
    if (end == rest.npos) break;
    rest.remove_prefix(end + 1);
  }
  policy::Judgement judgement = combine(judgements);
  // Somebody who is not ours was a recipient too: nothing could be done to the message as a whole.
  if (std::any_of(row.recipients.begin(), row.recipients.end(), is_foreign)) {
    judgement.decision = policy::Decision::Accept;
  }
  return judgement;
}

}  // namespace backstop::transaction
