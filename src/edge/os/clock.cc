#include "edge/os/clock.h"

namespace backstop::os {

Instant SystemClock::now() const {
  return std::chrono::floor<Seconds>(std::chrono::system_clock::now());
}

}  // namespace backstop::os
