// What a service of master.cf is for, as far as a milter cares.
//
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "edge/mta/master_cf.h"

namespace backstop::mta {

enum class ServiceRole {
  Receiving,   // smtpd for everybody.
  Submission,  // smtpd for our own users.
  Reinjected,  // smtpd for what a content filter hands back: it was seen before.
  Cleanup,     // cleanup: what every message passes.
  Canary,      // Ours: smtpd for our own trials (edge/mta/postfix_canary.h).
  Other,
};

// By port, by the name it logs under, and by the overrides that content filters are set up with:
// an empty content_filter or smtpd_proxy_filter.  `filters`: the values of every content_filter,
// since a loopback port that one names is a filter's way back as well.
ServiceRole role_of(const Service& service, const std::vector<std::string>& filters);

// Does it listen on a loopback address only?
bool is_loopback(const Service& service);

}  // namespace backstop::mta
