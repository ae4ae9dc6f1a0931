// The service of master.cf by which our canary enters: the same smtpd that strangers reach, on a
// loopback port, where it trusts nobody.
//
// Pure and total; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/transaction/origin.h"
#include "edge/mta/master_cf.h"

namespace backstop::mta {

// The smtpd that strangers reach: on port 25, behind postscreen, or the first that receives at all.
// Nothing when there is none.
std::optional<Service> find_public_service(const std::vector<Service>& services);

struct CanaryService {
  std::string listener;    // "127.0.0.1:10125"
  std::string recipients;  // The path of render_canary_recipients(); "": it knows nobody more.
};

// The text with the canary's service, which does all that `like` does; one of ours that stands
// there already is brought up to date.
std::string with_canary_service(std::string_view master_cf, const Service& like,
                                const CanaryService& service);
// In what the canary's service and the one that strangers reach differ beside what is meant to, one
// sentence each.  Both have all else from main.cf.  Nothing where there is no such service.
std::vector<std::string> find_canary_drift(std::string_view master_cf);
// A regexp table by which proof::kCanaryLocal is somebody in every domain, with and without a tag.
std::string render_canary_recipients();
// The text without any such service.
std::string without_canary_service(std::string_view master_cf);

}  // namespace backstop::mta
