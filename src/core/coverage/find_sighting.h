// What a returned original without a token tells about the ways in which mail leaves, when
// something speaks for it that a forger does not get for nothing.
//
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/coverage/book.h"
#include "core/policy/policy.h"
#include "core/proof/dkim_check.h"
#include "core/reading/reading.h"

namespace backstop::coverage {

// One answer as it was judged for recipients of one domain.  References are valid during the call.
struct Observed {
  const reading::Reading& reading;
  const std::vector<policy::Facts>& facts;
  // Of a signature over the returned header that is right; nothing without one.
  const std::optional<proof::DkimKeyName>& signature;
  std::string_view domain;
  Instant at{};
};

// Nothing when it has a proof, returned too little to have carried one, left before `since` or
// within a signing gap, or when nothing but its text speaks for it.  `places`: of the domain's SPF
// record.  `own`: our hosts.  The address is left to the caller.
std::optional<Sighting> find_sighting(const Observed& observed, std::optional<Instant> since,
                                      const std::vector<SpfPlace>& places, const OwnPlaces& own);

}  // namespace backstop::coverage
