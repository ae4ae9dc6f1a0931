// The tables of a ledger file, by their names: NAME_DAY.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "edge/store/schema.h"
#include "edge/store/sent_row.h"
#include "edge/store/sqlite.h"

namespace backstop::store {

// Which days there are of each sort of table.
struct DayTables {
  std::set<DayNumber> sent;      // key, value: rows as in sent_row.h.
  std::set<DayNumber> late;      // key: fingerprints of Message-IDs.
  std::set<DayNumber> uses;      // key, count.
  std::set<DayNumber> accounts;  // key, rows.
};

// As "sent_20999".
std::string table_name(std::string_view sort, DayNumber day);
// Tables that are named otherwise are passed over.
Result<DayTables> read_day_tables(Database& database);

// The ledger's file.
Schema ledger_schema();

}  // namespace backstop::store
