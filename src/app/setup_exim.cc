#include "app/setup_exim.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/exit_code.h"

namespace backstop::app {
namespace {

constexpr const char* kLine = "/run/backstop/line.sock";
constexpr const char* kRspamd = "/run/backstop/rspamd.sock";

config::Endpoint unix_endpoint(const char* path) {
  return {.kind = config::Endpoint::Kind::Unix, .path = path, .address = {}, .port = 0};
}

// The first that Exim can be told of; a socket that systemd opens has no place we know.
const config::Endpoint* find_place(const std::vector<config::Endpoint>& endpoints) {
  for (const config::Endpoint& endpoint : endpoints) {
    if (endpoint.kind != config::Endpoint::Kind::Systemd) return &endpoint;
  }
  return nullptr;
}

std::vector<std::string> say_next(const config::Config& config) {
  std::vector<std::string> next;
  if (config.doors.line.empty())
    next.push_back(fmt::format("Write doors.line = [\"unix:{}\"] into backstop.toml", kLine));
  if (config.doors.rspamd.empty())
    next.push_back(fmt::format("Write doors.rspamd = [\"unix:{}\"] into backstop.toml", kRspamd));
  next.push_back("Let Exim reach the sockets: adduser Debian-exim _backstop");
  next.push_back("Check and restart: exim4 -bV && systemctl restart backstopd exim4");
  return next;
}

}  // namespace

int print_exim_setup(const config::Config& config, const EximSetup& setup) {
  mta::EximSite site;
  const config::Endpoint* const line = find_place(config.doors.line);
  const config::Endpoint* const rspamd = find_place(config.doors.rspamd);
  site.line = line != nullptr ? *line : unix_endpoint(kLine);
  site.rspamd = rspamd != nullptr ? *rspamd : unix_endpoint(kRspamd);
  for (const auto& [name, domain] : config.domains)
    site.domains.push_back(name);
  site.tags = setup.tags;
  site.authserv_id = config.authserv_id;
  site.quarantine_to = setup.quarantine_to;
  site.held_days = config.quarantine_days;
  if (site.domains.empty()) {
    return report_error(Error{Errc::Invalid, "domains",
                              "names no domain yet; write [domains.\"example.com\"] into "
                              "backstop.toml, then come again"},
                        kExitBadConfig);
  }
  const auto parts = mta::render_exim_recipe(site);
  const auto next = say_next(config);
  if (setup.json) {
    nlohmann::json out = {{"v", 1}, {"mta", "exim"}, {"state", "by-hand"}, {"next", next}};
    for (const mta::EximPart& part : parts)
      out["parts"].push_back({{"where", part.where}, {"text", part.text}});
    fmt::print("{}\n", out.dump());
    return kExitFound;
  }
  fmt::print("Exim's configuration is yours to edit: put each part where its heading says.\n");
  for (const mta::EximPart& part : parts)
    fmt::print("\n# --- {}\n{}", part.where, part.text);
  fmt::print("\n");
  for (const std::string& sentence : next)
    fmt::print("{}\n", sentence);
  return kExitFound;
}

}  // namespace backstop::app
