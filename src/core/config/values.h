// The forms that values of options have, each read from its TOML.
//
// Errors: Errc::Invalid with what is wanted; without a place.
#pragma once

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.h"

namespace backstop::config {

// The error that says so.
tl::unexpected<Error> want(std::string_view form);

Result<std::string> read_string(const toml::node& node);
// One text stands for a list of it.
Result<std::vector<std::string>> read_strings(const toml::node& node);
Result<Instant> read_instant(const toml::node& node);
Result<bool> read_bool(const toml::node& node);
Result<std::int64_t> read_number(const toml::node& node, std::int64_t least, std::int64_t most);
// Any text but "".  `what`: what is wanted.
Result<std::string> read_path(const toml::node& node, std::string_view what);
Result<std::vector<IpNetwork>> read_networks(const toml::node& node);
// The canonical form of "alice@example.com".
Result<std::string> read_address(std::string_view text);
Result<std::vector<std::string>> read_addresses(const toml::node& node);
Result<std::vector<Endpoint>> read_endpoints(const toml::node& node);
Result<unsigned> read_threads(const toml::node& node);
Result<std::uint32_t> read_mode(const toml::node& node);
// True for an address that only this host has.
bool is_loopback(const IpAddress& address);

}  // namespace backstop::config
