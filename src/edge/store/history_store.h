// The history in SQLite: history.db in the store's directory, a file of its own, so that its loss
// harms nothing else (docs/formats/history.md).
//
// Mail never waits for it: append() puts a row into a bounded queue, and one thread writes what is
// there in one transaction.  A disk that is full or away, and a file that is damaged, are told once
// and tried again; rows wait in the queue meanwhile, and those it has no room for are counted.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/base/time.h"
#include "ports/clock.h"
#include "ports/history.h"

namespace backstop::store {

// How long a row may wait for others to be committed with it.  A commit costs as much as ten rows,
// and nobody asks `why` within half a second.
inline constexpr std::chrono::milliseconds kHistoryCommitWait{500};

struct HistoryLimits {
  unsigned days = 30;
  std::size_t rows = 1'000'000;
};

class HistoryStore final : public ports::History {
 public:
  struct Trouble {
    bool is_over = false;  // What was told before has ended.
    std::string sentence;  // What is wrong and what to do; not escaped.
  };
  // Called by the writing thread, once for each trouble and once for its end.
  using OnTrouble = std::function<void(const Trouble&)>;

  // Nothing is opened here: whatever is wrong is told by `on_trouble`, never an error.  `directory`
  // is made when only it is missing.  `clock` outlives this.
  HistoryStore(std::string directory, HistoryLimits history_limits, const ports::Clock& clock,
               OnTrouble on_trouble);
  // Writes what waits, once, and ends.
  ~HistoryStore() override;

  // Any thread.
  void append(transaction::HistoryRow row) override;

  // Takes effect with the next write.  Any thread.
  void set_limits(HistoryLimits history_limits);

  struct Health {
    std::uint64_t written = 0;  // Rows, since the start.
    std::uint64_t lost = 0;     // Rows that found no room, since the start.
    std::size_t waiting = 0;
    std::string trouble;  // That is not over; "" when all is well.
  };
  // Any thread.
  Health health() const;
  // Waits until what was appended before is written, dropped or cannot be written for now, and
  // what is too old or too much is gone.  For tests and for a stop in peace.  Any thread.
  void flush();

 private:
  class Writer;
  std::unique_ptr<Writer> writer_;
};

}  // namespace backstop::store
