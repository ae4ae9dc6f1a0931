// Who learns from every message that was signed or judged, beside the history.
#pragma once

#include <string_view>

#include "core/transaction/record.h"

namespace backstop::ports {

// Any thread.
class RecordObserver {
 public:
  virtual ~RecordObserver() = default;
  // Never waits, never fails.  `queue_id`: the server's, or one of ours; `record` is valid during
  // the call.
  virtual void on_record(const transaction::Record& record, std::string_view queue_id) = 0;
};

}  // namespace backstop::ports
