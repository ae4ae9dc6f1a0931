#include "edge/store/ledger_memory.h"

#include <algorithm>
#include <utility>

#include "core/base/limits.h"

namespace backstop::store {
namespace {

constexpr auto kRowDays = static_cast<DayNumber>(proof::kLedgerRowDays.count());

}  // namespace

LedgerMemory::LedgerMemory() : index_(limits::kLedgerIndexKeys), counters_(limits::kUseCounters) {}

void LedgerMemory::put(proof::SentKey key, std::int64_t value, DayNumber day) {
  filling_.rows.put({key, value, day});
  if (!index_.add(key, day) && !unindexable_.contains(day)) {
    // What waits is found all the same: by then it must be looked for.
    unindexed_.erase(day);
    unindexable_[day] = ++last_ticket_;
    unindexed_count_ = unindexed_.size() + unindexable_.size();
    ++unindexed_version_;
  }
}

bool LedgerMemory::record(const proof::SentMessage& message) {
  const std::size_t pairs = std::min(message.pairs.size(), limits::kTransactionRecipients);
  const std::size_t rows = pairs + (message.message ? 1U : 0U) + (message.queue_id ? 1U : 0U);
  const std::scoped_lock lock(mutex_);
  // Sent under a clock that had stopped, by what the file knows: as its own day's, or it would be
  // taken for old at once.
  const DayNumber sent_day = day_of(message.sent);
  const DayNumber day = sent_day < horizon_ - kRowDays ? horizon_ : sent_day;
  if (filling_.messages + writing_.messages >= limits::kLedgerQueue ||
      filling_.rows.size() + writing_.rows.size() + rows > limits::kLedgerQueueRows)
    return false;
  const auto leave = accounts_.ask(message.account, day, static_cast<std::uint32_t>(rows));
  if (leave == AccountRows::Leave::FirstRefused) over_limit_.push_back(message.account);
  if (leave != AccountRows::Leave::Given) return true;

  if (message.message) put(*message.message, pack_entry(RowKind::Message, message), day);
  if (message.queue_id) put(*message.queue_id, pack_entry(RowKind::QueueId, message), day);
  for (std::size_t i = 0; i < pairs; ++i)
    put(message.pairs[i], pack_pair(message.sent), day);
  ++filling_.messages;
  filling_.oldest = std::min(filling_.oldest.value_or(message.sent), message.sent);
  for (auto* const largest : {&filling_.largest_header, &largest_header_}) {
    std::uint32_t& bytes = (*largest)[day];
    if (message.header_bytes <= bytes) continue;
    bytes = message.header_bytes;
    known_largest_ = kUnknownLargest;
  }
  return true;
}

std::optional<PendingRow> LedgerMemory::find_waiting(proof::SentKey key) const {
  const std::scoped_lock lock(mutex_);
  for (const Waiting* const waiting : {&filling_, &writing_}) {
    if (const PendingRow* const row = waiting->rows.find(key)) return *row;
  }
  return std::nullopt;
}

std::uint32_t LedgerMemory::largest_header(Instant now) const {
  const DayNumber first = day_of(now - proof::kLedgerRowDays);
  const std::uint64_t known = known_largest_.load();
  if (known != kUnknownLargest && static_cast<DayNumber>(known >> 32) == first)
    return static_cast<std::uint32_t>(known);
  const std::scoped_lock lock(mutex_);
  std::uint32_t largest = 0;
  for (auto at = largest_header_.lower_bound(first); at != largest_header_.end(); ++at)
    largest = std::max(largest, at->second);
  known_largest_ = std::uint64_t{static_cast<std::uint32_t>(first)} << 32 | largest;
  return largest;
}

DaySet LedgerMemory::days_of(proof::SentKey key) const {
  for (;;) {
    const std::uint64_t version = unindexed_version_.load();
    DaySet days;
    if (unindexed_count_.load() != 0) {
      const std::scoped_lock lock(mutex_);
      for (const auto* const some : {&unindexed_, &unindexable_}) {
        for (const auto& [day, ticket] : *some)
          days.set(day_bit(day));
      }
    }
    days |= index_.days_of(key);
    if (unindexed_version_.load() == version) return days;
  }
}

bool LedgerMemory::is_missing(proof::SentKey key) const {
  const std::uint64_t version = unindexed_version_.load();
  return unindexed_count_.load() == 0 && !index_.may_hold(key) &&
         unindexed_version_.load() == version;
}

void LedgerMemory::mark_unindexed(DayNumber day) {
  unindexable_.erase(day);
  unindexed_[day] = ++last_ticket_;
  unindexed_count_ = unindexed_.size() + unindexable_.size();
  ++unindexed_version_;
}

std::optional<LedgerMemory::UnindexedDay> LedgerMemory::next_unindexed() const {
  const std::scoped_lock lock(mutex_);
  if (unindexed_.empty()) return std::nullopt;
  return UnindexedDay{unindexed_.rbegin()->first, unindexed_.rbegin()->second};
}

void LedgerMemory::set_indexed(const UnindexedDay& day) {
  const std::scoped_lock lock(mutex_);
  const auto found = unindexed_.find(day.day);
  if (found == unindexed_.end() || found->second != day.ticket) return;
  unindexed_.erase(found);
  unindexed_count_ = unindexed_.size() + unindexable_.size();
}

void LedgerMemory::set_unindexable(const UnindexedDay& day) {
  const std::scoped_lock lock(mutex_);
  const auto found = unindexed_.find(day.day);
  if (found == unindexed_.end() || found->second != day.ticket) return;
  unindexable_[day.day] = day.ticket;
  unindexed_.erase(found);
}

void LedgerMemory::reindex(DayNumber day, bool is_there) {
  {
    const std::scoped_lock lock(mutex_);
    largest_header_.erase(day);
    known_largest_ = kUnknownLargest;
    mark_unindexed(day);
  }
  DaySet days;
  days.set(day_bit(day));
  index_.forget(days);
  if (is_there) return;
  const std::scoped_lock lock(mutex_);
  unindexed_.erase(day);
  unindexed_count_ = unindexed_.size() + unindexable_.size();
}

void LedgerMemory::set_file(const LedgerFile& file) {
  const std::scoped_lock lock(mutex_);
  unindexed_.clear();
  unindexable_.clear();
  for (const auto* const days : {&file.tables().sent, &file.tables().late}) {
    for (const DayNumber day : *days)
      mark_unindexed(day);
  }
  unindexed_count_ = unindexed_.size();
  ++unindexed_version_;
  index_.clear();
  for (const Waiting* const waiting : {&filling_, &writing_}) {
    for (const PendingRow& row : waiting->rows.rows())
      index_.add(row.key, row.day);
  }
  for (const auto& [day, bytes] : file.largest_header()) {
    std::uint32_t& largest = largest_header_[day];
    largest = std::max(largest, bytes);
  }
  known_largest_ = kUnknownLargest;
  horizon_ = file.horizon();
}

void LedgerMemory::add_accounts(const std::vector<AccountRow>& rows) {
  const std::scoped_lock lock(mutex_);
  for (const AccountRow& row : rows)
    accounts_.add_stored(row);
}

void LedgerMemory::mark_all_changed() {
  counters_.mark_all_changed();
  const std::scoped_lock lock(mutex_);
  accounts_.mark_all_changed();
}

void LedgerMemory::set_horizon(DayNumber horizon) {
  const std::scoped_lock lock(mutex_);
  horizon_ = horizon;
  accounts_.forget_before(horizon - 1);
}

bool LedgerMemory::has_work() const {
  if (counters_.has_changed()) return true;
  const std::scoped_lock lock(mutex_);
  return !filling_.rows.empty() || !writing_.rows.empty() || !over_limit_.empty();
}

const LedgerGroup& LedgerMemory::next_group(bool with_counters) {
  {
    const std::scoped_lock lock(mutex_);
    if (writing_.rows.empty()) std::swap(writing_, filling_);
    for (AccountRow& row : accounts_.take_changed())
      group_.accounts.push_back(row);
    group_.largest_header = writing_.largest_header;
    // Read without the lock: nothing is put there until it is written.
    group_.rows = &writing_.rows;
  }
  if (with_counters) {
    for (const CounterRow& row : counters_.take_changed())
      group_.counters.push_back(row);
  }
  return group_;
}

void LedgerMemory::set_written() {
  group_ = LedgerGroup();
  const std::scoped_lock lock(mutex_);
  writing_.rows.clear();
  writing_.messages = 0;
  writing_.oldest.reset();
  writing_.largest_header.clear();
}

void LedgerMemory::set_failed() {
  counters_.put_back(group_.counters);
  const std::scoped_lock lock(mutex_);
  accounts_.put_back(group_.accounts);
  group_ = LedgerGroup();
}

std::optional<Instant> LedgerMemory::oldest_waiting() const {
  const std::scoped_lock lock(mutex_);
  if (!writing_.oldest) return filling_.oldest;
  return filling_.oldest ? std::min(*filling_.oldest, *writing_.oldest) : writing_.oldest;
}

std::size_t LedgerMemory::waiting_messages() const {
  const std::scoped_lock lock(mutex_);
  return filling_.messages + writing_.messages;
}

std::vector<proof::SentKey> LedgerMemory::take_over_limit() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(over_limit_, {});
}

}  // namespace backstop::store
