// The thread that fills the index and the use counters from the file.
#include <utility>
#include <vector>

#include "edge/store/ledger_store.h"

namespace backstop::store {
namespace {

// Rows between two looks at whether the daemon ends.
constexpr int kRowsAtOnce = 4096;

}  // namespace

Result<void> LedgerStore::index_counters(Database& database) {
  // All of them or none: what was counted since the start is added to.
  std::vector<CounterRow> stored;
  BS_TRY(const DayTables found, read_day_tables(database));
  for (const DayNumber day : found.uses) {
    BS_TRY(Statement rows, database.prepare("SELECT key, count FROM " + table_name("uses", day)));
    for (;;) {
      BS_TRY(const bool row, rows.step());
      if (!row) break;
      stored.push_back({static_cast<proof::SentKey>(rows.number(0)), day,
                        static_cast<std::uint32_t>(rows.number(1))});
    }
  }
  for (const CounterRow& row : stored)
    memory_.counters().add_stored(row);
  {
    const std::scoped_lock lock(wake_mutex_);
    has_counters_ = true;
  }
  done_.notify_all();
  wake();
  return {};
}

Result<void> LedgerStore::index_day(Database& database, const LedgerMemory::UnindexedDay& day) {
  for (const char* const sort : {"sent", "late"}) {
    const std::string name = table_name(sort, day.day);
    BS_TRY(const bool is_there, database.has_table(name));
    if (!is_there) continue;
    BS_TRY(Statement keys, database.prepare("SELECT key FROM " + name));
    for (int count = 1;; ++count) {
      BS_TRY(const bool row, keys.step());
      if (!row) break;
      if (!memory_.index().add(static_cast<proof::SentKey>(keys.number(0)), day.day)) {
        memory_.set_unindexable(day);
        return {};
      }
      if (count % kRowsAtOnce != 0) continue;
      const std::scoped_lock lock(wake_mutex_);
      if (is_closing_) return {};
    }
  }
  memory_.set_indexed(day);
  return {};
}

void LedgerStore::index_until_closed() {
  std::optional<Database> database;
  std::uint64_t generation = 0;
  bool is_resting = false;
  for (;;) {
    std::uint64_t wanted = 0;
    {
      std::unique_lock lock(wake_mutex_);
      const auto has_task = [&] {
        return is_closing_ ||
               (reading_ && (!has_counters_.load() || memory_.next_unindexed().has_value()));
      };
      // After a failure the writer gets to know first.
      if (is_resting) indexer_wake_.wait_for(lock, options_.retry, [&] { return is_closing_; });
      indexer_wake_.wait(lock, has_task);
      if (is_closing_) return;
      wanted = generation_;
    }
    const auto work = [&]() -> Result<void> {
      if (!database || generation != wanted) {
        BS_TRY(Database opened, Database::open(path_, Access::Read));
        database.emplace(std::move(opened));
        generation = wanted;
      }
      if (!has_counters_.load()) BS_TRY_VOID(index_counters(*database));
      if (const auto day = memory_.next_unindexed()) BS_TRY_VOID(index_day(*database, *day));
      return {};
    };
    const auto worked = work();
    is_resting = !worked;
    // Not kept open where it is not needed: its snapshot and its file would be.
    if (!worked || !memory_.next_unindexed()) database.reset();
    if (!worked && worked.error().code == Errc::Invalid) report_damage(worked.error(), wanted);
  }
}

}  // namespace backstop::store
