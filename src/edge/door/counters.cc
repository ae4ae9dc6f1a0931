#include "edge/door/counters.h"

namespace backstop::door {

using metrics::Series;

Counters::Counters() : cells_(metrics::cell_count()) {
  for (unsigned i = 0; i < metrics::metric_count(); ++i) {
    const auto metric = static_cast<metrics::Metric>(i);
    const std::size_t first = metrics::cell_of({.metric = metric});
    const std::size_t end = i + 1 < metrics::metric_count()
                                ? metrics::cell_of({.metric = static_cast<metrics::Metric>(i + 1)})
                                : metrics::cell_count();
    for (std::size_t cell = first; cell < end; ++cell)
      cells_[cell] = metrics::first_value(metric);
  }
}

void Counters::add(const Series& series, std::int64_t by) {
  std::atomic<std::int64_t>& cell = cells_[metrics::cell_of(series)];
  std::int64_t unset = metrics::kUnset;
  if (cell.load(std::memory_order_relaxed) == unset)
    cell.compare_exchange_strong(unset, 0, std::memory_order_relaxed);
  cell.fetch_add(by, std::memory_order_relaxed);
}

void Counters::set(const Series& series, std::int64_t value) {
  cells_[metrics::cell_of(series)].store(value, std::memory_order_relaxed);
}

void Counters::unset(const Series& series) {
  set(series, metrics::kUnset);
}

void Counters::observe(const Series& series, std::chrono::nanoseconds took) {
  const std::size_t first = metrics::cell_of(series);
  cells_[first + metrics::bucket_of(took)].fetch_add(1, std::memory_order_relaxed);
  cells_[first + metrics::kBuckets.size() + 1].fetch_add(took.count(), std::memory_order_relaxed);
}

std::vector<std::int64_t> Counters::values() const {
  std::vector<std::int64_t> out;
  out.reserve(cells_.size());
  for (const auto& cell : cells_)
    out.push_back(cell.load(std::memory_order_relaxed));
  return out;
}

}  // namespace backstop::door
