// What belongs to Backstop itself: keys, domains, sockets.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "app/check_parts.h"
#include "app/dkim_files.h"
#include "app/enforce_outlook.h"
#include "app/unix_socket.h"
#include "app/usual_sockets.h"
#include "edge/os/key_store.h"

namespace backstop::app {

std::string below(const std::string& root, const std::string& path) {
  return root == "/" ? path : root + path;
}

void check_keys(const config::Config& config, const std::string& root, Instant now,
                Findings& findings) {
  const auto loaded = os::KeyStore(below(root, config.keys_directory)).load();
  const std::string why = "without keys nothing is signed, and every domain stays in observe";
  if (!loaded) {
    const bool missing = loaded.error().code == Errc::NotFound;
    findings.wrong("keys", loaded.error().text(), why,
                   missing ? "make them: backstop keys add --new-ring"
                           : "mend what is said there; keys are of mode 0600 in a directory of "
                             "mode 0700, and belong to the user that runs backstopd");
    return;
  }
  for (const std::string& note : loaded->notes)
    findings.wrong("keys", note, "what is not as it should be is not used",
                   "look at that file; 'backstop keys list' shows the ring");
  const proof::Key* const key = loaded->ring->emitting();
  if (key == nullptr) {
    findings.wrong("keys", "no key signs", why,
                   "make one with 'backstop keys add --new-ring', or 'backstop keys rotate' where "
                   "there is a ring");
    return;
  }
  findings.good("keys", fmt::format("key {} signs, {} in the ring", key->info().id,
                                    loaded->ring->keys().size()));
  if (key->info().created > now + proof::kClockSkewMax) {
    findings.wrong("clock",
                   fmt::format("key {} was made at {}, in the future", key->info().id,
                               render_instant(key->info().created)),
                   "what is signed now seems old, and proofs run out early",
                   "set this host's clock and keep it set: timedatectl set-ntp true");
  }
}

void check_dkim_files(const config::Config& config, const std::string& root, Findings& findings) {
  const DkimFiles files = load_dkim_files(config, root);
  if (files.keys == nullptr) return;
  for (const std::string& note : files.notes) {
    findings.advice("dkim keys", note,
                    config.dkim_asks_dns
                        ? "DNS is asked instead, which does not know retired keys"
                        : "mail of ours that is known by that signature alone is not recognised",
                    "let the user that runs backstopd read it, put its public half into "
                    "dkim.directory, or take it out of there");
  }
  const std::vector<std::string> names = files.keys->names();
  const std::string source = config.dkim_asks_dns ? ", DNS for others" : "";
  findings.good("dkim keys", fmt::format("{} selectors of ours in files{}", names.size(), source));
}

namespace {

// On this host itself there may be a fetchmail; another host that is a relay's and ours gets in
// between.
void check_relays(const config::Config& config, Findings& findings) {
  const std::array here{IpNetwork::parse("127.0.0.0/8").value(), IpNetwork::parse("::1").value()};
  for (const IpNetwork& network : config.relays.inbound) {
    const std::string text = network.text();
    const auto address = IpAddress::parse(text.substr(0, text.find('/')));
    const bool is_here = address && std::ranges::any_of(here, [&](const IpNetwork& one) {
                           return one.contains(*address);
                         });
    if (!address || !config.is_own(*address) || is_here) continue;
    findings.advice("relays.inbound", fmt::format("names {}, which networks.own names too", text),
                    "whatever it brings in your name is signed, spam from outside as well",
                    fmt::format("take {} out of networks.own, unless it sends for you and lets "
                                "nobody else use your name",
                                text));
  }
}

}  // namespace

void check_domains(const config::Config& config, const std::string& root, Instant now,
                   Findings& findings) {
  if (config.domains.empty()) {
    findings.wrong("domains", "no domain is guarded", "nothing is signed and nothing judged",
                   "begin with: backstop mode example.com observe");
  }
  const EnforceOutlook outlook(config, root);
  for (const std::string& trouble : outlook.trouble()) {
    findings.wrong("coverage", trouble, "no domain counts as covered, so nothing is refused",
                   "look at store.directory and its files");
  }
  for (const auto& [name, written] : config.domains) {
    const std::string what = "domain " + name;
    const EnforceQuestion question = outlook.question(&written);
    const config::Domain domain = outlook.in_force(written);
    findings.good(
        what, fmt::format("{}, coverage {}, signing since {}", policy::name_of(domain.mode),
                          policy::name_of(domain.coverage),
                          domain.signing_since ? render_instant(*domain.signing_since) : "never"));
    if (domain.mode != policy::Mode::Enforce) continue;
    const bool forced = domain.forced_until && now < *domain.forced_until;
    for (const Unmet& unmet : unmet_for_enforce(question, now)) {
      findings.wrong(what, fmt::format("is to enforce, but {}", unmet.what),
                     forced         ? "it is forced, and genuine bounces may be refused"
                     : unmet.lapses ? "it observes by itself meanwhile, and refuses nothing"
                                    : "genuine bounces may be refused",
                     fmt::format("{}; until then: backstop mode {} observe", unmet.todo, name));
    }
  }
  const bool enforces = std::ranges::any_of(
      config.domains, [](const auto& entry) { return entry.second.mode == policy::Mode::Enforce; });
  if (enforces && config.store_is_partial) {
    findings.advice("store.partial", "is true, so nothing is called forged here, nor refused",
                    "another server may have sent what is not found here",
                    "take it out where this server alone sends with its keys");
  }
  check_relays(config, findings);
}

void check_endpoints(const config::Config& config, const std::string& root, Findings& findings) {
  const std::vector<config::Endpoint> listen = milter_endpoints(config, root);
  if (listen.empty() && config.doors.empty()) {
    findings.wrong("milter.listen",
                   "says nowhere to listen, and none of the usual directories is there",
                   "the daemon will not start",
                   "for Postfix write milter.listen = "
                   "[\"unix:/var/spool/postfix/backstop/milter.sock\"]");
  }
  const std::string why = "mail goes out unsigned and comes in not judged";
  for (const config::Endpoint& endpoint : listen) {
    const std::string text = endpoint.text();
    if (endpoint.kind != config::Endpoint::Kind::Unix) {
      findings.good(text, "not probed: only unix sockets are");
      continue;
    }
    const std::string path = below(root, endpoint.path);
    struct stat status{};
    if (stat(path.c_str(), &status) != 0) {
      findings.wrong(text, "there is no such socket", why,
                     "start the daemon: systemctl start backstopd");
    } else if (!S_ISSOCK(status.st_mode)) {
      findings.wrong(text, "is not a socket", why, "move it away and start the daemon again");
    } else if (!accepts_connections(path)) {
      findings.wrong(text, "nobody answers there, or this user may not connect", why,
                     "start the daemon: systemctl start backstopd; look again as root");
    } else {
      findings.good(text, "the daemon answers");
    }
  }
}

}  // namespace backstop::app
