#include "edge/store/history_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/base/ascii.h"
#include "edge/store/history_schema.h"

namespace backstop::store {
namespace {

using transaction::HistoryRow;

// Days that one look-up goes through at most: more than may be kept.
constexpr int kDaysMax = 500;
constexpr std::int64_t kIdMax = std::numeric_limits<std::int64_t>::max();

transaction::Direction direction_of(std::int64_t number) {
  return number >= 0 && number <= static_cast<std::int64_t>(transaction::Direction::Canary)
             ? static_cast<transaction::Direction>(number)
             : transaction::Direction::Own;
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out.emplace_back(text.substr(0, end));
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
  }
  return out;
}

// What is found by its key alone may be another that has the same.
template <class Keep>
HistoryReader::Rows keep_rows(HistoryReader::Rows rows, Keep keep) {
  rows.erase(std::remove_if(rows.begin(), rows.end(), [&](const auto& row) { return !keep(row); }),
             rows.end());
  return rows;
}

}  // namespace

Result<HistoryReader> HistoryReader::open(const std::string& directory) {
  BS_TRY(Database database,
         Database::open(directory + "/" + std::string(kHistoryFile), Access::Read));
  BS_TRY_VOID(check_schema(database, kHistorySchema));
  HistoryReader reader(std::move(database));
  BS_TRY(reader.row_,
         reader.database_.prepare(
             "SELECT queue_id,direction,sender,recipients,recipient_count,client,message_key,"
             "original_key,is_signed,kind,verdict,decision,enforced,reasons,facts,facts_of,"
             "subject_key,origin_key FROM message "
             "LEFT JOIN outcome ON outcome.id=message.outcome WHERE message.id=?1"));
  return reader;
}

Result<std::optional<HistoryRow>> HistoryReader::read_row(std::int64_t id) {
  row_.bind(1, id);
  BS_TRY(const bool found, row_.step());
  if (!found) return std::optional<HistoryRow>();  // Dropped between two questions.
  const auto text = [&](int column) { return std::string(row_.text(column)); };
  HistoryRow row;
  row.at = instant_of(id);
  row.queue_id = text(0);
  row.direction = direction_of(row_.number(1));
  row.sender = text(2);
  row.recipients = split_lines(row_.text(3));
  row.recipient_count = static_cast<std::uint32_t>(row_.number(4));
  row.client = text(5);
  row.message_id = static_cast<proof::SentKey>(row_.number(6));
  row.original_id = static_cast<proof::SentKey>(row_.number(7));
  row.is_signed = row_.number(8) != 0;
  row.kind = text(9);
  row.verdict = text(10);
  row.decision = text(11);
  row.enforced = text(12);
  row.reasons = text(13);
  row.facts = text(14);
  row.facts_of = text(15);
  row.subject = static_cast<proof::SentKey>(row_.number(16));
  row.origin = static_cast<proof::SentKey>(row_.number(17));
  row_.reset();
  return std::optional<HistoryRow>(std::move(row));
}

Result<HistoryReader::Rows> HistoryReader::find_key(std::int64_t key, std::int64_t id_from,
                                                    std::int64_t id_to, std::size_t count_max) {
  BS_TRY(Statement find_day, database_.prepare("SELECT max(day) FROM look_up WHERE day<=?1"));
  BS_TRY(Statement find_ids,
         database_.prepare("SELECT id FROM look_up WHERE day=?1 AND key=?2 AND id>=?3 AND id<=?4 "
                           "ORDER BY id DESC LIMIT ?5"));
  std::vector<std::int64_t> ids;
  std::int64_t day = day_of_id(id_to);
  for (int i = 0; i < kDaysMax && ids.size() < count_max; ++i) {
    find_day.bind(1, day);
    BS_TRY([[maybe_unused]] const bool row, find_day.step());
    if (find_day.is_null(0)) break;
    day = find_day.number(0);
    find_day.reset();
    if (day < day_of_id(id_from)) break;
    find_ids.bind(1, day).bind(2, key).bind(3, id_from).bind(4, id_to);
    find_ids.bind(5, static_cast<std::int64_t>(count_max - ids.size()));
    for (;;) {
      BS_TRY(const bool found, find_ids.step());
      if (!found) break;
      ids.push_back(find_ids.number(0));
    }
    --day;
  }
  Rows out;
  for (const std::int64_t id : ids) {
    BS_TRY(auto found, read_row(id));
    if (found) out.push_back(*std::move(found));
  }
  return out;
}

Result<HistoryReader::Rows> HistoryReader::find_queue_id(std::string_view queue_id,
                                                         std::size_t count_max) {
  BS_TRY(Rows rows, find_key(queue_key(queue_id), 0, kIdMax, count_max));
  return keep_rows(std::move(rows),
                   [&](const HistoryRow& row) { return row.queue_id == queue_id; });
}

Result<HistoryReader::Rows> HistoryReader::find_message(proof::SentKey message,
                                                        std::size_t count_max) {
  if (message == 0) return Rows();
  BS_TRY(Rows rows, find_key(static_cast<std::int64_t>(message), 0, kIdMax, count_max));
  return keep_rows(std::move(rows), [&](const HistoryRow& row) {
    return row.message_id == message || row.original_id == message;
  });
}

Result<HistoryReader::Rows> HistoryReader::find_recipient(std::string_view shown, Instant from,
                                                          Instant to, std::size_t count_max) {
  const std::int64_t id_from = first_id_of(std::max(from, Instant{}));
  const std::int64_t id_to = first_id_of(to) + kRowsPerSecond - 1;
  BS_TRY(Rows rows, find_key(recipient_key(shown), id_from, id_to, count_max));
  return keep_rows(std::move(rows), [&](const HistoryRow& row) {
    return std::any_of(row.recipients.begin(), row.recipients.end(), [&](const auto& recipient) {
      return ascii::equals_folded(recipient, shown);
    });
  });
}

Result<std::vector<HistoryCount>> HistoryReader::count(Instant from, Instant to) {
  BS_TRY(Statement sum,
         database_.prepare("SELECT domain,what,decision,enforced,sum(count) FROM tally WHERE "
                           "hour>=?1 AND hour<=?2 GROUP BY domain,what,decision,enforced"));
  sum.bind(1, from.time_since_epoch().count() / 3600).bind(2, to.time_since_epoch().count() / 3600);
  std::vector<HistoryCount> out;
  for (;;) {
    BS_TRY(const bool found, sum.step());
    if (!found) return out;
    out.push_back({.domain = std::string(sum.text(0)),
                   .what = std::string(sum.text(1)),
                   .decision = std::string(sum.text(2)),
                   .enforced = std::string(sum.text(3)),
                   .count = static_cast<std::uint64_t>(sum.number(4))});
  }
}

Result<std::uint64_t> HistoryReader::row_count() {
  BS_TRY(const std::int64_t count, database_.read_number("SELECT count(*) FROM message"));
  return static_cast<std::uint64_t>(count);
}

Result<std::optional<std::int64_t>> HistoryReader::read_optional(const std::string& sql) {
  BS_TRY(Statement read, database_.prepare(sql));
  BS_TRY([[maybe_unused]] const bool row, read.step());
  if (read.is_null(0)) return std::optional<std::int64_t>();
  return std::optional(read.number(0));
}

Result<std::optional<Instant>> HistoryReader::oldest() {
  BS_TRY(const auto id, read_optional("SELECT min(id) FROM message"));
  return id ? std::optional(instant_of(*id)) : std::nullopt;
}
Result<std::optional<Instant>> HistoryReader::newest() {
  BS_TRY(const auto id, read_optional("SELECT max(id) FROM message"));
  return id ? std::optional(instant_of(*id)) : std::nullopt;
}
Result<std::optional<Instant>> HistoryReader::oldest_count() {
  BS_TRY(const auto hour, read_optional("SELECT min(hour) FROM tally"));
  return hour ? std::optional(Instant{Seconds{*hour * 3600}}) : std::nullopt;
}

Result<std::vector<HistoryLoss>> HistoryReader::losses() {
  BS_TRY(Statement read, database_.prepare("SELECT at,count FROM loss ORDER BY at DESC LIMIT 100"));
  std::vector<HistoryLoss> out;
  for (;;) {
    BS_TRY(const bool found, read.step());
    if (!found) return out;
    out.push_back({.at = Instant{Seconds{read.number(0)}},
                   .count = static_cast<std::uint64_t>(read.number(1))});
  }
}

}  // namespace backstop::store
