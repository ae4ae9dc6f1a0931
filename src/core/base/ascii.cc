#include "core/base/ascii.h"

#include <cstdint>
#include <cstring>

#include "core/base/lanes.h"

namespace backstop::ascii {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHigh = kOnes * 0x80;

// Eight bytes at once: A to Z become lower case, all others stay.
std::uint64_t fold(std::uint64_t x) {
  const std::uint64_t low = x & ~kHigh;
  const std::uint64_t from_a = low + kOnes * (0x80 - 'A');
  const std::uint64_t past_z = low + kOnes * (0x80 - ('Z' + 1));
  return x | ((from_a & ~past_z & ~x & kHigh) >> 2);
}

std::uint64_t load(const char* bytes) {
  std::uint64_t x = 0;
  std::memcpy(&x, bytes, sizeof x);
  return x;
}

}  // namespace

void lower_into(char* out, std::string_view text) {
  std::size_t at = 0;
  for (; at + kLanes <= text.size(); at += kLanes)
    store_lanes(out + at, lower_lanes(load_lanes(text.data() + at)));
  for (; at < text.size(); ++at)
    out[at] = to_lower(text[at]);
}

std::string lower(std::string_view text) {
  std::string out(text);
  lower_into(out.data(), text);
  return out;
}

bool same_folded(const char* a, const char* b, std::size_t size) {
  for (; size >= 8; a += 8, b += 8, size -= 8) {
    if (fold(load(a)) != fold(load(b))) return false;
  }
  for (; size != 0; ++a, ++b, --size) {
    if (to_lower(*a) != to_lower(*b)) return false;
  }
  return true;
}

std::size_t find_folded(std::string_view text, std::string_view needle) {
  if (text.size() < needle.size()) return std::string_view::npos;
  const std::size_t end = text.size() - needle.size() + 1;
  const auto found = [text, needle](std::size_t at) {
    return same_folded(text.data() + at, needle.data(), needle.size());
  };
  std::size_t at = 0;
  if (needle.size() >= 2) {
    // Sixteen places at once: has any the first two bytes?  What differs from them in the bit that
    // tells cases apart is let through and compared.
    const Lanes case_bit = every_lane(0x20);
    const Lanes first = every_lane(needle[0]) | case_bit;
    const Lanes second = every_lane(needle[1]) | case_bit;
    for (; at < end && at + kLanes + 1 <= text.size(); at += kLanes) {
      const char* here = text.data() + at;
      Lanes hits =
          ((load_lanes(here) | case_bit) == first) & ((load_lanes(here + 1) | case_bit) == second);
      while (any_lane(hits)) {
        const std::size_t lane = first_lane_of(hits);
        if (at + lane < end && found(at + lane)) return at + lane;
        hits[lane] = 0;
      }
    }
  }
  for (; at < end; ++at) {
    if (found(at)) return at;
  }
  return std::string_view::npos;
}

}  // namespace backstop::ascii
