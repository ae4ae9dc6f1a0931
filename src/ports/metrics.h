// What is counted for whoever watches the daemon.
#pragma once

#include <chrono>
#include <cstdint>

#include "core/metrics/metric.h"

namespace backstop::ports {

// Any thread; never waits, never fails.
class Metrics {
 public:
  virtual ~Metrics() = default;
  // REQUIRES: no histogram.  A gauge that was never set begins at 0.
  virtual void add(const metrics::Series& series, std::int64_t by = 1) = 0;
  // To a value known elsewhere.  REQUIRES: no histogram.
  virtual void set(const metrics::Series& series, std::int64_t value) = 0;
  // The gauge has no value any more.  REQUIRES: a gauge.
  virtual void unset(const metrics::Series& series) = 0;
  // REQUIRES: a histogram.
  virtual void observe(const metrics::Series& series, std::chrono::nanoseconds took) = 0;
};

}  // namespace backstop::ports
