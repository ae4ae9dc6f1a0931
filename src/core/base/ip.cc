#include "core/base/ip.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "core/base/ascii.h"

namespace backstop {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t kTextMax = 64;

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
  }
  if (ascii::starts_with_folded(text, "ipv6:")) text.remove_prefix(5);
  if (text.empty() || text.size() > kTextMax) return std::nullopt;
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  std::array<char, kTextMax + 1> copy;
  copy[text.copy(copy.data(), kTextMax)] = '\0';
  IpAddress address;
  if (inet_pton(AF_INET, copy.data(), address.bytes_.data()) == 1) return address;
  if (inet_pton(AF_INET6, copy.data(), address.bytes_.data()) != 1) return std::nullopt;
  if (std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes_.begin())) {
    std::copy(address.bytes_.begin() + 12, address.bytes_.end(), address.bytes_.begin());
    std::fill(address.bytes_.begin() + 4, address.bytes_.end(), std::uint8_t{0});
    return address;
  }
  address.family_ = Family::V6;
  return address;
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> out{};
  inet_ntop(family_ == Family::V4 ? AF_INET : AF_INET6, bytes_.data(), out.data(), out.size());
  return out.data();
}

bool is_global(const IpAddress& address) {
  const auto& b = address.bytes();
  if (address.family() == IpAddress::Family::V4) {
    const bool shared = b[0] == 100 && (b[1] & 0xC0U) == 64;
    const bool link_local = b[0] == 169 && b[1] == 254;
    const bool of_sixteen = b[0] == 172 && (b[1] & 0xF0U) == 16;
    const bool of_two = b[0] == 192 && b[1] == 168;
    return b[0] != 0 && b[0] != 10 && b[0] != 127 && b[0] < 224 && !shared && !link_local &&
           !of_sixteen && !of_two;
  }
  const bool unspecified_or_loopback =
      std::all_of(b.begin(), b.end() - 1, [](std::uint8_t byte) { return byte == 0; }) &&
      b.back() <= 1;
  const bool unique_local = (b[0] & 0xFEU) == 0xFC;
  const bool link_local = b[0] == 0xFE && (b[1] & 0xC0U) == 0x80;
  return !unspecified_or_loopback && !unique_local && !link_local && b[0] != 0xFF;
}

Result<IpNetwork> IpNetwork::parse(std::string_view text) {
  const std::string form = "write a network as 192.0.2.0/24, 2001:db8::/32 or one address";
  const std::size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return fail(Errc::Invalid, "", form);
  const unsigned bits_max = address->family() == IpAddress::Family::V4 ? 32 : 128;
  IpNetwork network;
  network.address_ = *address;
  network.prefix_bits_ = bits_max;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const char* const end = digits.data() + digits.size();
    const auto [rest, error] = std::from_chars(digits.data(), end, network.prefix_bits_);
    if (error != std::errc{} || rest != end || network.prefix_bits_ > bits_max) {
      return fail(Errc::Invalid, "", form);
    }
  }
  for (unsigned bit = network.prefix_bits_; bit < bits_max; ++bit) {
    if (((address->bytes()[bit / 8] >> (7 - bit % 8)) & 1U) != 0) {
      return fail(Errc::Invalid, "",
                  "bits are set beyond the prefix length of " + std::string(text) +
                      "; write the network's own address, or one host without a prefix length");
    }
  }
  return network;
}

bool IpNetwork::contains(const IpAddress& address) const {
  if (address.family() != address_.family()) return false;
  const std::size_t whole = prefix_bits_ / 8;
  if (std::memcmp(address.bytes().data(), address_.bytes().data(), whole) != 0) return false;
  const unsigned rest = prefix_bits_ % 8;
  if (rest == 0) return true;
  return (address.bytes()[whole] >> (8 - rest)) == (address_.bytes()[whole] >> (8 - rest));
}

std::string IpNetwork::text() const {
  return address_.text() + "/" + std::to_string(prefix_bits_);
}

}  // namespace backstop
