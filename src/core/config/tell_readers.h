// The readers of the options that say who is told: alarms.*, feed.* and metrics.*.
#pragma once

#include "core/config/readers.h"

namespace backstop::config {

Result<void> set_metrics_listen(Config& config, const Value& value);
Result<void> set_metrics_mode(Config& config, const Value& value);
Result<void> set_metrics_file(Config& config, const Value& value);
Result<void> set_alarm_command(Config& config, const Value& value);
Result<void> set_alarm_webhook(Config& config, const Value& value);
Result<void> set_alarm_secret(Config& config, const Value& value);
Result<void> set_alarm_ca(Config& config, const Value& value);
Result<void> set_feed_header(Config& config, const Value& value);
Result<void> set_feed_file(Config& config, const Value& value);
Result<void> set_feed_socket(Config& config, const Value& value);
Result<void> set_feed_socket_mode(Config& config, const Value& value);
Result<void> set_feed_webhook(Config& config, const Value& value);
Result<void> set_feed_secret(Config& config, const Value& value);
Result<void> set_feed_ca(Config& config, const Value& value);

}  // namespace backstop::config
