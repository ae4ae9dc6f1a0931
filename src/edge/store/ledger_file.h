// The ledger's file as its one writer sees it: groups of rows in one transaction each, and days
// that grow old.  docs/formats/ledger.md has the tables.
//
// One thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "edge/store/account_rows.h"
#include "edge/store/counter_table.h"
#include "edge/store/day_tables.h"
#include "edge/store/pending_rows.h"
#include "edge/store/sqlite.h"

namespace backstop::store {

// What is committed together.
struct LedgerGroup {
  const PendingRows* rows = nullptr;                  // May be null.
  std::map<DayNumber, std::uint32_t> largest_header;  // Of days that changed.
  std::vector<CounterRow> counters;
  std::vector<AccountRow> accounts;
  std::optional<DayNumber> horizon;
};

// What ageing did.
enum class Aged { Nothing, More, TablesChanged };

class LedgerFile {
 public:
  // Opens the file, or makes it; brings its schema up to date.  `today` is the horizon of a new
  // one. `lost_at` is noted in it, when given.  Errors: as in sqlite.h and schema.h.
  static Result<LedgerFile> open(const std::string& path, DayNumber today,
                                 std::optional<Instant> lost_at);

  const DayTables& tables() const { return tables_; }
  // The day that the file takes for today when it decides what is old: it never goes back, and
  // never leaps with the clock.
  DayNumber horizon() const { return horizon_; }
  std::optional<Instant> lost_at() const { return lost_at_; }
  const std::map<DayNumber, std::uint32_t>& largest_header() const { return largest_header_; }
  Result<std::vector<AccountRow>> read_accounts();

  // All or nothing.  Errors: as in sqlite.h.
  Result<void> write(const LedgerGroup& group);
  // One bounded step: rows past kLedgerRowDays into fingerprints, old tables out.
  Result<Aged> age();
  // Takes a table of counters out before its time.
  Result<void> drop_counters(DayNumber day);

 private:
  explicit LedgerFile(Database database) : database_(std::move(database)) {}
  Result<void> read_facts();
  Result<void> put_fact(std::string_view name, std::int64_t value);
  Result<void> write_rows(const PendingRows& rows, std::map<DayNumber, std::int64_t>& added);
  Result<void> write_days(const LedgerGroup& group, const std::map<DayNumber, std::int64_t>& added);
  Result<void> write_group(const LedgerGroup& group);
  // Inserts into NAME_DAY, which is made when it is not there.
  Result<Statement*> inserter(std::string_view sort, DayNumber day);
  Result<void> drop(std::string_view sort, DayNumber day);
  Result<Aged> age_rows(DayNumber day);
  // After a failure nothing of what is remembered about the file is sure.
  void look_again();

  Database database_;
  std::map<std::string, Statement> inserters_;
  DayTables tables_;
  DayNumber horizon_ = 0;
  std::optional<Instant> lost_at_;
  std::map<DayNumber, std::uint32_t> largest_header_;
};

}  // namespace backstop::store
