#include "edge/store/history_scan.h"

#include "edge/store/history_schema.h"

namespace backstop::store {
namespace {

using transaction::HistoryRow;

// Rows read under one snapshot: a long one would keep the write-ahead log from being taken in.
constexpr std::int64_t kRowsAtOnce = 20'000;
// Outcomes held; real ones are a few hundred, and a file full of others is read all the same.
constexpr std::size_t kOutcomesHeld = 50'000;

// Into what is there, so that its room is used again.
void split_lines(std::string_view text, std::vector<std::string>& out) {
  std::size_t count = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (count == out.size()) out.emplace_back();
    out[count++].assign(text.substr(0, end));
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
  }
  out.resize(count);
}

std::int64_t begin_of(Instant at) {
  return std::max<std::int64_t>(first_id_of(at), 0);
}

}  // namespace

Result<HistoryScan> HistoryScan::open(const std::string& directory) {
  BS_TRY(Database database,
         Database::open(directory + "/" + std::string(kHistoryFile), Access::Read));
  BS_TRY_VOID(check_schema(database, kHistorySchema));
  HistoryScan scan(std::move(database));
  BS_TRY(scan.rows_,
         scan.database_.prepare("SELECT id,queue_id,sender,recipients,recipient_count,client,"
                                "message_key,original_key,facts_of,direction,outcome,subject_key,"
                                "origin_key FROM message "
                                "WHERE id>=?1 AND id<?2 ORDER BY id LIMIT ?3"));
  BS_TRY(scan.outcome_,
         scan.database_.prepare(
             "SELECT kind,verdict,decision,enforced,reasons,facts FROM outcome WHERE id=?1"));
  return scan;
}

Result<const HistoryScan::Outcome*> HistoryScan::find_outcome(std::int64_t id) {
  if (const auto known = outcomes_.find(id); known != outcomes_.end()) return &known->second;
  if (outcomes_.size() >= kOutcomesHeld) outcomes_.clear();
  Outcome& out = outcomes_[id];
  outcome_.bind(1, id);
  BS_TRY(const bool found, outcome_.step());
  if (!found) return &out;
  int column = 0;
  for (std::string* const text :
       {&out.kind, &out.verdict, &out.decision, &out.enforced, &out.reasons, &out.facts})
    text->assign(outcome_.text(column++));
  outcome_.reset();
  return &out;
}

void HistoryScan::read_row(HistoryRow& row) const {
  row.at = instant_of(rows_.number(0));
  row.queue_id.assign(rows_.text(1));
  row.sender.assign(rows_.text(2));
  split_lines(rows_.text(3), row.recipients);
  row.recipient_count = static_cast<std::uint32_t>(rows_.number(4));
  row.client.assign(rows_.text(5));
  row.message_id = static_cast<proof::SentKey>(rows_.number(6));
  row.original_id = static_cast<proof::SentKey>(rows_.number(7));
  row.facts_of.assign(rows_.text(8));
  row.subject = static_cast<proof::SentKey>(rows_.number(11));
  row.origin = static_cast<proof::SentKey>(rows_.number(12));
}

Result<void> HistoryScan::visit(Instant from, Instant to, const Visit& visit) {
  constexpr auto kInbound = static_cast<std::int64_t>(transaction::Direction::Inbound);
  HistoryRow row;
  std::int64_t next = begin_of(from);
  std::int64_t outcome = -1;
  for (;;) {
    rows_.bind(1, next).bind(2, begin_of(to)).bind(3, kRowsAtOnce);
    std::int64_t read = 0;
    for (;; ++read) {
      BS_TRY(const bool found, rows_.step());
      if (!found) break;
      next = rows_.number(0) + 1;
      if (rows_.number(9) != kInbound || rows_.is_null(10)) continue;
      read_row(row);
      if (rows_.number(10) != outcome) {
        outcome = rows_.number(10);
        BS_TRY(const Outcome* const texts, find_outcome(outcome));
        row.kind = texts->kind;
        row.verdict = texts->verdict;
        row.decision = texts->decision;
        row.enforced = texts->enforced;
        row.reasons = texts->reasons;
        row.facts = texts->facts;
      }
      if (!visit(row, outcome)) {
        rows_.reset();
        return {};
      }
    }
    if (read < kRowsAtOnce) return {};
  }
}

Result<std::uint64_t> HistoryScan::count(Instant from, Instant to) {
  BS_TRY(Statement count, database_.prepare("SELECT count(*) FROM message WHERE id>=?1 AND id<?2"));
  count.bind(1, begin_of(from)).bind(2, begin_of(to));
  BS_TRY([[maybe_unused]] const bool row, count.step());
  return static_cast<std::uint64_t>(count.number(0));
}

}  // namespace backstop::store
