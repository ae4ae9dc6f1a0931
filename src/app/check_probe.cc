#include "app/check_probe.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include "app/check_parts.h"
#include "core/base/ascii.h"
#include "core/base/escape.h"
#include "core/proof/tag.h"
#include "edge/logs/log_follower.h"
#include "edge/os/clock.h"
#include "edge/os/key_store.h"
#include "edge/os/service.h"

namespace backstop::app {
namespace {

constexpr std::chrono::seconds kBounceWait{60};

// An address of this host that the server takes for a stranger's; nothing when there is none.
std::optional<IpAddress> find_stranger(const config::Config& config, IpAddress::Family family) {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return std::nullopt;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, freeifaddrs);
  for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr) continue;
    char text[INET6_ADDRSTRLEN] = "";
    const int kind = one->ifa_addr->sa_family;
    if (kind == AF_INET) {
      inet_ntop(kind, &reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr, text,
                sizeof(text));
    } else if (kind == AF_INET6) {
      inet_ntop(kind, &reinterpret_cast<const sockaddr_in6*>(one->ifa_addr)->sin6_addr, text,
                sizeof(text));
    }
    const auto address = IpAddress::parse(text);
    const bool link_local = address && text[0] == 'f' && text[1] == 'e' && text[2] == '8';
    if (address && !link_local && address->family() == family && !config.is_own(*address))
      return address;
  }
  return std::nullopt;
}

std::string shown(const smtp::Reply& reply) {
  return escape_terminal(reply.text());
}

// Tags of one sender, right and wrong.
struct Tagged {
  std::string right;
  std::string forged;
};

Tagged make_tagged(const mail::Address& sender, const proof::Key& key, Instant now,
                   const config::Config& config, proof::TagStyle style) {
  const proof::TagForm form{.style = style, .delimiter = config.tags.delimiter};
  mail::Address tagged = proof::sign_tag(sender, key, now, config.lifetime, form);
  Tagged out{.right = tagged.text(), .forged = ""};
  const std::string tag = proof::split_tag(tagged).tag;
  char& last = tagged.local[tagged.local.rfind(tag) + tag.size() - 1];
  last = last == '0' ? '1' : '0';
  out.forged = tagged.text();
  return out;
}

class Probe {
 public:
  Probe(const config::Config& config, const std::string& root, const ProbeWish& wish, Instant now,
        Findings& findings)
      : config_(config), root_(root), wish_(wish), now_(now), findings_(findings) {}

  // False when nothing more can be asked.
  bool begin() {
    smtp::Server server = wish_.server;
    if (!server.source) server.source = find_stranger(config_, server.address.family());
    stranger_ = server.source && !config_.is_own(*server.source);
    auto client = smtp::Client::connect(server);
    if (!client) return give_up(client.error());
    client_.emplace(*std::move(client));
    auto hello = client_->command("EHLO " + os::host_name());
    if (!hello) return give_up(hello.error());
    if (!hello->positive()) {
      findings_.wrong("probe", fmt::format("{} answers EHLO with {}", server.text(), shown(*hello)),
                      "what it does with tags cannot be told", "look into its log");
      return false;
    }
    return true;
  }

  void ask_plain(const mail::Address& address, const mail::Address& nobody) {
    const auto known = ask(address.text());
    if (!known) return;
    if (!known->positive()) {
      findings_.wrong(
          "probe",
          fmt::format("{} is not taken: {}", escape_terminal(address.text()), shown(*known)),
          "what is done with tags cannot be told", "name a mailbox: --address");
      client_.reset();
      return;
    }
    findings_.good("probe", fmt::format("{} is taken", escape_terminal(address.text())));
    const auto unknown = ask(nobody.text());
    if (!unknown) return;
    knows_users_ = !unknown->positive();
    if (knows_users_) {
      findings_.good("probe", "a user who is not there is refused at RCPT");
    } else {
      findings_.advice("probe", "a user who is not there is taken at RCPT",
                       "what cannot be delivered later is bounced to whoever was forged",
                       "let the server refuse unknown users at RCPT");
    }
  }

  void ask_tagged(const mail::Address& address, const mail::Address& nobody, const proof::Key& key,
                  proof::TagStyle style) {
    const Tagged tagged = make_tagged(address, key, now_, config_, style);
    const std::string setup = fmt::format("backstop setup --tag {}",
                                          style == proof::TagStyle::Prvs ? "prvs" : "subaddress");
    if (const auto right = ask(tagged.right)) {
      if (right->positive()) {
        findings_.good("probe", "a right tag is taken");
      } else if (right->code / 100 == 4) {
        findings_.advice("probe", fmt::format("a right tag is deferred: {}", shown(*right)),
                         "answers to tagged senders wait until it is taken",
                         "look whether backstopd runs; after many wrong tags wait an hour");
      } else {
        findings_.wrong("probe", fmt::format("a right tag is refused: {}", shown(*right)),
                        "every bounce to a tagged sender is lost", setup);
      }
    }
    if (const auto forged = ask(tagged.forged)) tell_forged(*forged, address, setup);
    if (!knows_users_) return;
    const Tagged gone = make_tagged(nobody, key, now_, config_, style);
    const auto removed = ask(gone.right);
    if (!removed) return;
    if (!removed->positive()) {
      findings_.good("probe", "a right tag of a user who is gone is refused");
    } else {
      findings_.advice("probe", "a right tag of a user who is gone is taken",
                       "the server bounces it later, to whoever sent it",
                       "let the server look for the user before it takes the mail (for Postfix and "
                       "prvs: backstop setup --tag prvs --strict)");
    }
  }

  // The server's own bounce to a tagged sender, which no filter sees.
  void ask_bounce(const mail::Address& address, const proof::Key& key, proof::TagStyle style) {
    const std::string sender = make_tagged(address, key, now_, config_, style).right;
    std::vector<logs::LogFollower> logs;
    for (const std::string& path : config_.mail_logs)
      logs.emplace_back(below(root_, path));
    for (logs::LogFollower& log : logs)
      log.poll(now_, [](const logs::LogLine&) {});
    smtp::Server server = wish_.server;
    server.source.reset();
    if (!hand_in(server, sender)) return;
    if (logs.empty()) {
      findings_.advice("probe", "a message was handed in under a tagged sender",
                       fmt::format("its bounce must lie in the mailbox of {} within a minute",
                                   escape_terminal(address.text())),
                       "look there; with logs.mail this command looks itself");
      return;
    }
    tell_bounce(wait_for_bounce(logs, sender));
  }

  bool ready() const { return client_.has_value(); }

 private:
  bool give_up(const Error& error) {
    findings_.wrong("probe", error.text(), "what the server does with tags cannot be told",
                    "name the server: --server ADDRESS:PORT, and an address to come from: --from");
    client_.reset();
    return false;
  }

  // The answer to RCPT of an answer from outside; the transaction goes no further.
  std::optional<smtp::Reply> ask(const std::string& recipient) {
    if (!client_) return std::nullopt;
    for (const std::string& command : {std::string("RSET"), std::string("MAIL FROM:<>")}) {
      const auto reply = client_->command(command);
      if (reply && reply->positive()) continue;
      if (!reply) {
        give_up(reply.error());
      } else {
        findings_.wrong("probe", fmt::format("{} is answered {}", command, shown(*reply)),
                        "answers to our own mail carry the null sender",
                        "let the server take mail from <>");
        client_.reset();
      }
      return std::nullopt;
    }
    const auto reply = client_->command(fmt::format("RCPT TO:<{}>", recipient));
    if (reply) return *reply;
    give_up(reply.error());
    return std::nullopt;
  }

  void tell_forged(const smtp::Reply& reply, const mail::Address& address,
                   const std::string& setup) {
    if (reply.code / 100 == 5) {
      findings_.good("probe", "a forged tag is refused");
    } else if (!reply.positive()) {
      findings_.advice("probe", fmt::format("a forged tag is deferred: {}", shown(reply)),
                       "who searches for tags comes again", "look whether backstopd runs");
    } else if (config_.mode_of(address) != policy::Mode::Enforce) {
      findings_.good("probe", "a forged tag is taken, as long as the domain is in observe");
    } else if (!stranger_) {
      findings_.advice("probe", "a forged tag is taken from an address of networks.own",
                       "whether a stranger's is refused was not seen",
                       "name an address of this host that is not among them: --from");
    } else {
      findings_.wrong("probe", "a forged tag is taken",
                      "whoever invents a tag gets in, and may have it bounced to a victim", setup);
    }
  }

  bool hand_in(const smtp::Server& server, const std::string& sender) {
    auto client = smtp::Client::connect(server);
    if (!client) return give_up(client.error());
    for (const std::string& command :
         {"EHLO " + os::host_name(), fmt::format("MAIL FROM:<{}>", sender),
          fmt::format("RCPT TO:<{}>", wish_.nowhere)}) {
      const auto reply = client->command(command);
      if (!reply) return give_up(reply.error());
      if (reply->positive()) continue;
      findings_.advice("probe", fmt::format("{} is answered {}", command, shown(*reply)),
                       "so whether the server's own bounces are delivered was not seen",
                       "let this host hand mail in, or leave --bounce away");
      return false;
    }
    const auto reply = client->data(fmt::format(
        "From: <{0}>\nTo: <{1}>\nSubject: A trial of backstop check\n\n"
        "This message cannot be delivered, and was sent for that: its bounce shows that\n"
        "answers to a tagged sender come in.\n",
        proof::split_tag(*mail::parse_path(sender)).plain.text(), wish_.nowhere));
    if (!reply) return give_up(reply.error());
    if (reply->positive()) return true;
    findings_.advice("probe", fmt::format("the trial message is answered {}", shown(*reply)),
                     "so whether the server's own bounces are delivered was not seen",
                     "look into the server's log");
    return false;
  }

  enum class Bounce { Delivered, Waiting, Unseen };

  // What the log says of it, within kBounceWait.
  Bounce wait_for_bounce(std::vector<logs::LogFollower>& logs, const std::string& sender) const {
    Bounce seen = Bounce::Unseen;
    const auto on_line = [&](const logs::LogLine& line) {
      if (line.event != logs::LogEvent::Delivery) return;
      const bool ours = ascii::equals_folded(line.original_recipient, sender) ||
                        ascii::equals_folded(line.recipient, sender);
      if (ours && line.status == logs::kSent) {
        seen = Bounce::Delivered;
      } else if (line.recipient == wish_.nowhere && line.status == logs::kDeferred) {
        seen = Bounce::Waiting;
      }
    };
    const os::SystemClock clock;
    const auto until = std::chrono::steady_clock::now() + kBounceWait;
    while (seen != Bounce::Delivered && std::chrono::steady_clock::now() < until) {
      for (logs::LogFollower& log : logs)
        log.poll(clock.now(), on_line);
      if (seen != Bounce::Delivered) std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    return seen;
  }

  void tell_bounce(Bounce seen) {
    if (seen == Bounce::Delivered) {
      findings_.good("probe", "the server's own bounce to a tagged sender is delivered");
    } else if (seen == Bounce::Waiting) {
      findings_.advice("probe",
                       fmt::format("the message to {} waits in the queue instead of bouncing",
                                   escape_terminal(wish_.nowhere)),
                       "so whether the server's own bounces are delivered was not seen",
                       "name an address elsewhere that is refused for good: --bounce ADDRESS");
    } else {
      findings_.wrong("probe", "no bounce to a tagged sender was delivered within a minute",
                      "users are not told of what could not be delivered",
                      "look for the tag in the server's log; backstop setup says what it needs");
    }
  }

  const config::Config& config_;
  const std::string& root_;
  const ProbeWish& wish_;
  const Instant now_;
  Findings& findings_;
  std::optional<smtp::Client> client_;
  bool stranger_ = false;
  bool knows_users_ = false;
};

// The mailbox to ask about; nothing when no domain is guarded.
std::optional<mail::Address> find_mailbox(const config::Config& config, const ProbeWish& wish) {
  if (!wish.address.empty()) {
    const auto named = mail::parse_path(wish.address);
    return named ? std::optional(*named) : std::nullopt;
  }
  const auto tagged = std::ranges::find_if(
      config.domains, [](const auto& named) { return named.second.tag.has_value(); });
  const auto& found = tagged == config.domains.end() ? config.domains.begin() : tagged;
  if (found == config.domains.end()) return std::nullopt;
  return mail::Address{.local = "postmaster", .domain = found->first};
}

}  // namespace

void probe_server(const config::Config& config, const std::string& root, const ProbeWish& wish,
                  Instant now, Findings& findings) {
  const auto address = find_mailbox(config, wish);
  if (!address || address->is_null()) {
    findings.wrong("probe", "there is no address to ask about", "nothing was asked",
                   "name a mailbox of a guarded domain: --address anna@example.com");
    return;
  }
  const mail::Address nobody{
      .local = fmt::format("backstop-probe-{}", now.time_since_epoch() / Seconds{1}),
      .domain = address->domain};
  Probe probe(config, root, wish, now, findings);
  if (!probe.begin()) return;
  probe.ask_plain(*address, nobody);
  const config::Domain* const domain = config.find_domain(mail::canonical_domain(address->domain));
  if (!probe.ready() || domain == nullptr || !domain->tag) return;
  const auto ring = os::KeyStore(below(root, config.keys_directory)).load();
  const proof::Key* const key = ring ? ring->ring->emitting() : nullptr;
  if (key == nullptr) return;  // Said of the keys.
  probe.ask_tagged(*address, nobody, *key, *domain->tag);
  if (!wish.nowhere.empty() && probe.ready()) probe.ask_bounce(*address, *key, *domain->tag);
}

}  // namespace backstop::app
