// Which modes are in force now: a domain or an address that is to enforce, and for which a
// condition holds no longer, observes by itself; unless it was forced, and only as long as that was
// said.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/enforce_conditions.h"
#include "core/config/config.h"

namespace backstop::app {

// A domain or an address that falls back.
struct Lapse {
  std::string subject;
  Unmet why;  // The first condition that does not hold.
  bool operator==(const Lapse& other) const {
    return subject == other.subject && why.what == other.why.what;
  }
};

// One that enforces only because it is forced.
struct Forced {
  std::string subject;
  Instant until{};
  bool operator==(const Forced&) const = default;
};

struct ModesInForce {
  // As written, but with the modes in force, and forced_until only where it makes a difference.
  config::Config config;
  std::vector<Lapse> lapses;
  std::vector<Forced> forced;
};

// Of a domain of the configuration.
using AskConditions = std::function<EnforceQuestion(const config::Domain&)>;

ModesInForce find_modes_in_force(const config::Config& written, const AskConditions& ask,
                                 Instant now);

}  // namespace backstop::app
