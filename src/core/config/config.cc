#include "core/config/config.h"

#include <algorithm>

namespace backstop::config {

std::vector<IpNetwork> loopback_networks() {
  return {*IpNetwork::parse("127.0.0.0/8"), *IpNetwork::parse("::1/128")};
}

const Domain* Config::find_domain(std::string_view canonical_name) const {
  const auto found = domains.find(canonical_name);
  return found == domains.end() ? nullptr : &found->second;
}

bool Config::is_own(const IpAddress& address) const {
  return std::any_of(own_networks.begin(), own_networks.end(),
                     [&](const IpNetwork& network) { return network.contains(address); });
}

}  // namespace backstop::config
