// What a person must know now, told to everybody who listens: log, metrics, status, hooks.
#pragma once

#include <string_view>

#include "core/alarm/alarm.h"

namespace backstop::ports {

// Any thread; never waits for a disk or a peer, never fails.
class Alarms {
 public:
  virtual ~Alarms() = default;
  // The alarm stands from now on; may be raised again while it does.  `sentence`: what is wrong and
  // what to do, one line, every foreign value in it already escaped (core/base/escape.h).
  virtual void raise(alarm::Alarm alarm, std::string_view sentence) = 0;
  // What was wrong has ended; nothing where it does not stand, so this may be said at any time.
  // `sentence`: how it ended, as above; may be "".
  virtual void end(alarm::Alarm alarm, std::string_view sentence) = 0;
};

}  // namespace backstop::ports
