// The parts of `backstop check`, one for each thing that is looked at.  `root`: "/" or a tree; the
// paths of the configuration are looked up below it.
#pragma once

#include <string>

#include "app/check_finding.h"
#include "core/base/time.h"
#include "core/config/config.h"

namespace backstop::app {

// `path` as it is found on this host.
std::string below(const std::string& root, const std::string& path);

void check_keys(const config::Config& config, const std::string& root, Instant now,
                Findings& findings);
void check_dkim_files(const config::Config& config, const std::string& root, Findings& findings);
// `queue_lifetime`: of this host's mail server.
void check_domains(const config::Config& config, bool signs, Seconds queue_lifetime, Instant now,
                   Findings& findings);
void check_endpoints(const config::Config& config, const std::string& root, Findings& findings);

void check_clock(Findings& findings);
// Room and inodes, the files of the store, and the daemon's heartbeat beside them.
void check_store(const config::Config& config, const std::string& root, Instant now,
                 Findings& findings);

// When the canary last passed, where setup can let it in.
void check_canary(const config::Config& config, const std::string& root, Findings& findings);

// Postfix: what setup would change, whether our socket can be reached, and advice.  `asks_dns`: may
// the name it greets with be looked up?
void check_postfix(const config::Config& config, const std::string& root, bool asks_dns,
                   Findings& findings);
// Sendmail, where it is the mail server.
void check_sendmail(const config::Config& config, const std::string& root, Findings& findings);

}  // namespace backstop::app
