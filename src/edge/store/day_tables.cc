#include "edge/store/day_tables.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace backstop::store {
namespace {

// "BkLg".
constexpr std::int32_t kApplicationId = 0x426b4c67;

// The tables by day are made as their days come.
constexpr std::array kSteps{std::string_view(
    "CREATE TABLE facts(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE days(day INTEGER PRIMARY KEY, rows INTEGER NOT NULL, late INTEGER NOT NULL,"
    " largest_header INTEGER NOT NULL)")};

}  // namespace

Schema ledger_schema() {
  return {kApplicationId, kSteps};
}

std::string table_name(std::string_view sort, DayNumber day) {
  return fmt::format("{}_{}", sort, day);
}

Result<DayTables> read_day_tables(Database& database) {
  DayTables tables;
  BS_TRY(Statement names, database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'"));
  for (;;) {
    BS_TRY(const bool row, names.step());
    if (!row) return tables;
    const std::string_view name = names.text(0);
    const std::size_t split = name.rfind('_');
    if (split == std::string_view::npos) continue;
    const std::string_view number = name.substr(split + 1);
    DayNumber day = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), day);
    if (error != std::errc() || end != number.data() + number.size()) continue;
    const std::string_view sort = name.substr(0, split);
    if (sort == "sent") tables.sent.insert(day);
    if (sort == "late") tables.late.insert(day);
    if (sort == "uses") tables.uses.insert(day);
    if (sort == "accounts") tables.accounts.insert(day);
  }
}

}  // namespace backstop::store
