// What stands in history.db (docs/formats/history.md), shared by who writes it and who reads it.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/time.h"
#include "edge/store/schema.h"

namespace backstop::store {

inline constexpr std::string_view kHistoryFile = "history.db";
extern const Schema kHistorySchema;

// A row's id is its second and a number within it: order of time without an index for it.
inline constexpr std::int64_t kRowsPerSecond = 65536;
constexpr std::int64_t first_id_of(Instant at) {
  return at.time_since_epoch().count() * kRowsPerSecond;
}
constexpr Instant instant_of(std::int64_t id) {
  return Instant{Seconds{id / kRowsPerSecond}};
}
constexpr std::int64_t day_of_id(std::int64_t id) {
  return id / (kRowsPerSecond * 86400);
}

// What a row can be looked up by: 63 bits that need not be secret, since what they stand for is in
// the row; whoever finds one compares.
std::int64_t queue_key(std::string_view queue_id);
std::int64_t recipient_key(std::string_view shown);  // Case of A to Z does not matter.

}  // namespace backstop::store
