// With what a command judges messages: configuration, keys and time.
#pragma once

#include <memory>
#include <string>

#include "app/settings.h"
#include "core/config/config.h"
#include "core/proof/dkim_key.h"
#include "core/proof/key_ring.h"

namespace backstop::app {

struct Basis {
  config::Config config;
  std::shared_ptr<const proof::KeyRing> ring;   // Null without keys.
  std::shared_ptr<const proof::DkimKeys> dkim;  // Null when that proof is not configured.
  Instant now{};
};

// The configuration that `settings` names, or none when this host has no
// /etc/backstop/backstop.toml; the keys of `keys_directory`, else of the configuration.  Keys that
// cannot be read are an error when they were asked for by name; else that is said on standard
// error, and there are none. Errors: as load_config and KeyStore::load.
Result<Basis> load_basis(Settings settings, const std::string& keys_directory);

}  // namespace backstop::app
