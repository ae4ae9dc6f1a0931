// backstop check: configuration, keys and sockets, each with what to do when it is wrong.
#include <fmt/core.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#include "app/command.h"
#include "app/exit_code.h"
#include "app/settings.h"
#include "core/base/escape.h"
#include "edge/os/clock.h"
#include "edge/os/key_store.h"

namespace backstop::app {
namespace {

struct Options {
  Settings settings;
  bool json = false;
};

struct Finding {
  bool good = true;
  std::string what;
  std::string text;
};

void check_keys(const config::Config& config, Instant now, std::vector<Finding>& findings) {
  const auto loaded = os::KeyStore(config.keys_directory).load();
  if (!loaded) {
    findings.push_back({false, "keys", loaded.error().text()});
    return;
  }
  for (const std::string& note : loaded->notes)
    findings.push_back({false, "keys", note});
  const proof::Key* const key = loaded->ring->emitting();
  if (key == nullptr) {
    findings.push_back({false, "keys",
                        "no key signs, so every domain stays in observe; make one with: backstop "
                        "keys add --new-ring, or rotate when there is a ring"});
    return;
  }
  findings.push_back(
      {true, "keys",
       fmt::format("key {} signs, {} in the ring", key->info().id, loaded->ring->keys().size())});
  if (key->info().created > now + proof::kClockSkewMax) {
    findings.push_back(
        {false, "clock",
         fmt::format("key {} was made at {}, in the future: this host's clock is wrong; check NTP",
                     key->info().id, render_instant(key->info().created))});
  }
}

void check_domains(const config::Config& config, std::vector<Finding>& findings) {
  if (config.domains.empty()) {
    findings.push_back(
        {false, "domains",
         "no domain is guarded; write [domains.\"example.com\"] into the configuration"});
  }
  for (const auto& [name, domain] : config.domains) {
    const bool enforce = domain.mode == policy::Mode::Enforce;
    const bool idle =
        enforce && (!domain.signing_since || domain.coverage != policy::Coverage::Covered);
    const std::string what = "domain " + name;
    if (idle) {
      findings.push_back(
          {false, what,
           "is in enforce, but without signing_since and coverage = \"covered\" nothing can be "
           "called forged, so nothing is refused"});
    } else {
      findings.push_back(
          {true, what,
           fmt::format("{}, coverage {}, signing since {}", policy::name_of(domain.mode),
                       policy::name_of(domain.coverage),
                       domain.signing_since ? render_instant(*domain.signing_since) : "never")});
    }
  }
}

bool accepts(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int socket_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_fd < 0) return false;
  const bool connected =
      connect(socket_fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(socket_fd);
  return connected;
}

void check_sockets(const config::Config& config, std::vector<Finding>& findings) {
  if (config.milter_listen.empty()) {
    findings.push_back(
        {false, "milter.listen", "says nowhere to listen, so the daemon will not start"});
  }
  for (const config::Endpoint& endpoint : config.milter_listen) {
    if (endpoint.kind != config::Endpoint::Kind::Unix) {
      findings.push_back({true, endpoint.text(), "not probed: only unix sockets are"});
      continue;
    }
    struct stat status{};
    if (stat(endpoint.path.c_str(), &status) != 0) {
      findings.push_back(
          {false, endpoint.text(), "there is no such socket: is backstopd running?"});
    } else if (!S_ISSOCK(status.st_mode)) {
      findings.push_back({false, endpoint.text(), "is not a socket: move it away"});
    } else if (!accepts(endpoint.path)) {
      findings.push_back(
          {false, endpoint.text(),
           "nobody answers there, or this user may not connect: is backstopd running?"});
    } else {
      findings.push_back({true, endpoint.text(), "the daemon answers"});
    }
  }
}

int print_findings(const std::vector<Finding>& findings, bool json) {
  if (json) {
    nlohmann::json line = {{"v", 1}, {"findings", nlohmann::json::array()}};
    for (const Finding& finding : findings) {
      line["findings"].push_back(
          {{"good", finding.good}, {"what", finding.what}, {"text", finding.text}});
    }
    fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    for (const Finding& finding : findings) {
      fmt::print("{} {}: {}\n", finding.good ? "good " : "WRONG", escape_terminal(finding.what),
                 escape_terminal(finding.text));
    }
  }
  const bool good = std::all_of(findings.begin(), findings.end(),
                                [](const Finding& finding) { return finding.good; });
  return good ? kExitGood : kExitFound;
}

int run_check(const Options& options) {
  const auto config = load_config(options.settings);
  if (!config) return report_error(config.error(), kExitBadConfig);
  std::vector<Finding> findings;
  findings.push_back(
      {true, "configuration",
       options.settings.defaults ? "the embedded defaults" : options.settings.config_path});
  check_keys(*config, os::SystemClock().now(), findings);
  check_domains(*config, findings);
  check_sockets(*config, findings);
  return print_findings(findings, options.json);
}

}  // namespace

void add_check_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command = app.add_subcommand("check", "Look at configuration, keys and sockets");
  const auto options = std::make_shared<Options>();
  declare_settings(*command, options->settings);
  command->add_flag("--json", options->json, "One JSON object");
  command->footer(render_examples(
      {"backstop check                exits 0 when all is well, 1 when something is wrong",
       "backstop check --config /tmp/new.toml"}));
  command->callback([options, &chosen] { chosen.run = [options] { return run_check(*options); }; });
}

}  // namespace backstop::app
