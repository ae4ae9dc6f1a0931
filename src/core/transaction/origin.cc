#include "core/transaction/origin.h"

#include <algorithm>

#include "core/base/ascii.h"

namespace backstop::transaction {
namespace {

constexpr std::string_view kOriginating = "ORIGINATING";
// Received lines that may stand above ours on mail that a filter hands back: its own, and one more.
constexpr std::size_t kFilterHops = 3;

bool contains(const std::vector<IpNetwork>& networks, const std::optional<IpAddress>& address) {
  return address && std::ranges::any_of(networks, [&](const IpNetwork& network) {
           return network.contains(*address);
         });
}

// "alice@example.com", or the domain "example.com" for every address of it.
bool names_address(std::string_view name, const mail::Address& address) {
  if (address.is_null()) return false;
  return name.find('@') == std::string_view::npos ? name == mail::canonical_domain(address.domain)
                                                  : name == mail::canonical(address);
}

bool is_peer(const config::Peer& peer, const Sender& sender) {
  if (peer.network) return sender.client && peer.network->contains(*sender.client);
  return ascii::equals_folded(peer.key, sender.client_name) ||
         names_address(peer.key, *sender.header_from);
}

}  // namespace

bool is_automatic_sender(const mail::Address& sender) {
  return sender.is_null() || ascii::equals_folded(sender.local, "postmaster") ||
         ascii::equals_folded(sender.local, "mailer-daemon");
}

Origin find_origin(const config::Config& config, const Client& client,
                   std::string_view authenticated, const mail::Address& sender) {
  if (client.daemon_name == kCanaryDaemon) return Origin::Stranger;
  if (contains(config.relays.reinject, client.address)) return Origin::Reinjected;
  return find_first_pass_origin(config, client, authenticated, sender);
}

Origin find_first_pass_origin(const config::Config& config, const Client& client,
                              std::string_view authenticated, const mail::Address& sender) {
  if (!authenticated.empty() || client.daemon_name == kOriginating) return Origin::Ours;
  const bool ours = contains(config.own_networks, client.address);
  if (!contains(config.relays.inbound, client.address))
    return ours ? Origin::Ours : Origin::Stranger;
  const bool guarded =
      !sender.is_null() && config.find_domain(mail::canonical_domain(sender.domain)) != nullptr;
  return ours && guarded ? Origin::Ours : Origin::Relay;
}

bool is_server_of_ours(const config::Config& config, const IpAddress& address) {
  return contains(config.relays.inbound, address) || contains(config.relays.reinject, address) ||
         contains(config.own_networks, address);
}

bool is_our_host(const config::Config& config, const Client& client, std::string_view name) {
  if (name.empty()) return false;
  if (ascii::equals_folded(name, client.server_name)) return true;
  if (ascii::equals_folded(name, config.authserv_id)) return true;
  return std::ranges::any_of(
      config.relays.names, [&](const std::string& own) { return ascii::equals_folded(name, own); });
}

bool is_second_pass(const config::Config& config, const Client& client,
                    const std::vector<mail::Received>& trace) {
  const std::size_t looked_at = std::min(trace.size(), kFilterHops);
  return std::any_of(trace.begin(), trace.begin() + static_cast<std::ptrdiff_t>(looked_at),
                     [&](const mail::Received& received) {
                       return is_our_host(config, client, received.by) ||
                              is_our_host(config, client, received.from_name);
                     });
}

std::optional<IpAddress> find_foreign_client(const config::Config& config,
                                             const std::vector<mail::Received>& trace) {
  const auto foreign = std::ranges::find_if(trace, [&](const mail::Received& received) {
    return received.from_ip && !contains(config.relays.inbound, received.from_ip) &&
           !contains(config.own_networks, received.from_ip);
  });
  return foreign == trace.end() ? std::nullopt : foreign->from_ip;
}

policy::Standing find_standing(const config::Config& config, Origin origin, const Sender& sender,
                               const mail::Address& recipient) {
  if (!config.allow.empty()) {
    const auto allowed = config.allow.find(mail::canonical(recipient));
    const bool named =
        allowed != config.allow.end() &&
        std::ranges::any_of(allowed->second, [&](const std::string& name) {
          return names_address(name, *sender.envelope) || names_address(name, *sender.header_from);
        });
    if (named) return policy::Standing::NeverJudge;
  }
  const auto peer = std::ranges::find_if(
      config.peers, [&](const config::Peer& candidate) { return is_peer(candidate, sender); });
  if (peer != config.peers.end()) return peer->standing;
  return origin == Origin::Relay ? policy::Standing::Relay : policy::Standing::Stranger;
}

}  // namespace backstop::transaction
