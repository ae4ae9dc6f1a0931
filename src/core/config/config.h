// The configuration as a value, and its one table of options.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ip.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/mail/address.h"
#include "core/policy/policy.h"
#include "core/proof/tag.h"

namespace backstop::config {

// Where a door listens.
struct Endpoint {
  enum class Kind { Unix, Inet, Systemd };
  Kind kind = Kind::Unix;
  std::string path;          // Unix: the socket's path.
  IpAddress address;         // Inet.
  std::uint16_t port = 0;    // Inet; 0 lets the kernel choose.
  std::string text() const;  // "unix:/run/x.sock", "inet:127.0.0.1:8891", "systemd:milter".
};
// "unix:/path", "inet:ADDRESS:PORT" ("inet:[::1]:8891" for IPv6), "inet:PORT@ADDRESS" as Sendmail
// writes it, "systemd" or "systemd:NAME".  Errors: Errc::Invalid with a sentence.
Result<Endpoint> parse_endpoint(std::string_view text);

struct Domain {
  std::string name;  // Canonical (mail::canonical_domain).
  policy::Mode mode = policy::Mode::Observe;
  // Until then it is enforced although a condition of enforce does not hold.
  std::optional<Instant> forced_until = {};
  std::optional<Instant> signing_since = {};
  policy::Coverage coverage = policy::Coverage::Unknown;
  bool unknown_is_said = false;  // Unknown stands in the file, and is not the default.
  bool sends_mail = true;
  std::optional<proof::TagStyle> tag = {};  // How its envelope senders are tagged; nothing: not.
  bool envid = false;                       // Its mail goes out with the token as ENVID.

  // The file's word stands above what is learnt (core/coverage).
  bool says_coverage() const { return unknown_is_said || coverage != policy::Coverage::Unknown; }
};

// What gets no tag, and how a sub-address is set off.
struct Tags {
  char delimiter = '+';
  std::vector<std::string> exempt_domains;  // Of recipients; canonical.
  std::vector<std::string> exempt_senders;  // Canonical.
};

// How a peer's mail is treated.  Its key is a network, a host name, or an address or domain of the
// From field.
struct Peer {
  std::string key;
  std::optional<IpNetwork> network;  // The key as a network.
  policy::Standing standing = policy::Standing::Stranger;
};

struct Relays {
  std::vector<IpNetwork> inbound;   // Servers of ours that hand mail on to this one.
  std::vector<IpNetwork> reinject;  // Filters that hand back what has passed here already.
  bool discard_forged = false;      // Instead of holding it.
  bool strips_received = false;     // Our mail leaves without our Received lines.
  std::vector<std::string> names;   // Our hosts' names in Received lines; lower case.
};

// 127.0.0.0/8 and ::1/128: mail that a program on this host hands in.
std::vector<IpNetwork> loopback_networks();

// Where mail servers bring requests: addresses to look up, messages outside of the milter protocol.
struct Doors {
  std::vector<Endpoint> socketmap;  // Postfix's `socketmap:`, Sendmail's `socket` maps.
  std::vector<Endpoint> policy;     // Postfix's policy delegation.
  std::vector<Endpoint> line;       // Exim's ${readsocket}.
  std::vector<Endpoint> rspamd;     // Exim's spamd_address with variant=rspamd.
  std::uint32_t socket_mode = 0660;
  unsigned threads = 1;  // 1 to 64.

  bool empty() const {
    return socketmap.empty() && policy.empty() && line.empty() && rspamd.empty();
  }
};

// The bounces of our own that try the way of strangers' mail (docs/formats/canary.md).
struct Canary {
  // Where they enter; port 0: nowhere, there is no canary.  Loopback.
  IpAddress address = *IpAddress::parse("127.0.0.1");
  std::uint16_t port = 10125;
  Seconds interval = std::chrono::hours(1);  // 1 minute to 1 day.
  std::string recipient;                     // "": backstop-canary at a judged domain.
  std::string client = "192.0.2.77";         // The address that they claim to come from.

  bool is_on() const { return port != 0; }
};

// Where documents are posted.
struct Webhook {
  std::string url;          // "": nowhere.
  std::string secret_file;  // "": unsigned.
  std::string ca_file;      // "": the system's certificates are trusted.
  bool operator==(const Webhook&) const = default;
};

// Who is told of alarms.
struct AlarmHooks {
  std::vector<std::string> command;  // Program and arguments; empty: none.
  Webhook webhook;
  bool operator==(const AlarmHooks&) const = default;
};

// Who is told of verified answers.
struct Feed {
  bool header = false;  // Judged mail gets an Authentication-Results field.
  std::string file;     // "": none.
  std::string socket;   // A path; "": none.
  std::uint32_t socket_mode = 0660;
  Webhook webhook;

  bool operator==(const Feed&) const = default;
  // Somebody reads of recipients, so that they are worth remembering one by one.
  bool tells() const { return !file.empty() || !socket.empty() || !webhook.url.empty(); }
};

// What is kept of messages that are refused.
struct Samples {
  unsigned per_minute = 6;  // 0 to 600; 0: nothing is kept.
  unsigned megabytes = 64;  // 1 to 10,000; of all together.
  bool operator==(const Samples&) const = default;
};

enum class LogTarget : std::uint8_t { Stderr, Syslog };
enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };  // From more to less.

struct Config {
  std::string authserv_id;  // "" until the application fills in the host's name.
  std::map<std::string, Domain, std::less<>> domains;  // By canonical name.
  std::vector<IpNetwork> own_networks = loopback_networks();
  std::vector<Endpoint> milter_listen;
  unsigned milter_threads = 2;  // 1 to 64.
  std::uint32_t milter_socket_mode = 0660;
  Doors doors;
  std::vector<Endpoint> metrics_listen;  // Unix, loopback or systemd.
  std::uint32_t metrics_socket_mode = 0660;
  std::string metrics_file;  // Whole path that ends in ".prom"; "": none is written.
  std::string keys_directory = "/etc/backstop/keys";
  Seconds lifetime = proof::kDefaultLifetime;
  std::string dkim_directory;  // "": no key files.
  std::string dkim_opendkim;   // "": its configuration is not read.
  bool dkim_asks_dns = true;
  bool coverage_asks_dns = true;
  std::string store_directory = "/var/lib/backstop";  // "": nothing is kept.
  bool store_is_partial = false;                      // Other servers know what they sent.
  unsigned history_days = 30;                         // 1 to 400.
  std::size_t history_rows = 1'000'000;               // 1,000 to 100 million.
  unsigned quarantine_days = 30;                      // 1 to 400.
  std::string quarantine_postmaster;                  // Canonical; "": of the first domain.
  bool quarantine_notifies = true;
  Samples samples;
  unsigned unproven_per_hour = 0;      // Of one recipient, 0 to 100,000; 0: as many as come.
  std::vector<std::string> mail_logs;  // Paths.
  AlarmHooks alarms;
  Feed feed;
  Relays relays;
  Tags tags;
  Canary canary;
  std::vector<Peer> peers;
  std::map<std::string, std::vector<std::string>, std::less<>> allow;  // By canonical recipient.
  std::vector<std::string> role_addresses;                             // Canonical.
  std::vector<std::string> never_sends;                                // Canonical.
  std::map<std::string, policy::Mode, std::less<>> address_modes;      // By canonical address.
  std::map<std::string, policy::Actions, std::less<>> actions;  // By kind or canonical address.
  LogTarget log_target = LogTarget::Stderr;
  LogLevel log_level = LogLevel::Info;

  // Whether signatures of ours are looked at in what comes back.
  bool asks_dkim() const {
    return dkim_asks_dns || !dkim_directory.empty() || !dkim_opendkim.empty();
  }
  // The domain of an address, exact; nothing when it is not ours.  `canonical_name` as of
  // mail::canonical_domain.
  const Domain* find_domain(std::string_view canonical_name) const;
  bool is_own(const IpAddress& address) const;
  // The mode of an address: its own, else its domain's; Off where no domain is guarded.
  policy::Mode mode_of(const mail::Address& address) const;
  // True when anything is enforced anywhere.
  bool enforces() const;
  // Those of the address, else those of the kind.
  policy::Actions actions_of(const mail::Address& address, reading::Kind kind) const;
};

// One option, as parser, sample file and manual need it.
struct Option {
  std::string_view key;           // "milter.listen"; '*' stands for a name, as in "domains.*.mode".
  std::string_view form;          // "duration", "list of networks"
  std::string_view standard;      // The default, as one would write it.
  std::string_view text;          // What it does, in sentences.
  std::string_view example = {};  // A value for the sample, where the default cannot be written.
};
const std::vector<Option>& options();

// Reads TOML text over the defaults.  `origin` is the file's name for errors.  Errors:
// Errc::Invalid, `where` is "origin:line:column"; an unknown key, a wrong type and a value out of
// range are errors.
Result<Config> parse_config(std::string_view text, std::string_view origin);
// The same over what `config` holds already; on an error `config` may hold part of the text.
Result<void> apply_text(Config& config, std::string_view text, std::string_view origin);

// A commented sample file with every option at its default.
std::string render_sample();

}  // namespace backstop::config
