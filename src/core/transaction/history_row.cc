#include "core/transaction/history_row.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/limits.h"
#include "core/transaction/judge.h"
#include "core/watch/fingerprint.h"

namespace backstop::transaction {
namespace {

constexpr char kBetweenFacts = '|';

// Facts that have a mark: more than find room.
constexpr std::size_t kMarks = 64;
constexpr char kFirstMark = '0';
constexpr char kNoMark = '-';

char mark_of(std::size_t index) {
  return index < kMarks ? static_cast<char>(kFirstMark + static_cast<char>(index)) : kNoMark;
}

bool is_foreign(std::string_view shown) {
  return shown.starts_with('#') && shown.find('@') == shown.npos;
}

// Alike ones once.
std::vector<policy::Facts> collect_distinct(const std::vector<policy::Facts>& all) {
  std::vector<policy::Facts> out;
  for (const policy::Facts& facts : all)
    if (std::ranges::find(out, facts) == out.end()) out.push_back(facts);
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
  const std::vector<policy::Facts> distinct = collect_distinct(record.facts);
  for (std::size_t i = 0; i < record.recipient_addresses.size(); ++i) {
    const auto& [address, is_ours] = record.recipient_addresses[i];
    std::string shown = shown_address(address, is_ours, hasher);
    if (shown.empty()) continue;
    row.recipients.push_back(std::move(shown));
    if (distinct.size() < 2 || i >= record.facts.size()) continue;
    const auto which = std::ranges::find(distinct, record.facts[i]) - distinct.begin();
    row.facts_of.push_back(mark_of(static_cast<std::size_t>(which)));
  }
  row.recipient_count = static_cast<std::uint32_t>(record.recipient_count);
  row.client = record.client;
  row.is_signed = record.is_signed;
  if (hasher != nullptr) {
    if (!record.message_id.empty()) row.message_id = hasher->message(record.message_id);
    if (!record.original_id.empty()) row.original_id = hasher->message(record.original_id);
  }
  if (!record.is_judged()) return row;
  if (hasher != nullptr && record.reading != nullptr) {
    const watch::Fingerprint print = watch::find_fingerprint(*record.reading, {});
    if (!print.subject.empty()) row.subject = hasher->text(print.subject);
    if (!print.message_id.empty()) row.origin = hasher->text(print.message_id);
  }
  row.kind = reading::name_of(record.kind);
  row.verdict = policy::name_of(record.judgement.verdict);
  row.decision = policy::name_of(record.judgement.decision);
  row.enforced = policy::name_of(record.judgement.enforced);
  row.reasons = join_reasons(record.judgement.reasons);
  row.facts = join_facts(distinct);
  return row;
}

std::optional<std::vector<policy::Facts>> parse_row_facts(std::string_view facts) {
  std::vector<policy::Facts> out;
  if (facts.empty()) return std::nullopt;
  for (;;) {
    const std::size_t end = facts.find(kBetweenFacts);
    const auto one = policy::parse_facts(facts.substr(0, end));
    if (!one) return std::nullopt;
    out.push_back(*one);
    if (end == facts.npos) return out;
    facts.remove_prefix(end + 1);
  }
}

std::optional<std::size_t> find_facts_of(const HistoryRow& row, std::size_t index) {
  if (row.facts.empty() || index >= row.recipients.size()) return std::nullopt;
  if (row.facts.find(kBetweenFacts) == row.facts.npos) return 0;
  if (index >= row.facts_of.size() || row.facts_of[index] < kFirstMark) return std::nullopt;
  const auto found = static_cast<std::size_t>(row.facts_of[index] - kFirstMark);
  const auto last = static_cast<std::size_t>(std::ranges::count(row.facts, kBetweenFacts));
  return found <= last ? std::optional(found) : std::nullopt;
}

policy::Judgement combine_row(const HistoryRow& row,
                              const std::vector<policy::Judgement>& judgements) {
  policy::Judgement judgement = combine(judgements);
  // Somebody who is not ours was a recipient too: nothing could be done to the message as a whole.
  if (std::any_of(row.recipients.begin(), row.recipients.end(), is_foreign)) {
    judgement.decision = policy::Decision::Accept;
  }
  // Recipients past the limit were not known one by one, so nothing was refused on their behalf.
  if (row.recipient_count > limits::kTransactionRecipients)
    judgement.decision = std::min(judgement.decision, policy::Decision::Mark);
  return judgement;
}

std::optional<policy::Judgement> recompute(const HistoryRow& row) {
  const auto all = parse_row_facts(row.facts);
  if (!all) return std::nullopt;
  std::vector<policy::Judgement> judgements;
  for (const policy::Facts& facts : *all)
    judgements.push_back(policy::decide(facts));
  return combine_row(row, judgements);
}

std::string join_reasons(const std::vector<policy::Reason>& reasons) {
  std::string out;
  for (const policy::Reason reason : reasons) {
    if (!out.empty()) out.push_back(',');
    out.append(policy::name_of(reason));
  }
  return out;
}

}  // namespace backstop::transaction
