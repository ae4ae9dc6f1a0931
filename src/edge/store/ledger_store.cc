#include "edge/store/ledger_store.h"

#include <algorithm>
#include <utility>

namespace backstop::store {
namespace {

std::size_t looked_at(const std::vector<proof::SentKey>& keys) {
  return std::min(keys.size(), limits::kLedgerQueryKeys);
}

}  // namespace

LedgerStore::LedgerStore(LedgerOptions options, const ports::Clock& clock, LedgerObserver& observer)
    : options_(std::move(options)),
      path_(options_.directory + "/" + std::string(kLedgerFileName)),
      clock_(clock),
      observer_(observer) {
  writer_ = std::thread([this] { write_until_closed(); });
  indexer_ = std::thread([this] { index_until_closed(); });
  std::unique_lock lock(wake_mutex_);
  done_.wait(lock, [&] { return is_tried_; });
}

LedgerStore::~LedgerStore() {
  close();
}

void LedgerStore::wake() {
  if (has_work_.exchange(true)) return;
  // Between the writer's look and its sleep nobody may pass.
  {
    const std::scoped_lock lock(wake_mutex_);
  }
  wake_.notify_one();
}

void LedgerStore::record_sent(const proof::SentMessage& message) {
  if (!memory_.record(message)) {
    lost_messages_.fetch_add(1, std::memory_order_relaxed);
    is_overfull_ = true;
  }
  wake();
}

void LedgerStore::count_uses(const proof::Uses& uses) {
  memory_.counters().raise(std::span(uses.counters).first(looked_at(uses.counters)),
                           day_of(uses.since));
  wake();
}

std::shared_ptr<LedgerStore::Reading> LedgerStore::reading() const {
  const std::scoped_lock lock(wake_mutex_);
  return reading_;
}
std::shared_ptr<const DayTables> LedgerStore::tables() const {
  const std::scoped_lock lock(wake_mutex_);
  return tables_;
}

void LedgerStore::report_damage(const Error& error, std::uint64_t generation) {
  {
    const std::scoped_lock lock(wake_mutex_);
    if (generation != generation_) return;
    damage_ = error;
  }
  wake_.notify_one();
}

proof::LedgerAnswer LedgerStore::empty_answer(const proof::LedgerQuery& query, Instant now) const {
  proof::LedgerAnswer answer;
  answer.messages.resize(query.messages.size());
  answer.queue_ids.resize(query.queue_ids.size());
  answer.pairs.resize(query.pairs.size());
  answer.counters.resize(query.counters.size());
  for (std::size_t i = 0; i < looked_at(query.counters); ++i)
    answer.counters[i] = memory_.counters().count(query.counters[i]);
  answer.largest_header_bytes = memory_.largest_header(now);
  const std::int64_t lost_at = lost_at_seconds_.load();
  if (lost_at >= 0) answer.lost_at = Instant{Seconds{lost_at}};
  return answer;
}

std::optional<proof::LedgerAnswer> LedgerStore::look_up_now(const proof::LedgerQuery& query,
                                                            Instant now) const {
  if (is_away_.load()) return std::nullopt;
  if (!query.counters.empty() && !has_counters_.load()) return std::nullopt;
  for (const auto* const keys : {&query.messages, &query.queue_ids, &query.pairs}) {
    for (std::size_t i = 0; i < looked_at(*keys); ++i) {
      if (!memory_.is_missing((*keys)[i])) return std::nullopt;
    }
  }
  return empty_answer(query, now);
}

// The order matters: a row moves from what waits into a table, and a new table is published before
// its rows wait no longer.
Result<std::optional<proof::SentEntry>> LedgerStore::find_entry(Reading& reading,
                                                                proof::SentKey key, RowKind kind,
                                                                const proof::LedgerQuery& query,
                                                                Instant now) {
  const DaySet days = memory_.days_of(key);
  if (days.none()) return std::nullopt;
  const auto waiting = memory_.find_waiting(key);
  if (waiting && kind_of(waiting->value) == kind)
    return age_entry(kind, unpack_entry(waiting->day, waiting->value, query.addressees), now);
  BS_TRY(const auto row, reading.reader.find(key, kind, days, *tables()));
  if (!row) return std::nullopt;
  if (row->is_late) return age_fingerprint(row->day, now);
  return age_entry(kind, unpack_entry(row->day, row->value, query.addressees), now);
}

Result<std::optional<Instant>> LedgerStore::find_pair(Reading& reading, proof::SentKey key,
                                                      Instant now) {
  const DaySet days = memory_.days_of(key);
  if (days.none()) return std::nullopt;
  const auto waiting = memory_.find_waiting(key);
  if (waiting && kind_of(waiting->value) == RowKind::Pair)
    return age_pair(unpack_pair(waiting->day, waiting->value), now);
  BS_TRY(const auto row, reading.reader.find(key, RowKind::Pair, days, *tables()));
  if (!row) return std::nullopt;
  return age_pair(unpack_pair(row->day, row->value), now);
}

bool LedgerStore::wait_for_counters() {
  if (has_counters_.load()) return true;
  std::unique_lock lock(wake_mutex_);
  return done_.wait_for(lock, limits::kAskWait, [&] {
    return has_counters_.load() || is_closing_;
  }) && has_counters_.load();
}

Result<proof::LedgerAnswer> LedgerStore::look_up(const proof::LedgerQuery& query, Instant now) {
  const std::shared_ptr<Reading> reading = this->reading();
  if (!reading || (!query.counters.empty() && !wait_for_counters()))
    return fail(Errc::Unavailable, path_, "The ledger is away.");
  proof::LedgerAnswer answer = empty_answer(query, now);
  const auto fill = [&]() -> Result<void> {
    const std::scoped_lock lock(reading->mutex);
    for (std::size_t i = 0; i < looked_at(query.messages); ++i) {
      BS_TRY(answer.messages[i],
             find_entry(*reading, query.messages[i], RowKind::Message, query, now));
    }
    for (std::size_t i = 0; i < looked_at(query.queue_ids); ++i) {
      BS_TRY(answer.queue_ids[i],
             find_entry(*reading, query.queue_ids[i], RowKind::QueueId, query, now));
    }
    for (std::size_t i = 0; i < looked_at(query.pairs); ++i) {
      BS_TRY(answer.pairs[i], find_pair(*reading, query.pairs[i], now));
    }
    return {};
  };
  if (const auto filled = fill(); !filled) {
    if (filled.error().code == Errc::Invalid) report_damage(filled.error(), reading->generation);
    return fail(Errc::Unavailable, filled.error().where, filled.error().detail);
  }
  return answer;
}

// What was counted since the start can only be written on top of what stands in the file.
void LedgerStore::make_counters_writable() {
  if (!is_away_.load() && memory_.counters().has_changed()) wait_for_counters();
}

bool LedgerStore::flush() {
  make_counters_writable();
  std::unique_lock lock(wake_mutex_);
  if (is_closing_) return false;
  const std::uint64_t wanted = ++flush_wanted_;
  wake_.notify_one();
  done_.wait(lock, [&] { return flush_done_ >= wanted; });
  return flush_worked_;
}

void LedgerStore::close() {
  make_counters_writable();
  {
    const std::scoped_lock lock(wake_mutex_);
    is_closing_ = true;
  }
  wake_.notify_one();
  indexer_wake_.notify_one();
  done_.notify_all();
  // The indexer first: it writes nothing, and the last connection to close tidies up the file.
  if (indexer_.joinable()) indexer_.join();
  if (writer_.joinable()) writer_.join();
}

LedgerState LedgerStore::state() const {
  LedgerState state;
  state.is_away = is_away_.load();
  state.lost_messages = lost_messages_.load();
  state.waiting_messages = memory_.waiting_messages();
  state.index_keys = memory_.index().keys();
  state.index_bytes = memory_.index().bytes();
  state.use_counters = memory_.counters().size();
  state.is_indexed = memory_.is_indexed() && has_counters_.load();
  const std::scoped_lock lock(wake_mutex_);
  state.failing_since = failing_since_;
  state.trouble = trouble_;
  state.lost_at = lost_at_;
  return state;
}

}  // namespace backstop::store
