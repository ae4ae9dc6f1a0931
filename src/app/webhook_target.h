// From the configuration of a webhook to what delivery needs.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/config/config.h"
#include "edge/webhook/delivery.h"
#include "ports/log_sink.h"

namespace backstop::app {

// Reads the secret.  `section`: "alarms" or "feed".  Errors: the secret's file is not there, is
// readable for others, or holds too little; `where` names option and file.
Result<webhook::Target> open_target(std::string_view section, const config::Webhook& webhook);
// Where what waits is kept: a file of the store's directory; "" without one.
std::string spool_path(const config::Config& config, std::string_view name);
void tell_damage(const webhook::Delivery& delivery, std::string_view option, ports::LogSink& log);

}  // namespace backstop::app
