// The readers of single options: one for each row of options(), a test holds the two together.
#pragma once

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <span>
#include <string_view>

#include "core/config/config.h"

namespace backstop::config {

// One value being read.  `name` is what stood for '*' in the option's key.
struct Value {
  const toml::node& node;
  std::string_view name;
};

struct Reader {
  std::string_view key;
  // Errors: Errc::Invalid with what is wanted; without a place.
  Result<void> (*set)(Config&, const Value&);
};
// In the order of options().
std::span<const Reader> readers();

// The domain of that name, made when it is not there.  Errors: Errc::Invalid.
Result<Domain*> find_or_add(Config& config, std::string_view name);

}  // namespace backstop::config
