// The system's clock.
#pragma once

#include "ports/clock.h"

namespace backstop::os {

// CLOCK_REALTIME in whole seconds.  Any thread.
class SystemClock final : public ports::Clock {
 public:
  Instant now() const override;
};

}  // namespace backstop::os
