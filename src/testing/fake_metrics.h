// Counts in a map of cells.
#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "ports/metrics.h"

namespace backstop::testing {

// Any thread.
class FakeMetrics final : public ports::Metrics {
 public:
  void add(const metrics::Series& series, std::int64_t by = 1) override {
    const std::scoped_lock lock(mutex_);
    cells_[metrics::cell_of(series)] += by;
  }
  void set(const metrics::Series& series, std::int64_t value) override {
    const std::scoped_lock lock(mutex_);
    cells_[metrics::cell_of(series)] = value;
  }
  void unset(const metrics::Series& series) override {
    const std::scoped_lock lock(mutex_);
    cells_.erase(metrics::cell_of(series));
  }
  void observe(const metrics::Series& series, std::chrono::nanoseconds took) override {
    const std::scoped_lock lock(mutex_);
    const std::size_t first = metrics::cell_of(series);
    cells_[first + metrics::bucket_of(took)] += 1;
    cells_[first + metrics::kBuckets.size() + 1] += took.count();
  }

  // 0 for one that nobody touched.
  std::int64_t value(const metrics::Series& series, std::size_t beyond = 0) const {
    const std::scoped_lock lock(mutex_);
    const auto found = cells_.find(metrics::cell_of(series) + beyond);
    return found == cells_.end() ? 0 : found->second;
  }
  // All cells; gauges nobody set hold metrics::kUnset.
  std::vector<std::int64_t> values() const {
    std::vector<std::int64_t> out(metrics::cell_count(), 0);
    for (unsigned i = 0; i < metrics::metric_count(); ++i) {
      const auto metric = static_cast<metrics::Metric>(i);
      const bool last = i + 1 == metrics::metric_count();
      const std::size_t end =
          last ? out.size() : metrics::cell_of({.metric = static_cast<metrics::Metric>(i + 1)});
      for (std::size_t cell = metrics::cell_of({.metric = metric}); cell < end; ++cell)
        out[cell] = metrics::first_value(metric);
    }
    const std::scoped_lock lock(mutex_);
    for (const auto& [cell, value] : cells_)
      out[cell] = value;
    return out;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::size_t, std::int64_t> cells_;
};

}  // namespace backstop::testing
