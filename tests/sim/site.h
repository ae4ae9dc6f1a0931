// The site under test as its administrator describes it.  The rules are judged by this description,
// never by what the product made of it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/config/config.h"
#include "sim/random.h"

namespace backstop::sim {

inline constexpr std::string_view kOwnClient = "192.0.2.10";
inline constexpr std::string_view kRelayClient = "203.0.113.5";
inline constexpr std::string_view kHost = "mail.example.com";

struct SiteDomain {
  std::string name;
  bool enforces = false;
  bool covered = false;
  bool sends = true;
  Instant signing_since{};
  std::string tag = "none";  // "prvs", "subaddress"
  bool envid = false;
};

struct Site {
  std::vector<SiteDomain> domains;
  Seconds lifetime{};
  bool discards_from_relay = false;
  bool asks_dns = false;
  std::string exempt_domain = "lists.remote.test";
  std::shared_ptr<const config::Config> config;  // Of the text below.

  std::string toml() const;
  // The domain of an address; null for one that is not ours.
  const SiteDomain* domain_of(std::string_view address) const;
};

// `since`: signing began then, or before.
std::shared_ptr<const Site> make_site(Random& random, Seconds lifetime, Instant since);

// Users and other addresses of ours, by what they are.
const std::vector<std::string>& our_users();       // With their domain.
const std::vector<std::string>& role_addresses();  // Nothing is refused there.
std::string_view never_sending_address();
// Local parts that may carry a tag, by the generator's own rule.
bool may_be_tagged(std::string_view address);
std::string domain_part(std::string_view address);
std::string local_part(std::string_view address);

}  // namespace backstop::sim
