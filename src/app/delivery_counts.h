// What becomes of alarms and events that are told to others, counted.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ports/metrics.h"

namespace backstop::app {

inline void count_delivery(ports::Metrics& metrics, metrics::Sink sink, metrics::Fate fate) {
  metrics.add(metrics::series(metrics::Metric::DeliveriesTotal, sink, fate));
}

inline void show_waiting(ports::Metrics& metrics, metrics::Sink sink, std::size_t waiting) {
  metrics.set(metrics::series(metrics::Metric::DeliveriesWaiting, sink),
              static_cast<std::int64_t>(waiting));
}

}  // namespace backstop::app
