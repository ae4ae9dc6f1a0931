// What a mode would have done, before it is set: the last 14 days judged again under it.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/config/config.h"

namespace backstop::app {

// A sentence or two; "" where nothing was judged in that time.  `subject`: a canonical domain or
// address of a guarded domain.  Errors: as HistoryScan::open and HistoryScan::visit.
Result<std::string> say_mode_replay(const config::Config& config, const std::string& subject,
                                    policy::Mode mode, Instant now);

}  // namespace backstop::app
