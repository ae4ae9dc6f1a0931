#include "core/transaction/feed_event.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/feed_limits.h"

namespace backstop::transaction {
namespace {

// Of the table of verdicts: a proof is valid.
constexpr unsigned kProvedRow = 1;

std::vector<std::string_view> list_proofs(const Record& record) {
  std::vector<std::string_view> out;
  const auto any = [&](auto member) {
    return std::ranges::any_of(record.facts, [&](const policy::Facts& facts) {
      return facts.*member == proof::ProofResult::Valid ||
             facts.*member == proof::ProofResult::Late;
    });
  };
  if (any(&policy::Facts::token)) out.emplace_back("token");
  if (any(&policy::Facts::ledger)) out.emplace_back("ledger");
  if (any(&policy::Facts::dkim)) out.emplace_back("dkim");
  if (any(&policy::Facts::tag)) out.emplace_back("tag");
  const bool by_pair = std::ranges::any_of(
      record.facts, [](const policy::Facts& facts) { return facts.pair == policy::Pair::Known; });
  if (by_pair) out.emplace_back("pair");
  return out;
}

// RFC 3464 §2.3.3; a notice in no standard form says nothing, and is one of failure.
bool has_failed(const reading::RecipientReport& report) {
  return report.action == "failed" || report.action.empty();
}

}  // namespace

std::vector<FeedEvent> feed_events_of(const Record& record, std::string_view queue_id) {
  const bool is_genuine = record.judgement.verdict == policy::Verdict::Genuine;
  const bool is_told = is_genuine || record.judgement.verdict == policy::Verdict::Late;
  if (record.direction != Direction::Inbound || !is_told || record.reading == nullptr) return {};
  const reading::Reading& reading = *record.reading;
  FeedEvent common{.id = {},
                   .at = record.at,
                   .verdict = record.judgement.verdict,
                   .kind = record.kind,
                   .proofs = list_proofs(record),
                   .message_id = record.known_id,
                   .to = {},
                   .recipient = {},
                   .action = {},
                   .status = {},
                   .confidence = reading.confidence};
  for (const auto& [address, is_ours] : record.recipient_addresses)
    if (is_ours) common.to.push_back(address.text());
  const auto id_of = [&](std::size_t number) {
    return fmt::format("{}-{}-{}", record.at.time_since_epoch().count(), queue_id, number);
  };
  std::vector<FeedEvent> out;
  const std::size_t count = std::min(reading.recipients.size(), limits::kFeedRecipients);
  for (std::size_t i = 0; i < count; ++i) {
    const reading::RecipientReport& report = reading.recipients[i];
    FeedEvent event = common;
    event.id = id_of(i);
    event.reports = true;
    event.action = report.action;
    event.status = report.status;
    event.reason = report.reason;
    const auto held = std::ranges::find(record.held, i, &HeldRecipient::index);
    const bool is_held = held != record.held.end();
    if (is_held) event.recipient = held->address;
    event.bounced = is_genuine && record.judgement.row == kProvedRow && is_held &&
                    record.kind == reading::Kind::Bounce && has_failed(report);
    out.push_back(std::move(event));
  }
  if (!out.empty()) return out;
  common.id = id_of(0);
  return {std::move(common)};
}

}  // namespace backstop::transaction
