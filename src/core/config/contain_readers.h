// The readers of the options about what is kept out while a run lasts: sample.*, limits.*.
#pragma once

#include "core/config/readers.h"

namespace backstop::config {

Result<void> set_sample_rate(Config& config, const Value& value);
Result<void> set_sample_megabytes(Config& config, const Value& value);
Result<void> set_unproven_rate(Config& config, const Value& value);

}  // namespace backstop::config
