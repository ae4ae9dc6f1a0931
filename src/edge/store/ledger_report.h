// The ledger as another process sees it while backstopd runs, or while it does not: for commands.
// Nothing is written.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/proof/sent.h"
#include "edge/store/ledger_reader.h"

namespace backstop::store {

struct LedgerDay {
  DayNumber day = 0;
  // Rows written, those written again included; fingerprints when it is past its time.
  std::uint64_t rows = 0;
  bool is_late = false;
  std::uint32_t largest_header_bytes = 0;
};

struct LedgerReport {
  std::string path;
  std::uint64_t bytes = 0;  // Of the file and its write-ahead log.
  std::int64_t version = 0;
  std::optional<Instant> lost_at;
  std::vector<LedgerDay> days;  // The oldest first.
};

// What a look at the whole file found.
struct LedgerCheck {
  bool is_finished = false;           // The time was enough.
  std::vector<std::string> findings;  // Empty: sound, as far as it was looked at.
};

// One thread at a time.
class LedgerInspection {
 public:
  // Errors: Errc::NotFound when there is no ledger; Errc::Unsupported for another version; as in
  // sqlite.h.
  static Result<LedgerInspection> open(const std::string& directory);

  Result<LedgerReport> report();
  // As ports::Ledger::look_up(), of what is on the disk: some 50 ms less than the daemon knows.
  Result<proof::LedgerAnswer> look_up(const proof::LedgerQuery& query, Instant now);
  // Reads the file, for `most` at the longest.
  Result<LedgerCheck> check(std::chrono::milliseconds most);

 private:
  explicit LedgerInspection(LedgerReader reader) : reader_(std::move(reader)) {}
  Result<std::optional<proof::SentEntry>> find_entry(proof::SentKey key, RowKind kind,
                                                     const proof::LedgerQuery& query, Instant now,
                                                     const DayTables& tables);
  Result<std::uint32_t> count_of(proof::SentKey counter, const DayTables& tables);
  Result<std::optional<Instant>> read_lost_at();

  LedgerReader reader_;
};

}  // namespace backstop::store
