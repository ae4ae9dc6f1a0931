// A clock that stands where a test puts it.
#pragma once

#include <atomic>

#include "ports/clock.h"

namespace backstop::testing {

// Any thread.
class FakeClock final : public ports::Clock {
 public:
  // 2026-03-01T12:00:00Z unless told otherwise.
  explicit FakeClock(Instant start = Instant{Seconds{1'772'366'400}}) : now_(start) {}

  Instant now() const override { return now_.load(); }
  void set(Instant now) { now_ = now; }
  void advance(Seconds by) { now_ = now_.load() + by; }

 private:
  std::atomic<Instant> now_;
};

}  // namespace backstop::testing
