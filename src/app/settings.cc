#include "app/settings.h"

#include <fmt/core.h>

#include "core/base/limits.h"
#include "edge/os/service.h"
#include "edge/os/text_file.h"

namespace backstop::app {

std::string quote_toml(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

namespace {

Result<void> apply_file(config::Config& config, const std::string& path) {
  auto text = os::read_text_file(path, limits::kConfigFileBytes);
  if (!text) {
    Error error = text.error();
    if (error.code == Errc::NotFound) {
      error.detail =
          "there is no such configuration file; write one (see conf/backstop.toml) or name another "
          "with --config";
    }
    return tl::unexpected<Error>(std::move(error));
  }
  return config::apply_text(config, *text, path);
}

Result<void> apply_command_line(config::Config& config, const Settings& settings) {
  for (const std::string& domain : settings.domains) {
    BS_TRY_VOID(
        config::apply_text(config, fmt::format("[domains.{}]", quote_toml(domain)), "--domain"));
  }
  if (!settings.listen.empty()) {
    std::string list;
    for (const std::string& endpoint : settings.listen)
      list += quote_toml(endpoint) + ",";
    BS_TRY_VOID(config::apply_text(config, fmt::format("milter.listen = [{}]", list), "--listen"));
  }
  for (const std::string& set : settings.sets) {
    BS_TRY_VOID(config::apply_text(config, set, fmt::format("--set '{}'", set)));
  }
  return {};
}

}  // namespace

void declare_settings(CLI::App& app, Settings& settings) {
  app.add_option("-c,--config", settings.config_path, "The configuration file")
      ->capture_default_str();
  auto* const defaults =
      app.add_flag("--defaults", settings.defaults, "Read no file; use the embedded defaults");
  app.add_option(
         "--state", settings.state_directory,
         "With --defaults: the directory for keys and socket; keys are made when there are none")
      ->needs(defaults)
      ->type_name("DIR");
  app.add_option("--domain", settings.domains, "A domain to guard; may be given again")
      ->type_name("DOMAIN");
  app.add_option("--listen", settings.listen,
                 "Where the mail server reaches us, instead of milter.listen")
      ->type_name("ENDPOINT");
  app.add_option("--set", settings.sets,
                 "Any option, as --set 'proofs.lifetime=\"14d\"'; may be given again")
      ->type_name("KEY=VALUE");
}

Result<config::Config> load_config(const Settings& settings) {
  config::Config config;
  if (!settings.defaults) {
    BS_TRY_VOID(apply_file(config, settings.config_path));
  } else {
    config.store_directory = settings.state_directory;
  }
  if (settings.defaults && !settings.state_directory.empty()) {
    config.keys_directory = settings.state_directory + "/keys";
    if (settings.listen.empty()) {
      BS_TRY(auto endpoint,
             config::parse_endpoint("unix:" + settings.state_directory + "/milter.sock"));
      config.milter_listen.push_back(std::move(endpoint));
    }
  }
  BS_TRY_VOID(apply_command_line(config, settings));
  if (config.authserv_id.empty()) config.authserv_id = os::host_name();
  return config;
}

}  // namespace backstop::app
