// Where a message comes from: ours to be signed, a relay's, a filter's that hands it back, or a
// stranger's; and how the configuration wants the stranger treated.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/config/config.h"
#include "core/mail/address.h"
#include "core/mail/header_text.h"
#include "core/transaction/events.h"

namespace backstop::transaction {

enum class Origin : std::uint8_t {
  Stranger,
  Ours,        // A logged-in user, a submission port or our own networks.
  Relay,       // A server of ours that hands on what others sent.
  Reinjected,  // Perhaps: a filter's network; is_second_pass() decides.
};

// Senders that automatic answers come from: their mail is followed past its headers.
bool is_automatic_sender(const mail::Address& sender);

// The {daemon_name} of the listener by which canaries come in: whoever comes there is a stranger,
// whatever network he is in.
inline constexpr std::string_view kCanaryDaemon = "CANARY";

// At MAIL.  A network that is ours and a relay's as well is a relay's for what is not from a
// guarded domain (fetchmail on this host).
Origin find_origin(const config::Config& config, const Client& client,
                   std::string_view authenticated, const mail::Address& sender);

// What `Reinjected` turns out to be when it was no second pass: whoever else shares the filter's
// address (a webmail that logs in, a relay, our own hosts).  Never Reinjected.
Origin find_first_pass_origin(const config::Config& config, const Client& client,
                              std::string_view authenticated, const mail::Address& sender);

// True when one of the topmost Received lines names this host: what a filter hands back has been
// here.  `trace`: the topmost first.
bool is_second_pass(const config::Config& config, const Client& client,
                    const std::vector<mail::Received>& trace);

// A relay, a filter that hands mail back, or a network of our own.
bool is_server_of_ours(const config::Config& config, const IpAddress& address);

// True for the name of one of our hosts as Received lines write it.
bool is_our_host(const config::Config& config, const Client& client, std::string_view name);

// The client that a relay of ours spoke with: of the topmost Received line whose client is none of
// ours.  Nothing when there is none.
std::optional<IpAddress> find_foreign_client(const config::Config& config,
                                             const std::vector<mail::Received>& trace);

// Who sends, as far as peers and allow ask for it.
struct Sender {
  std::optional<IpAddress> client;
  std::string_view client_name;                // As the server looked it up.
  const mail::Address* envelope = nullptr;     // Never null.
  const mail::Address* header_from = nullptr;  // Never null.
};
policy::Standing find_standing(const config::Config& config, Origin origin, const Sender& sender,
                               const mail::Address& recipient);

}  // namespace backstop::transaction
