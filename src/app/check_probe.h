// The part of `backstop check` that asks the mail server itself, as a stranger would: which
// addresses it takes, with a tag and without.
#pragma once

#include <optional>
#include <string>

#include "app/check_finding.h"
#include "core/base/time.h"
#include "core/config/config.h"
#include "edge/smtp/client.h"

namespace backstop::app {

// A domain that never exists (RFC 2606 §2), so that what is sent there comes back at once.
inline constexpr const char* kNowhere = "nobody@backstop-probe.invalid";

struct ProbeWish {
  smtp::Server server;  // Its source: nothing chooses an address of this host that is not our own.
  std::string address;  // A mailbox that exists; "": postmaster of the first domain with tags.
  // Sends a message there that the server must bounce to a tagged sender; "": none is sent.
  std::string nowhere;
};

// No message leaves, unless `nowhere` is named.  `root`: as for the other parts
// (app/check_parts.h).
void probe_server(const config::Config& config, const std::string& root, const ProbeWish& wish,
                  Instant now, Findings& findings);

}  // namespace backstop::app
