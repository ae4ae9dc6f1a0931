// Goes through history.db in the order of time, a row at a time: for whoever judges all of it
// again. Holds one row and the outcomes that occur, and no lock that its writer would wait for.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/transaction/history_row.h"
#include "edge/store/sqlite.h"

namespace backstop::store {

// One thread.  Errors of every function: as in sqlite.h.
class HistoryScan {
 public:
  // `directory`: the store's.  Errors, besides: as HistoryReader::open.
  static Result<HistoryScan> open(const std::string& directory);

  // A row with its facts, and the id of its outcome: equal ids have kind, verdict, decision,
  // enforced, reasons and facts in common.  Both are valid during the call; false ends the scan.
  using Visit = std::function<bool(const transaction::HistoryRow& row, std::int64_t outcome)>;
  // Every judged message from the second `from` up to before the second `to`, oldest first.  What
  // is written meanwhile is seen or not; what is dropped meanwhile is not.
  Result<void> visit(Instant from, Instant to, const Visit& visit);

  // How many rows visit() goes through, outgoing ones among them.  Counts: a tenth of a second for
  // a million.
  Result<std::uint64_t> count(Instant from, Instant to);

 private:
  struct Outcome {
    std::string kind, verdict, decision, enforced, reasons, facts;
  };

  explicit HistoryScan(Database database) : database_(std::move(database)) {}
  Result<const Outcome*> find_outcome(std::int64_t id);
  // Reads the row at hand.
  void read_row(transaction::HistoryRow& row) const;

  Database database_;
  Statement rows_;
  Statement outcome_;
  std::unordered_map<std::int64_t, Outcome> outcomes_;
};

}  // namespace backstop::store
