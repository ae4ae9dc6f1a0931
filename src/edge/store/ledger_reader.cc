#include "edge/store/ledger_reader.h"

#include <set>

namespace backstop::store {
namespace {

// Tables of gone days leave their statements behind; past this all are prepared anew.
constexpr std::size_t kStatements = 512;

}  // namespace

Result<LedgerReader> LedgerReader::open(const std::string& path) {
  BS_TRY(Database database, Database::open(path, Access::Read));
  // The upper levels of every day's tree.
  BS_TRY_VOID(database.run("PRAGMA cache_size = -16384"));
  return LedgerReader(std::move(database));
}

Result<std::optional<std::int64_t>> LedgerReader::read_there(const TableId& table,
                                                             const std::string& name,
                                                             proof::SentKey key) {
  auto found = selects_.find(table);
  if (found == selects_.end()) {
    if (selects_.size() >= kStatements) selects_.clear();
    BS_TRY(Statement made, database_.prepare("SELECT " + std::string(table.first ? "1" : "value") +
                                             " FROM " + name + " WHERE key = ?1"));
    found = selects_.emplace(table, std::move(made)).first;
  }
  Statement& select = found->second;
  BS_TRY(const bool row, select.bind(1, static_cast<std::int64_t>(key)).step());
  if (!row) return std::nullopt;
  const std::int64_t value = select.number(0);
  select.reset();
  return value;
}

Result<LedgerReader::Read> LedgerReader::read(bool is_late, DayNumber day, proof::SentKey key) {
  const TableId table(is_late, day);
  const std::string name = table_name(is_late ? "late" : "sent", day);
  auto value = read_there(table, name, key);
  if (value) return Read{*value, false};
  if (value.error().code != Errc::Internal) return tl::unexpected<Error>(value.error());
  // It may have been dropped in between.
  selects_.erase(table);
  BS_TRY(const bool is_there, database_.has_table(name));
  if (is_there) return tl::unexpected<Error>(value.error());
  return Read{std::nullopt, true};
}

Result<std::optional<FoundRow>> LedgerReader::find(proof::SentKey key, RowKind kind,
                                                   const DaySet& days, const DayTables& tables) {
  std::set<DayNumber> turned;  // Into fingerprints, since `tables` was made.
  for (auto day = tables.sent.rbegin(); day != tables.sent.rend(); ++day) {
    if (!days.test(day_bit(*day))) continue;
    BS_TRY(const Read found, read(false, *day, key));
    if (found.is_gone) turned.insert(*day);
    if (found.value && kind_of(*found.value) == kind) return FoundRow{*day, false, *found.value};
  }
  // Only of messages are fingerprints kept.
  if (kind != RowKind::Message) return std::nullopt;
  const auto find_late = [&](DayNumber day) -> Result<bool> {
    BS_TRY(const Read found, read(true, day, key));
    return found.value.has_value();
  };
  for (const auto* const some : {&std::as_const(turned), &tables.late}) {
    for (auto day = some->rbegin(); day != some->rend(); ++day) {
      if (!days.test(day_bit(*day))) continue;
      BS_TRY(const bool there, find_late(*day));
      if (there) return FoundRow{*day, true, 0};
    }
  }
  return std::nullopt;
}

}  // namespace backstop::store
