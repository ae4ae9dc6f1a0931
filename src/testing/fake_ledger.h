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
#include "core/play/memory.h"
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
    proof::SentMessage kept = message;
    kept.pairs.resize(pairs);
    memory_.record(kept);
  }

  void count_uses(const proof::Uses& uses) override {
    const std::scoped_lock lock(mutex_);
    memory_.count({.since = uses.since, .counters = first_of(uses.counters)});
  }

  Result<proof::LedgerAnswer> look_up(const proof::LedgerQuery& query, Instant now) override {
    const std::scoped_lock lock(mutex_);
    if (away_) return fail(Errc::Unavailable, "ledger", "The ledger is away.");
    proof::LedgerAnswer answer = memory_.look_up({.messages = first_of(query.messages),
                                                  .queue_ids = first_of(query.queue_ids),
                                                  .pairs = first_of(query.pairs),
                                                  .counters = first_of(query.counters),
                                                  .addressees = query.addressees},
                                                 now);
    // As many answers as keys; those past the limit are empty.
    answer.messages.resize(query.messages.size());
    answer.queue_ids.resize(query.queue_ids.size());
    answer.pairs.resize(query.pairs.size());
    answer.counters.resize(query.counters.size());
    answer.lost_at = lost_at_;
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
  static std::vector<proof::SentKey> first_of(std::vector<proof::SentKey> keys) {
    if (keys.size() > limits::kLedgerQueryKeys) keys.resize(limits::kLedgerQueryKeys);
    return keys;
  }

  mutable std::mutex mutex_;
  play::Memory memory_;
  std::map<std::pair<std::chrono::sys_days, proof::SentKey>, std::size_t> rows_;
  std::optional<Instant> lost_at_;
  bool away_ = false;
  std::size_t recorded_ = 0;
  std::size_t lost_ = 0;
};

}  // namespace backstop::testing
