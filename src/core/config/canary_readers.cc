#include "core/config/canary_readers.h"

#include "core/config/values.h"

namespace backstop::config {

// Whoever can reach it may claim any address, so nobody but this host may.
Result<void> set_canary_listener(Config& config, const Value& value) {
  constexpr std::string_view kForm = "a loopback address and port, as \"inet:127.0.0.1:10125\"";
  BS_TRY(const std::string text, read_string(value.node));
  if (text == "none") {
    config.canary.port = 0;
    return {};
  }
  const auto endpoint = parse_endpoint(text);
  if (!endpoint || endpoint->kind != Endpoint::Kind::Inet || endpoint->port == 0 ||
      !is_loopback(endpoint->address))
    return want(kForm);
  config.canary.address = endpoint->address;
  config.canary.port = endpoint->port;
  return {};
}

Result<void> set_canary_interval(Config& config, const Value& value) {
  BS_TRY(const std::string text, read_string(value.node));
  BS_TRY(const Seconds interval, parse_duration(text));
  if (interval < std::chrono::minutes(1) || interval > Days(1))
    return want("a duration from 1m to 1d");
  config.canary.interval = interval;
  return {};
}

Result<void> set_canary_recipient(Config& config, const Value& value) {
  BS_TRY(const std::string text, read_string(value.node));
  BS_TRY(config.canary.recipient, read_address(text));
  return {};
}

Result<void> set_canary_client(Config& config, const Value& value) {
  BS_TRY(config.canary.client, read_string(value.node));
  if (!IpAddress::parse(config.canary.client)) return want("an address, as \"192.0.2.77\"");
  return {};
}

}  // namespace backstop::config
