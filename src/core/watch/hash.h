// Hashes of what strangers choose: with a seed they do not know, so that nobody can aim at a
// collision.  Not for anything that is proved.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/base/ip.h"

namespace backstop::watch {

// The finaliser of SplitMix64: every bit of `x` decides every bit of the result.
constexpr std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

inline std::uint64_t hash_text(std::string_view text, std::uint64_t seed) {
  std::uint64_t hash = mix(seed + text.size());
  while (text.size() >= sizeof hash) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data(), sizeof eight);
    hash = mix(hash ^ eight) + 0x9e3779b97f4a7c15ULL;
    text.remove_prefix(sizeof eight);
  }
  std::uint64_t rest = 0;
  if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
  return mix(hash ^ rest);
}

// Of as many leading bytes as those of IPv4 and IPv6 count.
inline std::uint64_t hash_network(const IpAddress& address, std::size_t bytes4, std::size_t bytes6,
                                  std::uint64_t seed) {
  const bool is_v4 = address.family() == IpAddress::Family::V4;
  const auto* bytes = reinterpret_cast<const char*>(address.bytes().data());
  return hash_text(std::string_view(bytes, is_v4 ? bytes4 : bytes6), seed + (is_v4 ? 4 : 6));
}
// One client: an IPv4 address, a /64 of IPv6.
inline std::uint64_t hash_client(const IpAddress& address, std::uint64_t seed) {
  return hash_network(address, 4, 8, seed);
}
// One operator, more or less: a /24 of IPv4, a /48 of IPv6.
inline std::uint64_t hash_site(const IpAddress& address, std::uint64_t seed) {
  return hash_network(address, 3, 6, seed);
}

}  // namespace backstop::watch
