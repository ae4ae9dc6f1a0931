// Sixteen bytes at once, in the vectors of GCC and clang: they become the registers that the build
// allows, and SSE2 or NEON are already as fast as memory for what is done with them here.
//
// Pure; any thread.  In a comparison, a lane of which it is true has all its bits set.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

// One bit for each lane of a comparison, the lowest of the first.
inline std::uint32_t bits_of(Lanes lanes) {
#ifdef __SSE2__
  __m128i whole;
  std::memcpy(&whole, &lanes, sizeof whole);
  return static_cast<std::uint32_t>(_mm_movemask_epi8(whole));
#else
  std::uint32_t bits = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane)
    bits |= std::uint32_t{lanes[lane] != 0} << lane;
  return bits;
#endif
}

// The first lane that is not 0, of a comparison; kLanes when there is none.
inline std::size_t first_lane_of(Lanes lanes) {
  return static_cast<std::size_t>(std::countr_zero(bits_of(lanes) | std::uint32_t{1} << kLanes));
}

inline bool any_lane(Lanes lanes) {
  return bits_of(lanes) != 0;
}

}  // namespace backstop
