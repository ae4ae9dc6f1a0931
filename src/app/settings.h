// Where the configuration comes from: a file, or the embedded defaults with what the command line
// says over them.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.h"

namespace backstop::app {

inline constexpr const char* kConfigPath = "/etc/backstop/backstop.toml";

struct Settings {
  std::string config_path = kConfigPath;
  bool defaults = false;             // No file: embedded defaults.
  std::string state_directory;       // With defaults: keys and sockets live below it.
  std::vector<std::string> domains;  // Guarded domains, besides those of the file.
  std::vector<std::string> listen;   // Instead of milter.listen.
  std::vector<std::string> sets;     // "key=value" in TOML, over everything else.
};

// Declares --config, --defaults, --state, --domain, --listen and --set.
void declare_settings(CLI::App& app, Settings& settings);

// A TOML text in quotes; control characters as \uXXXX.
std::string quote_toml(std::string_view text);

// Errors: Errc::NotFound for a missing file, Errc::Invalid with file, line and column.
Result<config::Config> load_config(const Settings& settings);

}  // namespace backstop::app
