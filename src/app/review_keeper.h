// Keeps, of what would be refused or cannot be told, what an operator may look at.
#pragma once

#include <string>

#include "edge/store/review_store.h"
#include "ports/clock.h"
#include "ports/log_sink.h"
#include "ports/record_observer.h"
#include "ports/surroundings.h"

namespace backstop::app {

class ReviewKeeper final : public ports::RecordObserver {
 public:
  // Never fails: what cannot be written is told in the log.  REQUIRES: all outlive this; the
  // directory is not empty.
  ReviewKeeper(const std::string& directory, const ports::SurroundingsSource& surroundings,
               const ports::Clock& clock, ports::LogSink& log);

  // Any thread.
  void on_record(const transaction::Record& record, std::string_view queue_id) override;

 private:
  const ports::SurroundingsSource& surroundings_;
  store::ReviewStore store_;
};

}  // namespace backstop::app
