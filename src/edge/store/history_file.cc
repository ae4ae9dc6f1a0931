#include "edge/store/history_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "core/base/limits.h"
#include "edge/store/history_schema.h"

namespace backstop::store {
namespace {

// Rows dropped in one transaction: a few milliseconds.
constexpr std::int64_t kDropRows = 500;
// Outcomes remembered, so that most rows need no look-up; real ones are a few hundred.
constexpr std::size_t kOutcomesHeld = 4096;
constexpr std::int64_t kHourIds = kRowsPerSecond * 3600;

std::string path_in(const std::string& directory) {
  return directory + "/" + std::string(kHistoryFile);
}

std::string_view cut(std::string_view text) {
  return text.substr(0, limits::kHistoryTextBytes);
}

// One in a line; as many as there is room for.
std::string join_recipients(const std::vector<std::string>& recipients) {
  std::string out;
  for (const std::string& recipient : recipients) {
    if (out.size() + recipient.size() >= limits::kHistoryTextBytes) break;
    if (!out.empty()) out.push_back('\n');
    for (const char c : recipient)
      out.push_back(c == '\n' ? '?' : c);
  }
  return out;
}

// "" for one that is not shown clear.
std::string_view domain_of(std::string_view shown) {
  const std::size_t at = shown.rfind('@');
  return at == shown.npos ? std::string_view() : shown.substr(at + 1);
}

}  // namespace

std::vector<std::int64_t> StoredKeys::all() const {
  std::vector<std::int64_t> out;
  if (!queue_id.empty()) out.push_back(queue_key(queue_id));
  if (message != 0) out.push_back(message);
  if (original != 0) out.push_back(original);
  std::string_view rest = recipients;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (end != 0) out.push_back(recipient_key(rest.substr(0, end)));
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
  }
  return out;
}

Result<HistoryFile> HistoryFile::open(const std::string& directory) {
  if (mkdir(directory.c_str(), 0750) != 0 && errno != EEXIST) {
    const int error = errno;
    return fail(error == ENOENT ? Errc::NotFound : Errc::Denied, directory,
                fmt::format("The directory cannot be made ({}): make it, and let it belong to the "
                            "user backstopd runs as.",
                            std::strerror(error)));
  }
  BS_TRY(Database database, Database::open(path_in(directory), Access::Create));
  BS_TRY_VOID(database.use_write_ahead_log());
  // A crash of the host may cost the last rows, never the file; what mail needs is in the ledger.
  BS_TRY_VOID(database.run("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8192"));
  BS_TRY_VOID(update_schema(database, kHistorySchema));
  const auto identity = identify(database.path());
  if (!identity)
    return fail(Errc::NotFound, database.path(), "It was removed while it was opened.");
  HistoryFile file(std::move(database), *identity);
  BS_TRY_VOID(file.prepare());
  return file;
}

bool HistoryFile::is_replaced() const {
  const auto now = identify(database_.path());
  return !now || !now->is_same(identity_);
}

Result<void> HistoryFile::prepare() {
  BS_TRY(insert_message_,
         database_.prepare(
             "INSERT INTO message VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)"));
  BS_TRY(insert_key_, database_.prepare("INSERT OR IGNORE INTO look_up VALUES(?1,?2,?3)"));
  BS_TRY(insert_outcome_,
         database_.prepare("INSERT INTO outcome(kind,verdict,decision,enforced,reasons,facts) "
                           "VALUES(?1,?2,?3,?4,?5,?6) RETURNING id"));
  BS_TRY(find_outcome_,
         database_.prepare("SELECT id FROM outcome WHERE kind=?1 AND verdict=?2 AND decision=?3 "
                           "AND enforced=?4 AND reasons=?5 AND facts=?6"));
  BS_TRY(raise_tally_,
         database_.prepare("INSERT INTO tally VALUES(?1,?2,?3,?4,?5,1) ON CONFLICT DO UPDATE SET "
                           "count=count+1"));
  BS_TRY(find_last_id_, database_.prepare("SELECT max(id) FROM message WHERE id>=?1 AND id<?2"));
  BS_TRY(drop_key_, database_.prepare("DELETE FROM look_up WHERE day=?1 AND key=?2 AND id=?3"));
  BS_TRY(oldest_, database_.prepare("SELECT id,queue_id,recipients,message_key,original_key FROM "
                                    "message WHERE id<?1 ORDER BY id LIMIT ?2"));
  BS_TRY(count_, database_.read_number("SELECT count(*) FROM message"));
  return {};
}

// A clock that was set back finds ids of its seconds taken: it goes on behind them.
Result<std::int64_t> HistoryFile::next_id(Instant at) {
  const std::int64_t first = std::max<std::int64_t>(first_id_of(at), 0);
  if (last_id_ >= first && last_id_ < first + kRowsPerSecond - 1) return last_id_ + 1;
  find_last_id_.bind(1, first).bind(2, first + kRowsPerSecond);
  BS_TRY([[maybe_unused]] const bool row, find_last_id_.step());
  const std::int64_t id = find_last_id_.is_null(0) ? first : find_last_id_.number(0) + 1;
  find_last_id_.reset();
  if (id >= first + kRowsPerSecond) {
    return fail(Errc::Limit, database_.path(), "There are too many rows of one second.");
  }
  return id;
}

Result<std::int64_t> HistoryFile::outcome_of(const transaction::HistoryRow& row) {
  const std::array<std::string_view, 6> texts{cut(row.kind),     cut(row.verdict),
                                              cut(row.decision), cut(row.enforced),
                                              cut(row.reasons),  cut(row.facts)};
  std::string name;
  for (const std::string_view text : texts)
    name.append(text).push_back('\n');
  if (const auto known = outcomes_.find(name); known != outcomes_.end()) return known->second;
  std::int64_t id = 0;
  for (Statement* statement : {&find_outcome_, &insert_outcome_}) {
    for (std::size_t i = 0; i < texts.size(); ++i)
      statement->bind(static_cast<int>(i) + 1, texts[i]);
    BS_TRY(const bool found, statement->step());
    if (!found) continue;
    id = statement->number(0);
    if (statement == &insert_outcome_) {
      BS_TRY_VOID(statement->run());
    } else {
      statement->reset();
    }
    break;
  }
  if (outcomes_.size() >= kOutcomesHeld) outcomes_.clear();
  outcomes_.emplace(std::move(name), id);
  return id;
}

Result<void> HistoryFile::write_keys(const StoredKeys& keys, std::int64_t id) {
  insert_key_.bind(1, day_of_id(id)).bind(3, id);
  for (const std::int64_t key : keys.all()) {
    insert_key_.bind(2, key);
    BS_TRY_VOID(insert_key_.run());
  }
  return {};
}

// Once for each domain of ours that it concerns.
Result<void> HistoryFile::count_row(const transaction::HistoryRow& row) {
  std::vector<std::string_view> domains;
  const auto add = [&](std::string_view shown) {
    const std::string_view domain = cut(domain_of(shown));
    const bool known = std::find(domains.begin(), domains.end(), domain) != domains.end();
    if (!domain.empty() && !known) domains.push_back(domain);
  };
  std::string_view what = row.verdict;
  if (row.direction == transaction::Direction::Outgoing) {
    what = row.is_signed ? "signed" : "unsigned";
    add(row.sender);
  } else if (row.direction == transaction::Direction::Inbound) {
    for (const std::string& recipient : row.recipients)
      add(recipient);
  }
  const std::int64_t hour = row.at.time_since_epoch().count() / 3600;
  for (const std::string_view domain : domains) {
    raise_tally_.bind(1, hour).bind(2, domain).bind(3, cut(what));
    raise_tally_.bind(4, cut(row.decision)).bind(5, cut(row.enforced));
    BS_TRY_VOID(raise_tally_.run());
  }
  return {};
}

Result<void> HistoryFile::write_row(const transaction::HistoryRow& row) {
  auto id = next_id(row.at);
  if (!id && id.error().code == Errc::Limit) return count_row(row);
  if (!id) return tl::unexpected<Error>(std::move(id).error());
  const StoredKeys keys{.queue_id = std::string(cut(row.queue_id)),
                        .recipients = join_recipients(row.recipients),
                        .message = static_cast<std::int64_t>(row.message_id),
                        .original = static_cast<std::int64_t>(row.original_id)};
  insert_message_.bind(1, *id)
      .bind(2, std::string_view(keys.queue_id))
      .bind(3, static_cast<std::int64_t>(row.direction))
      .bind(4, cut(row.sender))
      .bind(5, std::string_view(keys.recipients))
      .bind(6, static_cast<std::int64_t>(row.recipient_count))
      .bind(7, cut(row.client))
      .bind(8, keys.message)
      .bind(9, keys.original)
      .bind(10, static_cast<std::int64_t>(row.is_signed))
      .bind(12, cut(row.facts_of))
      .bind(13, static_cast<std::int64_t>(row.subject))
      .bind(14, static_cast<std::int64_t>(row.origin));
  if (row.verdict.empty()) {
    insert_message_.bind_null(11);
  } else {
    BS_TRY(const std::int64_t outcome, outcome_of(row));
    insert_message_.bind(11, outcome);
  }
  BS_TRY_VOID(insert_message_.run());
  last_id_ = *id;
  ++count_;
  BS_TRY_VOID(write_keys(keys, *id));
  return count_row(row);
}

Result<void> HistoryFile::write(const std::vector<transaction::HistoryRow>& rows) {
  const std::int64_t count_before = count_;
  auto written = [&]() -> Result<void> {
    BS_TRY(Transaction transaction, Transaction::begin(database_));
    for (const transaction::HistoryRow& row : rows)
      BS_TRY_VOID(write_row(row));
    return transaction.commit();
  }();
  if (!written) {
    // What was remembered of it is gone with it.
    count_ = count_before;
    last_id_ = -1;
    outcomes_.clear();
  }
  return written;
}

Result<void> HistoryFile::write_loss(Instant at, std::uint64_t count) {
  BS_TRY(Statement insert,
         database_.prepare("INSERT INTO loss VALUES(?1,?2) ON CONFLICT DO UPDATE SET "
                           "count=count+excluded.count"));
  insert.bind(1, at.time_since_epoch().count()).bind(2, static_cast<std::int64_t>(count));
  return insert.run();
}

Result<bool> HistoryFile::drop_before(std::int64_t id_end) {
  oldest_.bind(1, id_end).bind(2, kDropRows);
  std::vector<std::pair<std::int64_t, StoredKeys>> rows;
  for (;;) {
    BS_TRY(const bool row, oldest_.step());
    if (!row) break;
    rows.emplace_back(oldest_.number(0), StoredKeys{.queue_id = std::string(oldest_.text(1)),
                                                    .recipients = std::string(oldest_.text(2)),
                                                    .message = oldest_.number(3),
                                                    .original = oldest_.number(4)});
  }
  if (rows.empty()) return false;
  BS_TRY(Transaction transaction, Transaction::begin(database_));
  for (const auto& [id, keys] : rows) {
    drop_key_.bind(1, day_of_id(id)).bind(3, id);
    for (const std::int64_t key : keys.all()) {
      drop_key_.bind(2, key);
      BS_TRY_VOID(drop_key_.run());
    }
  }
  BS_TRY_VOID(database_.run(fmt::format("DELETE FROM message WHERE id<={}", rows.back().first)));
  BS_TRY_VOID(transaction.commit());
  count_ -= static_cast<std::int64_t>(rows.size());
  return true;
}

Result<bool> HistoryFile::drop_tallies(Instant end) {
  const auto seconds = end.time_since_epoch().count();
  BS_TRY_VOID(database_.run(fmt::format(
      "DELETE FROM tally WHERE hour<{}; DELETE FROM loss WHERE at<{}", seconds / 3600, seconds)));
  return false;
}

Result<bool> HistoryFile::drop_step(const HistoryLimits& history_limits, Instant now) {
  const Instant oldest_kept = now - Days{history_limits.days};
  BS_TRY(const bool aged, drop_before(first_id_of(oldest_kept)));
  if (aged) return true;
  const auto rows_max = static_cast<std::int64_t>(history_limits.rows);
  if (count_ <= rows_max && drop_until_ == 0) return drop_tallies(oldest_kept);
  const bool is_new_hour = drop_until_ == 0;
  if (is_new_hour) {
    // The oldest hour goes; of one that holds nearly everything, only a part.
    BS_TRY(const std::int64_t oldest, database_.read_number("SELECT min(id) FROM message"));
    drop_until_ = (oldest / kHourIds + 1) * kHourIds;
  }
  BS_TRY(const bool dropped, drop_before(drop_until_));
  if (!dropped && is_new_hour) count_ = 0;
  if (!dropped || count_ <= rows_max - rows_max / 16) drop_until_ = 0;
  return dropped || count_ > rows_max;
}

}  // namespace backstop::store
