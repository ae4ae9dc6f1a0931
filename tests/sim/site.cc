#include "sim/site.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace backstop::sim {

std::string domain_part(std::string_view address) {
  return std::string(address.substr(address.rfind('@') + 1));
}
std::string local_part(std::string_view address) {
  return std::string(address.substr(0, address.rfind('@')));
}

std::string Site::toml() const {
  std::string text = fmt::format(
      "authserv_id = \"{}\"\n[networks]\nown = [\"192.0.2.0/24\"]\n[relays]\n"
      "inbound = [\"203.0.113.0/28\"]\nforged = \"{}\"\n[proofs]\nlifetime = \"{}\"\n"
      "[dkim]\ndns = {}\n[tags]\nexempt_domains = [\"{}\"]\n[addresses]\nnever_sends = [\"{}\"]\n",
      kHost, discards_from_relay ? "discard" : "quarantine", render_duration(lifetime), asks_dns,
      exempt_domain, never_sending_address());
  for (const SiteDomain& domain : domains) {
    text += fmt::format(
        "[domains.\"{}\"]\nmode = \"{}\"\ncoverage = \"{}\"\nsends_mail = {}\ntag = \"{}\"\n"
        "envid = {}\n"
        "signing_since = {}\n",
        domain.name, domain.enforces ? "enforce" : "observe", domain.covered ? "covered" : "partly",
        domain.sends, domain.tag, domain.envid, render_instant(domain.signing_since));
  }
  return text;
}

const SiteDomain* Site::domain_of(std::string_view address) const {
  const std::string name = domain_part(address);
  const auto found = std::ranges::find(domains, name, &SiteDomain::name);
  return found == domains.end() ? nullptr : &*found;
}

std::shared_ptr<const Site> make_site(Random& random, Seconds lifetime, Instant since) {
  static const std::vector<std::string> kTags{"none", "prvs", "subaddress"};
  auto site = std::make_shared<Site>();
  site->lifetime = lifetime;
  site->discards_from_relay = random.chance(30);
  site->asks_dns = random.chance(40);
  for (const char* name : {"example.com", "example.org"}) {
    site->domains.push_back({.name = name,
                             .enforces = random.chance(75),
                             .covered = random.chance(85),
                             .signing_since = since,
                             .tag = random.pick(kTags),
                             .envid = random.chance(40)});
  }
  site->domains.push_back({.name = "silent.example",
                           .enforces = random.chance(80),
                           .covered = true,
                           .sends = false,
                           .signing_since = since});
  auto config = config::parse_config(site->toml(), "sim");
  if (!config) {
    std::fprintf(stderr, "sim: %s\n", config.error().text().c_str());
    std::abort();
  }
  site->config = std::make_shared<const config::Config>(*std::move(config));
  return site;
}

const std::vector<std::string>& our_users() {
  static const std::vector<std::string> kUsers{
      "alice@example.com",
      "bob@example.com",
      "Carol.Jones@example.com",
      "\"dan smith\"@example.com",
      "o'neil+shop@example.org",
      "erin@example.org",
      "news-bounces+joe=remote.test@example.org",  // Of a list here: it checks its own.
      "srs0=ab12=zz=remote.test=joe@example.org",
      "a-local-part-of-forty-nine-octets-is-too-long-123@example.org",
  };
  return kUsers;
}
const std::vector<std::string>& role_addresses() {
  static const std::vector<std::string> kRoles{"postmaster@example.com", "abuse@example.com",
                                               "postmaster@example.org"};
  return kRoles;
}
std::string_view never_sending_address() {
  return "nobody@example.com";
}
bool may_be_tagged(std::string_view address) {
  const std::string local = local_part(address);
  return local.size() + 16 <= 64 && !local.starts_with("srs0=") &&
         local.find("-bounces+") == std::string::npos;
}

}  // namespace backstop::sim
