#include "app/basis.h"

#include <fmt/core.h>

#include <cstdio>

#include "app/dkim_files.h"
#include "core/base/escape.h"
#include "edge/os/clock.h"
#include "edge/os/key_store.h"

namespace backstop::app {

Result<Basis> load_basis(Settings settings, const std::string& keys_directory) {
  Basis basis;
  basis.now = os::SystemClock().now();
  std::string keys = keys_directory;
  auto config = load_config(settings);
  if (!config && config.error().code != Errc::Invalid && settings.config_path == kConfigPath) {
    // No configuration of this host, or none that this user may read: what the command line says.
    settings.defaults = true;
    config = load_config(settings);
  } else if (config && keys.empty() && (!settings.defaults || !settings.state_directory.empty())) {
    keys = config->keys_directory;
  }
  if (!config) return tl::unexpected<Error>(std::move(config).error());
  basis.config = *std::move(config);
  DkimFiles dkim = load_dkim_files(basis.config);
  for (const std::string& note : dkim.notes)
    fmt::print(stderr, "backstop: {}\n", escape_terminal(note));
  basis.dkim = std::move(dkim.keys);
  if (keys.empty()) return basis;
  auto loaded = os::KeyStore(keys).load();
  if (loaded) {
    basis.ring = loaded->ring;
  } else if (!keys_directory.empty()) {
    return tl::unexpected<Error>(std::move(loaded).error());
  } else {
    fmt::print(stderr, "backstop: {}; tokens cannot be verified\n",
               escape_terminal(loaded.error().text()));
  }
  return basis;
}

}  // namespace backstop::app
