// Who is told how the ledger fares.
#pragma once

#include <string_view>

#include "core/alarm/alarm.h"
#include "core/base/time.h"
#include "ports/log_sink.h"

namespace backstop::store {

// Called by the ledger's own thread, one call at a time; once for each change, never per message.
// May not call back into the ledger.
class LedgerObserver {
 public:
  virtual ~LedgerObserver() = default;
  // A sentence for a person: what is wrong and what to do, or that it is well again.
  virtual void on_notice(ports::LogLevel level, std::string_view sentence) = 0;
  // What a person must know now, in such a sentence.
  virtual void on_alarm(alarm::Alarm alarm, std::string_view sentence) = 0;
  // What was sent from `since` on may be missing: a signing gap begins there.
  virtual void on_writes_failing(Instant since) = 0;
  // What was sent before `now` and could be kept is on the disk: the gap ends there.
  virtual void on_writes_working(Instant now) = 0;
};

}  // namespace backstop::store
