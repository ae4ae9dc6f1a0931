// A ledger in memory, with the real one's meaning, that can be away.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "ports/ledger.h"

namespace backstop::testing {

// Any thread.
class FakeLedger final : public ports::Ledger {
 public:
  void record_sent(const proof::SentMessage& message) override {
    const std::scoped_lock lock(mutex_);
    ++recorded_;
    if (away_) {
      ++lost_;
      return;
    }
    const std::size_t pairs = std::min(message.pairs.size(), limits::kTransactionRecipients);
    const auto day = std::chrono::floor<Days>(message.sent);
    std::size_t& rows = rows_[{day, message.account}];
    rows += pairs + (message.message ? 1U : 0U) + (message.queue_id ? 1U : 0U);
    if (rows > limits::kLedgerRowsPerAccount) {
      rows = limits::kLedgerRowsPerAccount + 1;
      return;
    }
    if (message.message) messages_[*message.message] = message;
    if (message.queue_id) queue_ids_[*message.queue_id] = message;
    for (std::size_t i = 0; i < pairs; ++i)
      pairs_[message.pairs[i]] = message.sent;
    largest_[message.sent] = std::max(largest_[message.sent], message.header_bytes);
  }

  void count_uses(const proof::Uses& uses) override {
    const std::scoped_lock lock(mutex_);
    for (std::size_t i = 0; i < std::min(uses.counters.size(), limits::kLedgerQueryKeys); ++i)
      ++counters_[uses.counters[i]];
  }

  Result<proof::LedgerAnswer> look_up(const proof::LedgerQuery& query, Instant now) override {
    const std::scoped_lock lock(mutex_);
    if (away_) return fail(Errc::Unavailable, "ledger", "The ledger is away.");
    proof::LedgerAnswer answer;
    answer.lost_at = lost_at_;
    answer.messages = find_all<std::optional<proof::SentEntry>>(
        query.messages,
        [&](proof::SentKey key) { return entry_of(messages_, key, query, now, true); });
    answer.queue_ids = find_all<std::optional<proof::SentEntry>>(
        query.queue_ids,
        [&](proof::SentKey key) { return entry_of(queue_ids_, key, query, now, false); });
    answer.pairs = find_all<std::optional<Instant>>(
        query.pairs, [&](proof::SentKey key) -> std::optional<Instant> {
          const auto found = pairs_.find(key);
          if (found == pairs_.end() || now - found->second > proof::kLedgerRowDays)
            return std::nullopt;
          return found->second;
        });
    answer.counters = find_all<std::uint32_t>(query.counters, [&](proof::SentKey key) {
      const auto found = counters_.find(key);
      return found == counters_.end() ? 0U : found->second;
    });
    for (auto at = largest_.lower_bound(now - proof::kLedgerRowDays); at != largest_.end(); ++at)
      answer.largest_header_bytes = std::max(answer.largest_header_bytes, at->second);
    return answer;
  }

  // From now on it is away, or back again.
  void set_away(bool away) {
    const std::scoped_lock lock(mutex_);
    away_ = away;
  }
  void set_lost_at(std::optional<Instant> lost_at) {
    const std::scoped_lock lock(mutex_);
    lost_at_ = lost_at;
  }
  // How many messages were given, and how many of them while it was away.
  std::size_t recorded() const {
    const std::scoped_lock lock(mutex_);
    return recorded_;
  }
  std::size_t lost() const {
    const std::scoped_lock lock(mutex_);
    return lost_;
  }

 private:
  using Messages = std::map<proof::SentKey, proof::SentMessage>;

  static std::optional<proof::SentEntry> entry_of(const Messages& messages, proof::SentKey key,
                                                  const proof::LedgerQuery& query, Instant now,
                                                  bool keeps_fingerprint) {
    const auto found = messages.find(key);
    if (found == messages.end()) return std::nullopt;
    const proof::SentMessage& message = found->second;
    proof::SentEntry entry;
    if (now - message.sent > proof::kLedgerRowDays) {
      if (!keeps_fingerprint || now - message.sent > proof::kLedgerFingerprintDays)
        return std::nullopt;
      entry.late = true;
      return entry;
    }
    entry.sent = message.sent;
    entry.recipient_count = message.recipient_count;
    entry.is_list = message.is_list;
    entry.same_sender =
        std::ranges::find(query.addressees, message.sender) != query.addressees.end();
    return entry;
  }

  // As many answers as keys; those past the limit are empty.
  template <class Found, class Find>
  static std::vector<Found> find_all(const std::vector<proof::SentKey>& keys, Find find) {
    std::vector<Found> found(keys.size());
    for (std::size_t i = 0; i < std::min(keys.size(), limits::kLedgerQueryKeys); ++i)
      found[i] = find(keys[i]);
    return found;
  }

  mutable std::mutex mutex_;
  Messages messages_;
  Messages queue_ids_;
  std::map<proof::SentKey, Instant> pairs_;
  std::map<proof::SentKey, std::uint32_t> counters_;
  std::map<Instant, std::uint32_t> largest_;
  std::map<std::pair<std::chrono::sys_days, proof::SentKey>, std::size_t> rows_;
  std::optional<Instant> lost_at_;
  bool away_ = false;
  std::size_t recorded_ = 0;
  std::size_t lost_ = 0;
};

}  // namespace backstop::testing
