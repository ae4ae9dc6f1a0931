// What Sendmail is told so that it asks Backstop: a file of m4 that is ours, which the site's own
// sendmail.mc includes.
//
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.h"

namespace backstop::mta {

inline constexpr std::string_view kSendmailFile = "/etc/mail/m4/backstop.m4";
// The line by which sendmail.mc takes it in, before MAILER_DEFINITIONS and before other filters.
inline constexpr std::string_view kSendmailInclude = "include(`/etc/mail/m4/backstop.m4')dnl";

struct SendmailSite {
  config::Endpoint milter;           // Unix or Inet.
  std::vector<std::string> domains;  // Whose mail is guarded.
  bool tags = false;                 // Do tags come off, of either style?
  config::Endpoint map;              // The socketmap: Unix or Inet.
};

// The file, for Sendmail 8.13 and later with socket and regex maps.
//
// Invariants of the recipe
//   (1) A recipient without a tag never depends on us: it is neither refused nor deferred at RCPT.
//   (2) Only a forged tag is refused; an authentic one of any age is taken off, whoever sends.
//   (3) While we are away, recipients with a tag are deferred, bounces of Sendmail's own to such
//       wait in its queue, and everything else flows.
std::string render_sendmail_recipe(const SendmailSite& site);

// Do tags come off by that file of ours?  One that an older version wrote, or somebody changed, is
// known by the lines that it cannot do without.
bool knows_tags(std::string_view file);

// A file of ours without the filter, as it stays while tagged addresses come back; "" when it knows
// of no tags.
std::string without_filter(std::string_view file);

// The endpoint as milters and socket maps of Sendmail have it: "local:/run/backstop/milter.sock",
// "inet:8891@127.0.0.1", "inet6:8891@::1".
std::string render_sendmail_socket(const config::Endpoint& endpoint);

}  // namespace backstop::mta
