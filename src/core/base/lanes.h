// Sixteen bytes at once, in the vectors of GCC and clang: they become the registers that the build
// allows, and SSE2 or NEON are already as fast as memory for what is done with them here.
//
// Pure; any thread.  In a comparison, a lane of which it is true has all its bits set.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace backstop {

using Lanes = signed char __attribute__((vector_size(16)));

inline constexpr std::size_t kLanes = sizeof(Lanes);

// REQUIRES: kLanes bytes from `at` on.
inline Lanes load_lanes(const char* at) {
  Lanes lanes;
  std::memcpy(&lanes, at, sizeof lanes);
  return lanes;
}

inline void store_lanes(char* to, Lanes lanes) {
  std::memcpy(to, &lanes, sizeof lanes);
}

inline Lanes every_lane(char c) {
  return Lanes{} + static_cast<signed char>(c);
}

// ASCII's capitals become small letters.  Bytes from 0x80 on are negative, and stay.
inline Lanes lower_lanes(Lanes x) {
  return x | ((x >= every_lane('A')) & (x <= every_lane('Z')) & every_lane(0x20));
}

// The first lane that is not 0, of a comparison; kLanes when there is none.
inline std::size_t first_lane_of(Lanes lanes) {
  std::uint64_t halves[2];
  std::memcpy(halves, &lanes, sizeof halves);
  for (std::size_t half = 0; half < 2; ++half) {
    if (halves[half] == 0) continue;
    const int zeros = std::endian::native == std::endian::little ? std::countr_zero(halves[half])
                                                                 : std::countl_zero(halves[half]);
    return half * 8 + static_cast<std::size_t>(zeros) / 8;
  }
  return kLanes;
}

inline bool any_lane(Lanes lanes) {
  std::uint64_t halves[2];
  std::memcpy(halves, &lanes, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

}  // namespace backstop
