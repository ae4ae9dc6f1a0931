// What a domain still needs before it may enforce, each with what to do and, where waiting is all,
// until when.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/config/config.h"
#include "core/coverage/advice.h"
#include "core/coverage/domain_view.h"

namespace backstop::app {

// Mail that left the day before signing began may still be answered so much later: what a queue
// keeps it for, and a margin for the other side's answer.
inline constexpr Days kWarmUpMargin{6};

// All that the conditions look at.
struct EnforceQuestion {
  const config::Domain* domain = nullptr;        // Null where the configuration does not guard it.
  const coverage::DomainView* learnt = nullptr;  // Null where nothing was learnt.
  coverage::MailServer server = coverage::MailServer::Unknown;
  bool signs = false;           // A key of the ring emits.
  Seconds queue_lifetime{};     // How long this host's queue keeps trying.
  std::size_t open_groups = 0;  // Of would-be-refused mail with a hint, not looked at yet.
};

struct Unmet {
  std::string name;                   // "signing_since"
  std::string what;                   // In a sentence, without its full stop.
  std::string todo;                   // What to do, likewise.
  std::optional<Instant> until = {};  // When time alone will have met it.
  // A domain that enforces falls back while it does not hold.
  bool lapses = true;
};

// Empty: it may enforce.
std::vector<Unmet> unmet_for_enforce(const EnforceQuestion& question, Instant now);

// From when on signing is old enough; nothing before it began.  What the configuration says stands
// above what was learnt.
std::optional<Instant> enforceable_from(const EnforceQuestion& question);

}  // namespace backstop::app
