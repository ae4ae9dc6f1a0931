// One row for each message that was signed or judged.
#pragma once

#include "core/transaction/history_row.h"

namespace backstop::ports {

// Any thread.
class History {
 public:
  virtual ~History() = default;
  // Queues the row to be written.  Never waits; what cannot be kept is counted, never an error.
  virtual void append(transaction::HistoryRow row) = 0;
};

}  // namespace backstop::ports
