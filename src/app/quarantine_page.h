// What `backstop quarantine` shows of held messages.
#pragma once

#include <string>
#include <vector>

#include "app/held_messages.h"
#include "core/base/time.h"

namespace backstop::app {

// A listing for a person.  `server`: "Postfix"; `others`: held messages that are not ours and not
// among `held`.
std::string render_held_page(const std::vector<const Held*>& held, std::string_view server,
                             std::size_t others, Instant now);
// One JSON object on one line, without its end.
std::string render_held_json(const Held& held, std::string_view server);

// "forged 12, unproven 3": how many of which verdict, the most first.
std::string count_verdicts(const std::vector<const Held*>& held);

// The daily letter to the postmaster, whole, with its header and LF line ends; what came from
// outside is left out.  `expired`: dropped for their age since the last one.
struct HeldNotice {
  std::string from;  // An address.
  std::string to;
  std::string server;
  std::string host;
  std::vector<const Held*> held;  // Ours, oldest first.
  std::size_t expired = 0;
  unsigned days = 0;  // quarantine.days
  Instant now{};
};
std::string render_held_notice(const HeldNotice& notice);

}  // namespace backstop::app
