// Reads history.db beside its writer, from any process: what the commands ask.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/proof/sent.h"
#include "core/transaction/history_row.h"
#include "edge/store/sqlite.h"

namespace backstop::store {

// How often something came of mail for, or from, a domain of ours.
struct HistoryCount {
  std::string domain;
  std::string what;      // A verdict; of outgoing mail "signed" or "unsigned".
  std::string decision;  // "" for outgoing mail.
  std::string enforced;
  std::uint64_t count = 0;
};

// Rows that found no room while the disk was full or away.
struct HistoryLoss {
  Instant at{};
  std::uint64_t count = 0;
};

// One thread.  Errors of every function: as in sqlite.h.
class HistoryReader {
 public:
  // `directory`: the store's.  Errors, besides: Errc::NotFound when there is no history yet;
  // Errc::Unsupported for another version's file.
  static Result<HistoryReader> open(const std::string& directory);

  using Rows = std::vector<transaction::HistoryRow>;

  // Newest first, at most `count_max`.
  Result<Rows> find_queue_id(std::string_view queue_id, std::size_t count_max);
  // Whose own Message-ID it is, or what answered it.
  Result<Rows> find_message(proof::SentKey message, std::size_t count_max);
  // `shown`: as transaction::shown_address writes it; `from` and `to` are seconds that count.
  Result<Rows> find_recipient(std::string_view shown, Instant from, Instant to,
                              std::size_t count_max);

  // By hours: whole ones from the one that `from` is in, up to that of `to`.  They go on being
  // right when rows were dropped for their number.
  Result<std::vector<HistoryCount>> count(Instant from, Instant to);

  Result<std::uint64_t> row_count();  // Counts; a tenth of a second for a million.
  Result<std::optional<Instant>> oldest();
  Result<std::optional<Instant>> newest();
  Result<std::optional<Instant>> oldest_count();  // The hour from which count() is complete.
  Result<std::vector<HistoryLoss>> losses();

 private:
  explicit HistoryReader(Database database) : database_(std::move(database)) {}
  Result<Rows> find_key(std::int64_t key, std::int64_t id_from, std::int64_t id_to,
                        std::size_t count_max);
  Result<std::optional<transaction::HistoryRow>> read_row(std::int64_t id);
  Result<std::optional<std::int64_t>> read_optional(const std::string& sql);

  Database database_;
  Statement row_;
};

}  // namespace backstop::store
