// All who learn from a message's record, told one after the other.
#pragma once

#include <vector>

#include "ports/record_observer.h"

namespace backstop::app {

class RecordAudience final : public ports::RecordObserver {
 public:
  // Before the first message; `observer` outlives this.
  void add(ports::RecordObserver& observer) { observers_.push_back(&observer); }
  // Any thread.
  void on_record(const transaction::Record& record, std::string_view queue_id) override {
    for (ports::RecordObserver* const each : observers_)
      each->on_record(record, queue_id);
  }

 private:
  std::vector<ports::RecordObserver*> observers_;
};

}  // namespace backstop::app
