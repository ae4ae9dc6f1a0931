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

policy::Mode Config::mode_of(const mail::Address& address) const {
  const Domain* const domain = find_domain(mail::canonical_domain(address.domain));
  if (domain == nullptr) return policy::Mode::Off;
  if (address_modes.empty()) return domain->mode;
  const auto own = address_modes.find(mail::canonical(address));
  return own == address_modes.end() ? domain->mode : own->second;
}

bool Config::enforces() const {
  const auto enforce = [](policy::Mode mode) { return mode == policy::Mode::Enforce; };
  return std::ranges::any_of(domains, [&](const auto& d) { return enforce(d.second.mode); }) ||
         std::ranges::any_of(address_modes, [&](const auto& a) { return enforce(a.second); });
}

policy::Actions Config::actions_of(const mail::Address& address, reading::Kind kind) const {
  if (actions.empty()) return {};
  const auto of_address = actions.find(mail::canonical(address));
  if (of_address != actions.end()) return of_address->second;
  const auto of_kind = actions.find(reading::name_of(kind));
  return of_kind == actions.end() ? policy::Actions{} : of_kind->second;
}

}  // namespace backstop::config
