// The limits of the door for metrics.
#pragma once

#include <chrono>
#include <cstddef>

namespace backstop::limits {

// Open connections: a few who watch, each for one request.
inline constexpr std::size_t kHttpConnections = 64;
// The request line and the fields after it: Prometheus sends 300 bytes, a browser with cookies some
// thousand.
inline constexpr std::size_t kHttpHeadBytes = 8 * 1024;
// Silence after which a peer is dropped: Prometheus itself gives up after 10 s (scrape_timeout).
inline constexpr std::chrono::seconds kHttpIdle{10};
inline constexpr std::chrono::seconds kHttpDrain{2};

}  // namespace backstop::limits
