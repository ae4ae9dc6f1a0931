#include "core/coverage/networks.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string>

namespace backstop::coverage {
namespace {

std::string render(IpAddress::Family family, const std::array<std::uint8_t, 16>& bytes) {
  if (family == IpAddress::Family::V4)
    return fmt::format("{}.{}.{}.{}", bytes[0], bytes[1], bytes[2], bytes[3]);
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 2)
    out += fmt::format("{}{:02x}{:02x}", i == 0 ? "" : ":", bytes[i], bytes[i + 1]);
  return out;
}

}  // namespace

IpNetwork network_around(const IpAddress& address, unsigned prefix_bits) {
  const unsigned most = address.family() == IpAddress::Family::V4 ? 32 : 128;
  const unsigned kept = std::min(prefix_bits, most);
  auto bytes = address.bytes();
  for (unsigned bit = kept; bit < most; ++bit)
    bytes[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
  auto network = IpNetwork::parse(fmt::format("{}/{}", render(address.family(), bytes), kept));
  // An IPv6 network that begins as the mapped ones do is read as IPv4, whose bits are fewer.
  return network ? *network : *IpNetwork::parse(address.text());
}

IpAddress first_address(const IpNetwork& network) {
  const std::string text = network.text();
  return *IpAddress::parse(std::string_view(text).substr(0, text.find('/')));
}

unsigned prefix_bits(const IpNetwork& network) {
  const std::string text = network.text();
  unsigned out = 0;
  std::from_chars(text.data() + text.find('/') + 1, text.data() + text.size(), out);
  return out;
}

bool holds(const IpNetwork& wide, const IpNetwork& narrow) {
  return prefix_bits(wide) <= prefix_bits(narrow) && wide.contains(first_address(narrow));
}

bool is_same(const std::vector<IpNetwork>& one, const std::vector<IpNetwork>& other) {
  return std::ranges::equal(
      one, other, [](const IpNetwork& a, const IpNetwork& b) { return a.text() == b.text(); });
}

bool contain(const std::vector<IpNetwork>& networks, const IpAddress& address) {
  return std::ranges::any_of(networks, [&](const IpNetwork& n) { return n.contains(address); });
}

}  // namespace backstop::coverage
