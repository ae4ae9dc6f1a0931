// The time of day.
#pragma once

#include "core/base/time.h"

namespace backstop::ports {

// Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

}  // namespace backstop::ports
