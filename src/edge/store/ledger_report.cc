#include "edge/store/ledger_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/limits.h"
#include "edge/store/ledger_place.h"
#include "edge/store/ledger_store.h"

namespace backstop::store {
namespace {

// Findings that are worth reading.
constexpr int kFindings = 20;

std::size_t looked_at(const std::vector<proof::SentKey>& keys) {
  return std::min(keys.size(), limits::kLedgerQueryKeys);
}

}  // namespace

Result<LedgerInspection> LedgerInspection::open(const std::string& directory) {
  BS_TRY(LedgerReader reader, LedgerReader::open(directory + "/" + std::string(kLedgerFileName)));
  BS_TRY_VOID(check_schema(reader.database(), ledger_schema()));
  return LedgerInspection(std::move(reader));
}

Result<std::optional<Instant>> LedgerInspection::read_lost_at() {
  BS_TRY(const std::int64_t seconds,
         reader_.database().read_number(
             "SELECT coalesce(max(value), -1) FROM facts WHERE name = 'lost_at'"));
  return seconds < 0 ? std::nullopt : std::optional(Instant{Seconds{seconds}});
}

Result<LedgerReport> LedgerInspection::report() {
  Database& database = reader_.database();
  LedgerReport report;
  report.path = database.path();
  for (const char* const suffix : {"", "-wal"}) {
    if (const auto file = identify(report.path + suffix))
      report.bytes += static_cast<std::uint64_t>(file->bytes);
  }
  BS_TRY(report.version, database.read_number("PRAGMA user_version"));
  BS_TRY(report.lost_at, read_lost_at());
  BS_TRY(Statement days,
         database.prepare("SELECT day, rows, late, largest_header FROM days ORDER BY day"));
  for (;;) {
    BS_TRY(const bool row, days.step());
    if (!row) return report;
    LedgerDay day;
    day.day = static_cast<DayNumber>(days.number(0));
    day.is_late = days.number(1) == 0;
    day.rows = static_cast<std::uint64_t>(days.number(day.is_late ? 2 : 1));
    day.largest_header_bytes = static_cast<std::uint32_t>(days.number(3));
    report.days.push_back(day);
  }
}

Result<std::optional<proof::SentEntry>> LedgerInspection::find_entry(
    proof::SentKey key, RowKind kind, const proof::LedgerQuery& query, Instant now,
    const DayTables& tables) {
  BS_TRY(const auto row, reader_.find(key, kind, DaySet().set(), tables));
  if (!row) return std::nullopt;
  if (row->is_late) return age_fingerprint(row->day, now);
  return age_entry(kind, unpack_entry(row->day, row->value, query.addressees), now);
}

Result<std::uint32_t> LedgerInspection::count_of(proof::SentKey counter, const DayTables& tables) {
  for (const DayNumber day : tables.uses) {
    BS_TRY(Statement select, reader_.database().prepare(fmt::format(
                                 "SELECT count FROM {} WHERE key = ?1", table_name("uses", day))));
    BS_TRY(const bool row, select.bind(1, static_cast<std::int64_t>(counter)).step());
    if (row) return static_cast<std::uint32_t>(select.number(0));
  }
  return 0U;
}

Result<proof::LedgerAnswer> LedgerInspection::look_up(const proof::LedgerQuery& query,
                                                      Instant now) {
  BS_TRY(const DayTables tables, read_day_tables(reader_.database()));
  proof::LedgerAnswer answer;
  answer.messages.resize(query.messages.size());
  answer.queue_ids.resize(query.queue_ids.size());
  answer.pairs.resize(query.pairs.size());
  answer.counters.resize(query.counters.size());
  for (std::size_t i = 0; i < looked_at(query.messages); ++i) {
    BS_TRY(answer.messages[i], find_entry(query.messages[i], RowKind::Message, query, now, tables));
  }
  for (std::size_t i = 0; i < looked_at(query.queue_ids); ++i) {
    BS_TRY(answer.queue_ids[i],
           find_entry(query.queue_ids[i], RowKind::QueueId, query, now, tables));
  }
  for (std::size_t i = 0; i < looked_at(query.pairs); ++i) {
    BS_TRY(const auto row, reader_.find(query.pairs[i], RowKind::Pair, DaySet().set(), tables));
    if (row) answer.pairs[i] = age_pair(unpack_pair(row->day, row->value), now);
  }
  for (std::size_t i = 0; i < looked_at(query.counters); ++i) {
    BS_TRY(answer.counters[i], count_of(query.counters[i], tables));
  }
  BS_TRY(const std::int64_t largest,
         reader_.database().read_number(
             fmt::format("SELECT coalesce(max(largest_header), 0) FROM days WHERE day >= {}",
                         day_of(now - proof::kLedgerRowDays))));
  answer.largest_header_bytes = static_cast<std::uint32_t>(largest);
  BS_TRY(answer.lost_at, read_lost_at());
  return answer;
}

Result<LedgerCheck> LedgerInspection::check(std::chrono::milliseconds most) {
  LedgerCheck check;
  const Deadline deadline(reader_.database(), most);
  BS_TRY(Statement look,
         reader_.database().prepare(fmt::format("PRAGMA quick_check({})", kFindings)));
  for (;;) {
    const auto row = look.step();
    if (!row && deadline.is_over()) return check;
    // Some damage ends the look.
    if (!row && row.error().code == Errc::Invalid) {
      check.findings.push_back(row.error().detail);
      break;
    }
    if (!row) return tl::unexpected<Error>(row.error());
    if (!*row) break;
    if (look.text(0) != "ok") check.findings.emplace_back(look.text(0));
  }
  check.is_finished = true;
  return check;
}

}  // namespace backstop::store
