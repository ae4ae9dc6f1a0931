// IPv4 and IPv6 addresses and networks as values.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace backstop {

// One address.  IPv4-mapped IPv6 (::ffff:a.b.c.d) is stored as IPv4, so that an MTA listening on a
// dual socket means the same client.
class IpAddress {
 public:
  enum class Family : std::uint8_t { V4, V6 };

  // "192.0.2.1", "2001:db8::1", "IPv6:2001:db8::1", any of them in square brackets.  A zone id
  // ("%eth0") is refused.  Nothing for any other text.
  static std::optional<IpAddress> parse(std::string_view text);

  Family family() const { return family_; }
  std::string text() const;
  // Network order; 4 bytes count for V4.
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  auto operator<=>(const IpAddress&) const = default;

 private:
  friend class IpNetwork;
  Family family_ = Family::V4;
  std::array<std::uint8_t, 16> bytes_{};
};

// Whether it may be a host of the open internet: not one of a private, shared, link-local, loopback
// or multicast network (RFC 6890).  Networks for documentation count as open: they stand for it.
bool is_global(const IpAddress& address);

// An address and a prefix length.
class IpNetwork {
 public:
  // "192.0.2.0/24", "2001:db8::/32", or an address alone for just that host.  Errors: Errc::Invalid
  // when it is neither, or when bits beyond the prefix are set (they would be silently ignored).
  static Result<IpNetwork> parse(std::string_view text);

  bool contains(const IpAddress& address) const;
  std::string text() const;

 private:
  IpAddress address_;
  unsigned prefix_bits_ = 0;
};

}  // namespace backstop
