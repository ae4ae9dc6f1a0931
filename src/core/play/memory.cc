#include "core/play/memory.h"

#include <algorithm>

namespace backstop::play {

void Memory::record(const proof::SentMessage& message) {
  if (message.message) messages_[*message.message] = message;
  if (message.queue_id) queue_ids_[*message.queue_id] = message;
  for (const proof::SentKey pair : message.pairs)
    pairs_[pair] = message.sent;
  // Only what was sent later can be larger and still count.
  const auto from = largest_header_bytes_.lower_bound(message.sent);
  if (from != largest_header_bytes_.end() && from->second >= message.header_bytes) return;
  largest_header_bytes_[message.sent] = message.header_bytes;
  for (auto at = largest_header_bytes_.find(message.sent); at != largest_header_bytes_.begin();) {
    if ((--at)->second > message.header_bytes) break;
    at = largest_header_bytes_.erase(at);
  }
}

void Memory::count(const proof::Uses& uses) {
  for (const proof::SentKey counter : uses.counters)
    ++counters_[counter];
}

std::optional<proof::SentEntry> Memory::find(
    const std::map<proof::SentKey, proof::SentMessage>& where, proof::SentKey key,
    const proof::LedgerQuery& query, Instant now, bool keeps_fingerprint) {
  const auto found = where.find(key);
  if (found == where.end()) return std::nullopt;
  const proof::SentMessage& message = found->second;
  const Seconds age = now - message.sent;
  if (age > proof::kLedgerRowDays) {
    if (!keeps_fingerprint || age > proof::kLedgerFingerprintDays) return std::nullopt;
    return proof::SentEntry{.late = true, .sent = {}, .recipient_count = 0};
  }
  return proof::SentEntry{
      .late = false,
      .sent = message.sent,
      .recipient_count = message.recipient_count,
      .is_list = message.is_list,
      .same_sender = std::ranges::find(query.addressees, message.sender) != query.addressees.end()};
}

proof::LedgerAnswer Memory::look_up(const proof::LedgerQuery& query, Instant now) const {
  proof::LedgerAnswer out;
  for (const proof::SentKey key : query.messages)
    out.messages.push_back(find(messages_, key, query, now, true));
  for (const proof::SentKey key : query.queue_ids)
    out.queue_ids.push_back(find(queue_ids_, key, query, now, false));
  for (const proof::SentKey key : query.pairs) {
    const auto found = pairs_.find(key);
    const bool known = found != pairs_.end() && now - found->second <= proof::kLedgerRowDays;
    out.pairs.push_back(known ? std::optional(found->second) : std::nullopt);
  }
  for (const proof::SentKey key : query.counters) {
    const auto found = counters_.find(key);
    out.counters.push_back(found == counters_.end() ? 0 : found->second);
  }
  const auto young = largest_header_bytes_.lower_bound(now - proof::kLedgerRowDays);
  for (auto at = young; at != largest_header_bytes_.end(); ++at)
    out.largest_header_bytes = std::max(out.largest_header_bytes, at->second);
  return out;
}

}  // namespace backstop::play
