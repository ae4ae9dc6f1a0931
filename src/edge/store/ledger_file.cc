#include "edge/store/ledger_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace backstop::store {
namespace {

// Fingerprints made in one transaction: some milliseconds, in which mail that goes out waits to be
// written.
constexpr int kFingerprintsAtOnce = 20'000;
// Pages in the write-ahead log before they are copied into the file: 32 MiB.  Keys are random, so
// the same pages change again and again, and are copied once.
constexpr int kLogPages = 8192;
// What the writer remembers of the file: a day's tables.
constexpr int kCacheKib = 32 * 1024;

struct Sort {
  std::string_view name;
  std::string_view columns;
  std::set<DayNumber> DayTables::* days;
};
constexpr Sort kSent{"sent", "key INTEGER PRIMARY KEY, value INTEGER NOT NULL", &DayTables::sent};
constexpr Sort kLate{"late", "key INTEGER PRIMARY KEY", &DayTables::late};
constexpr Sort kUses{"uses", "key INTEGER PRIMARY KEY, count INTEGER NOT NULL", &DayTables::uses};
constexpr Sort kAccounts{"accounts", "key INTEGER PRIMARY KEY, rows INTEGER NOT NULL",
                         &DayTables::accounts};

const Sort& sort_of(std::string_view name) {
  for (const Sort* const sort : {&kSent, &kLate, &kUses}) {
    if (sort->name == name) return *sort;
  }
  return kAccounts;
}

std::optional<DayNumber> oldest(const std::set<DayNumber>& days) {
  return days.empty() ? std::nullopt : std::optional(*days.begin());
}

}  // namespace

Result<LedgerFile> LedgerFile::open(const std::string& path, DayNumber today,
                                    std::optional<Instant> lost_at) {
  BS_TRY(Database database, Database::open(path, Access::Create));
  BS_TRY_VOID(check_later_schema(database, ledger_schema()));
  BS_TRY_VOID(database.use_write_ahead_log());
  // Pages that are freed are overwritten where that costs nothing (Debian's default is always).
  BS_TRY_VOID(database.run(fmt::format(
      "PRAGMA secure_delete = FAST; PRAGMA wal_autocheckpoint = {}; PRAGMA cache_size = -{};"
      "PRAGMA journal_size_limit = 67108864",
      kLogPages, kCacheKib)));
  BS_TRY_VOID(update_schema(database, ledger_schema()));
  LedgerFile file(std::move(database));
  {
    BS_TRY(Transaction transaction, Transaction::begin(file.database_));
    BS_TRY_VOID(file.database_.run(
        fmt::format("INSERT OR IGNORE INTO facts VALUES('horizon', {})", today)));
    if (lost_at) BS_TRY_VOID(file.put_fact("lost_at", lost_at->time_since_epoch().count()));
    BS_TRY_VOID(transaction.commit());
  }
  BS_TRY_VOID(file.read_facts());
  return file;
}

Result<void> LedgerFile::read_facts() {
  BS_TRY(tables_, read_day_tables(database_));
  BS_TRY(const std::int64_t horizon,
         database_.read_number("SELECT value FROM facts WHERE name = 'horizon'"));
  horizon_ = static_cast<DayNumber>(horizon);
  BS_TRY(
      const std::int64_t lost_at,
      database_.read_number("SELECT coalesce(max(value), -1) FROM facts WHERE name = 'lost_at'"));
  lost_at_ = lost_at < 0 ? std::nullopt : std::optional(Instant{Seconds{lost_at}});
  largest_header_.clear();
  BS_TRY(Statement days, database_.prepare("SELECT day, largest_header FROM days"));
  for (;;) {
    BS_TRY(const bool row, days.step());
    if (!row) return {};
    largest_header_[static_cast<DayNumber>(days.number(0))] =
        static_cast<std::uint32_t>(days.number(1));
  }
}

Result<std::vector<AccountRow>> LedgerFile::read_accounts() {
  std::vector<AccountRow> rows;
  for (const DayNumber day : tables_.accounts) {
    BS_TRY(Statement statement,
           database_.prepare("SELECT key, rows FROM " + table_name("accounts", day)));
    for (;;) {
      BS_TRY(const bool row, statement.step());
      if (!row) break;
      rows.push_back({static_cast<proof::SentKey>(statement.number(0)), day,
                      static_cast<std::uint32_t>(statement.number(1))});
    }
  }
  return rows;
}

Result<void> LedgerFile::put_fact(std::string_view name, std::int64_t value) {
  BS_TRY(Statement statement, database_.prepare("INSERT OR REPLACE INTO facts VALUES(?1, ?2)"));
  return statement.bind(1, name).bind(2, value).run();
}

Result<Statement*> LedgerFile::inserter(std::string_view sort, DayNumber day) {
  const std::string name = table_name(sort, day);
  const auto found = inserters_.find(name);
  if (found != inserters_.end()) return &found->second;
  const Sort& made = sort_of(sort);
  BS_TRY_VOID(database_.run(fmt::format("CREATE TABLE IF NOT EXISTS {}({})", name, made.columns)));
  (tables_.*made.days).insert(day);
  BS_TRY(Statement statement,
         database_.prepare(fmt::format("INSERT OR REPLACE INTO {} VALUES(?1, ?2)", name)));
  return &inserters_.emplace(name, std::move(statement)).first->second;
}

Result<void> LedgerFile::write_rows(const PendingRows& rows,
                                    std::map<DayNumber, std::int64_t>& added) {
  // In the order of the file, so that each page is found once.
  std::vector<PendingRow> sorted = rows.rows();
  std::ranges::sort(sorted, [](const PendingRow& a, const PendingRow& b) {
    return std::pair(a.day, a.key) < std::pair(b.day, b.key);
  });
  Statement* insert = nullptr;
  std::optional<DayNumber> day;
  for (const PendingRow& row : sorted) {
    if (day != row.day) {
      BS_TRY(insert, inserter("sent", row.day));
      day = row.day;
    }
    BS_TRY_VOID(insert->bind(1, static_cast<std::int64_t>(row.key)).bind(2, row.value).run());
    ++added[row.day];
  }
  return {};
}

Result<void> LedgerFile::write_days(const LedgerGroup& group,
                                    const std::map<DayNumber, std::int64_t>& added) {
  BS_TRY(Statement statement,
         database_.prepare("INSERT INTO days VALUES(?1, ?2, 0, ?3) ON CONFLICT(day) DO UPDATE SET "
                           "rows = rows + excluded.rows, "
                           "largest_header = max(largest_header, excluded.largest_header)"));
  for (const auto& [day, rows] : added) {
    const auto largest = group.largest_header.find(day);
    const std::int64_t bytes = largest == group.largest_header.end() ? 0 : largest->second;
    BS_TRY_VOID(statement.bind(1, day).bind(2, rows).bind(3, bytes).run());
  }
  return {};
}

Result<void> LedgerFile::write_group(const LedgerGroup& group) {
  BS_TRY(Transaction transaction, Transaction::begin(database_));
  std::map<DayNumber, std::int64_t> added;
  if (group.rows != nullptr) BS_TRY_VOID(write_rows(*group.rows, added));
  if (!added.empty()) BS_TRY_VOID(write_days(group, added));
  for (const CounterRow& row : group.counters) {
    BS_TRY(Statement* const insert, inserter("uses", row.day));
    BS_TRY_VOID(insert->bind(1, static_cast<std::int64_t>(row.key)).bind(2, row.count).run());
  }
  for (const AccountRow& row : group.accounts) {
    BS_TRY(Statement* const insert, inserter("accounts", row.day));
    BS_TRY_VOID(insert->bind(1, static_cast<std::int64_t>(row.account)).bind(2, row.rows).run());
  }
  if (group.horizon) BS_TRY_VOID(put_fact("horizon", *group.horizon));
  return transaction.commit();
}

Result<void> LedgerFile::write(const LedgerGroup& group) {
  auto written = write_group(group);
  if (!written) {
    look_again();
    return written;
  }
  if (group.horizon) horizon_ = *group.horizon;
  return {};
}

void LedgerFile::look_again() {
  inserters_.clear();
  // When even that fails, what was known stays: a wrong guess costs a failed statement.
  if (auto tables = read_day_tables(database_)) tables_ = *std::move(tables);
}

Result<void> LedgerFile::drop(std::string_view sort, DayNumber day) {
  const std::string name = table_name(sort, day);
  inserters_.erase(name);
  BS_TRY_VOID(database_.run("DROP TABLE IF EXISTS " + name));
  return {};
}

Result<void> LedgerFile::drop_counters(DayNumber day) {
  auto dropped = drop("uses", day);
  look_again();
  return dropped;
}

// Takes it on from where the fingerprints end, so a crash in the middle costs nothing.
Result<Aged> LedgerFile::age_rows(DayNumber day) {
  const std::string sent = table_name("sent", day);
  const std::string late = table_name("late", day);
  BS_TRY(Transaction transaction, Transaction::begin(database_));
  BS_TRY_VOID(database_.run(fmt::format("CREATE TABLE IF NOT EXISTS {}({})", late, kLate.columns)));
  BS_TRY_VOID(database_.run(fmt::format(
      "INSERT INTO {0} SELECT key FROM {1} WHERE key > (SELECT coalesce(max(key), -1) FROM {0}) "
      "AND value >= {2} AND value < {3} ORDER BY key LIMIT {4}",
      late, sent, kEntryBit, kEntryBit + kQueueIdBit, kFingerprintsAtOnce)));
  BS_TRY(const std::int64_t made, database_.read_number("SELECT changes()"));
  if (made == kFingerprintsAtOnce) {
    BS_TRY_VOID(transaction.commit());
    return Aged::More;
  }
  BS_TRY_VOID(drop("sent", day));
  BS_TRY_VOID(database_.run(
      fmt::format("INSERT INTO days VALUES({0}, 0, (SELECT count(*) FROM {1}), 0) ON CONFLICT(day) "
                  "DO UPDATE SET rows = 0, largest_header = 0, late = excluded.late",
                  day, late)));
  BS_TRY_VOID(transaction.commit());
  largest_header_.erase(day);
  return Aged::TablesChanged;
}

Result<Aged> LedgerFile::age() {
  constexpr auto kRowDays = static_cast<DayNumber>(proof::kLedgerRowDays.count());
  constexpr auto kLateDays = static_cast<DayNumber>(proof::kLedgerFingerprintDays.count());
  const auto is_past = [&](const std::set<DayNumber>& days, DayNumber kept) {
    return !days.empty() && *days.begin() < horizon_ - kept;
  };
  Result<Aged> aged = Aged::Nothing;
  const auto drop_oldest = [&](const Sort& sort) -> Result<Aged> {
    const DayNumber day = *oldest(tables_.*sort.days);
    BS_TRY(Transaction transaction, Transaction::begin(database_));
    BS_TRY_VOID(drop(sort.name, day));
    if (&sort == &kLate)
      BS_TRY_VOID(database_.run(fmt::format("DELETE FROM days WHERE day = {}", day)));
    BS_TRY_VOID(transaction.commit());
    return Aged::TablesChanged;
  };
  if (is_past(tables_.late, kLateDays)) {
    aged = drop_oldest(kLate);
  } else if (is_past(tables_.uses, kLateDays)) {
    aged = drop_oldest(kUses);
  } else if (is_past(tables_.accounts, 1)) {
    aged = drop_oldest(kAccounts);
  } else if (is_past(tables_.sent, kRowDays)) {
    aged = age_rows(*tables_.sent.begin());
  }
  if (!aged || *aged != Aged::Nothing) look_again();
  return aged;
}

}  // namespace backstop::store
