#include "core/base/ascii.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include "core/base/lanes.h"

namespace backstop::ascii {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHigh = kOnes * 0x80;

// Whether eight bytes are the same but for the case of A to Z.
bool same_eight(std::uint64_t x, std::uint64_t y) {
  constexpr std::uint64_t kCase = kOnes * 0x20;
  const std::uint64_t different = x ^ y;
  if ((different & ~kCase) != 0) return false;
  if (different == 0) return true;
  // That bit is of case only where it belongs to a letter.
  const std::uint64_t low = (x | kCase) & ~kHigh;
  const std::uint64_t from_a = low + kOnes * (0x80 - 'a');
  const std::uint64_t past_z = low + kOnes * (0x80 - ('z' + 1));
  return (different << 2 & ~(from_a & ~past_z & ~x)) == 0;
}

std::uint64_t load(const char* bytes) {
  std::uint64_t x = 0;
  std::memcpy(&x, bytes, sizeof x);
  return x;
}

// The first and the last four bytes.  REQUIRES: there are four.
std::uint64_t load_ends(const char* bytes, std::size_t size) {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::memcpy(&first, bytes, sizeof first);
  std::memcpy(&last, bytes + size - sizeof last, sizeof last);
  return std::uint64_t{first} << 32 | last;
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
  // What is left of a length behind its eights is looked at together with bytes before it.
  if (size >= 8) {
    const std::size_t last = size - 8;
    for (std::size_t at = 0; at < last; at += 8) {
      if (!same_eight(load(a + at), load(b + at))) return false;
    }
    return same_eight(load(a + last), load(b + last));
  }
  if (size >= 4) {
    return same_eight(load_ends(a, size), load_ends(b, size));
  }
  for (std::size_t at = 0; at < size; ++at) {
    if (to_lower(a[at]) != to_lower(b[at])) return false;
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
      const Lanes hits =
          ((load_lanes(here) | case_bit) == first) & ((load_lanes(here + 1) | case_bit) == second);
      for (std::uint32_t bits = bits_of(hits); bits != 0; bits &= bits - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(bits));
        if (at + lane < end && found(at + lane)) return at + lane;
      }
    }
  }
  for (; at < end; ++at) {
    if (found(at)) return at;
  }
  return std::string_view::npos;
}

}  // namespace backstop::ascii
