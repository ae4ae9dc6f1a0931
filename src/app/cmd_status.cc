// backstop status: is all well, and what is left to do until a domain may enforce.
#include <fmt/format.h>

#include <memory>

#include "app/basis.h"
#include "app/command.h"
#include "app/exit_code.h"
#include "app/status_report.h"
#include "edge/os/clock.h"

namespace backstop::app {
namespace {

struct Options {
  Settings settings;
  std::string domain;
  bool json = false;
};

int run_status(const Options& options) {
  // The survey looks at the keys itself, and says what is wrong with them.
  Basis basis;
  auto config = load_config(options.settings);
  if (!config) return report_error(config.error(), kExitBadConfig);
  basis.config = *std::move(config);
  basis.now = os::SystemClock().now();
  if (!options.domain.empty()) {
    const std::string name = mail::canonical_domain(options.domain);
    if (basis.config.find_domain(name) == nullptr) {
      return report_error({Errc::NotFound, options.domain,
                           "is not guarded; 'backstop status' shows those that are"});
    }
    std::erase_if(basis.config.domains, [&](const auto& entry) { return entry.first != name; });
  }
  const StatusReport report = find_status(basis);
  if (options.json) {
    fmt::print("{}\n", render_status_json(report));
  } else {
    fmt::print("{}", render_status_page(report));
  }
  return report.problems.empty() ? kExitGood : kExitFound;
}

}  // namespace

void add_status_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command = app.add_subcommand(
      "status", "Say whether all is well, and what is left to do until a domain may enforce");
  const auto options = std::make_shared<Options>();
  command->add_option("domain", options->domain, "This domain alone")->type_name("DOMAIN");
  declare_settings(*command, options->settings);
  command->add_flag("--json", options->json, "One JSON object");
  command->footer(
      render_examples({"backstop status              exits 0 when nothing needs you, else 1",
                       "backstop status example.com", "backstop status --json"}));
  command->callback(
      [options, &chosen] { chosen.run = [options] { return run_status(*options); }; });
}

}  // namespace backstop::app
