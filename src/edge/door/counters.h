// What this process has counted, in one array of atomics; it begins anew with the process.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "core/metrics/metric.h"
#include "ports/metrics.h"

namespace backstop::door {

// Any thread.
class Counters final : public ports::Metrics {
 public:
  Counters();

  void add(const metrics::Series& series, std::int64_t by = 1) override;
  void set(const metrics::Series& series, std::int64_t value) override;
  void unset(const metrics::Series& series) override;
  void observe(const metrics::Series& series, std::chrono::nanoseconds took) override;

  // All cells (metrics::cell_of), each as it was at some moment of the call.
  std::vector<std::int64_t> values() const;

 private:
  std::vector<std::atomic<std::int64_t>> cells_;
};

}  // namespace backstop::door
