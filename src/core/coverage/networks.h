// What a survey of an SPF record needs of networks beside what they can themselves.
//
// Pure; any thread.
#pragma once

#include <algorithm>
#include <vector>

#include "core/base/ip.h"

namespace backstop::coverage {

// The network of that many bits that the address is in; with more bits than it has, itself alone.
IpNetwork network_around(const IpAddress& address, unsigned prefix_bits);
// Its first address, and how many bits of it count.
IpAddress first_address(const IpNetwork& network);
unsigned prefix_bits(const IpNetwork& network);
// True when every address of `narrow` is in `wide`.
bool holds(const IpNetwork& wide, const IpNetwork& narrow);
bool is_same(const std::vector<IpNetwork>& one, const std::vector<IpNetwork>& other);
// True when any of them holds the address.
bool contain(const std::vector<IpNetwork>& networks, const IpAddress& address);

}  // namespace backstop::coverage
