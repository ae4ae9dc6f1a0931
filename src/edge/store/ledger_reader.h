// The ledger's file as those who look things up see it.  One thread at a time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "core/base/result.h"
#include "edge/store/day_tables.h"
#include "edge/store/key_index.h"
#include "edge/store/sqlite.h"

namespace backstop::store {

struct FoundRow {
  DayNumber day = 0;
  bool is_late = false;  // A fingerprint: there is no value.
  std::int64_t value = 0;
};

class LedgerReader {
 public:
  // Errors: as in sqlite.h.
  static Result<LedgerReader> open(const std::string& path);

  // The newest row of the key and kind in those days of the tables.  A table that has gone since
  // holds nothing.  Errors: as in sqlite.h.
  Result<std::optional<FoundRow>> find(proof::SentKey key, RowKind kind, const DaySet& days,
                                       const DayTables& tables);

  Database& database() { return database_; }

 private:
  explicit LedgerReader(Database database) : database_(std::move(database)) {}
  // Sort and day.
  using TableId = std::pair<bool, DayNumber>;
  struct Read {
    std::optional<std::int64_t> value;
    bool is_gone = false;  // There is no such table.
  };
  Result<Read> read(bool is_late, DayNumber day, proof::SentKey key);
  Result<std::optional<std::int64_t>> read_there(const TableId& table, const std::string& name,
                                                 proof::SentKey key);

  Database database_;
  std::map<TableId, Statement> selects_;
};

}  // namespace backstop::store
