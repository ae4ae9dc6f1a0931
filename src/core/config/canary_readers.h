// The readers of canary.*.
#pragma once

#include "core/config/readers.h"

namespace backstop::config {

Result<void> set_canary_listener(Config& config, const Value& value);
Result<void> set_canary_interval(Config& config, const Value& value);
Result<void> set_canary_recipient(Config& config, const Value& value);
Result<void> set_canary_client(Config& config, const Value& value);

}  // namespace backstop::config
