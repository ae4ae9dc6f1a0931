// The open history.db of its one writer: rows in, old rows out.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/transaction/history_row.h"
#include "edge/store/history_store.h"
#include "edge/store/ledger_place.h"
#include "edge/store/sqlite.h"

namespace backstop::store {

// What a row can be found by, as it stands in its columns.
struct StoredKeys {
  std::string queue_id;
  std::string recipients;  // One in a line.
  std::int64_t message = 0;
  std::int64_t original = 0;
  std::vector<std::int64_t> all() const;
};

// One thread.
class HistoryFile {
 public:
  // Makes the file when it is not there, and its directory when only that is missing.  Errors: as
  // in sqlite.h and schema.h.
  static Result<HistoryFile> open(const std::string& directory);
  // Somebody moved or removed the file: what is written now would be lost with it.
  bool is_replaced() const;

  // All in one transaction, or none.
  Result<void> write(const std::vector<transaction::HistoryRow>& rows);
  Result<void> write_loss(Instant at, std::uint64_t count);

  // Drops a small step of what is too old or too much, the oldest hour first; true when there is
  // more to drop.
  Result<bool> drop_step(const HistoryLimits& history_limits, Instant now);

 private:
  HistoryFile(Database database, FileIdentity identity)
      : database_(std::move(database)), identity_(identity) {}
  Result<void> prepare();
  Result<void> write_row(const transaction::HistoryRow& row);
  Result<std::int64_t> next_id(Instant at);
  Result<std::int64_t> outcome_of(const transaction::HistoryRow& row);
  Result<void> write_keys(const StoredKeys& keys, std::int64_t id);
  Result<void> count_row(const transaction::HistoryRow& row);
  Result<bool> drop_before(std::int64_t id_end);
  Result<bool> drop_tallies(Instant end);

  Database database_;
  FileIdentity identity_;
  Statement insert_message_;
  Statement insert_key_;
  Statement insert_outcome_;
  Statement find_outcome_;
  Statement raise_tally_;
  Statement find_last_id_;
  Statement oldest_;
  Statement drop_key_;
  std::unordered_map<std::string, std::int64_t> outcomes_;
  std::int64_t last_id_ = -1;
  std::int64_t count_ = 0;       // Rows.
  std::int64_t drop_until_ = 0;  // The hour that is being dropped ends at this id.
};

}  // namespace backstop::store
