#include "core/base/ascii.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

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
  for (; at + 8 <= text.size(); at += 8) {
    const std::uint64_t eight = fold(load(text.data() + at));
    std::memcpy(out + at, &eight, sizeof eight);
  }
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
    const std::uint64_t first = kOnes * static_cast<unsigned char>(needle[0]);
    const std::uint64_t second = kOnes * static_cast<unsigned char>(needle[1]);
    // Eight places at once: does any have the first two bytes?  Loads nine bytes.
    for (; at < end && at + 9 <= text.size(); at += 8) {
      const char* here = text.data() + at;
      const std::uint64_t other = (fold(load(here)) ^ first) | (fold(load(here + 1)) ^ second);
      if (((other - kOnes) & ~other & kHigh) == 0) continue;
      for (std::size_t place = at; place < std::min(at + 8, end); ++place) {
        if (to_lower(text[place + 1]) == needle[1] && found(place)) return place;
      }
    }
  }
  for (; at < end; ++at) {
    if (found(at)) return at;
  }
  return std::string_view::npos;
}

}  // namespace backstop::ascii
