// backstop check: everything that must be right for mail to be safe, each with what to do when not.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/check_parts.h"
#include "app/command.h"
#include "app/exit_code.h"
#include "app/settings.h"
#include "app/setup_socket.h"
#include "app/text_page.h"
#include "edge/mta/postfix.h"
#include "edge/os/clock.h"
#include "edge/os/key_store.h"

namespace backstop::app {
namespace {

struct Options {
  Settings settings;
  bool config_named = false;
  bool json = false;
  bool offline = false;
  std::string root = "/";
};

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::Good:
      return "good";
    case Severity::Advice:
      return "advice";
    case Severity::Wrong:
      break;
  }
  return "wrong";
}

void print_json(const Findings& findings) {
  nlohmann::json line = {{"v", 1}, {"findings", nlohmann::json::array()}};
  for (const Finding& finding : findings.all()) {
    line["findings"].push_back({{"good", finding.severity == Severity::Good},
                                {"severity", name_of(finding.severity)},
                                {"what", finding.what},
                                {"text", finding.text},
                                {"why", finding.why},
                                {"todo", finding.todo}});
  }
  fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_text(const Findings& findings) {
  TextPage page = TextPage::for_stdout();
  for (const Finding& finding : findings.all()) {
    const bool good = finding.severity == Severity::Good;
    const bool wrong = finding.severity == Severity::Wrong;
    page.row(fmt::format("{:<6} {}: {}", wrong ? "WRONG" : name_of(finding.severity), finding.what,
                         finding.text),
             good    ? Tone::Good
             : wrong ? Tone::Bad
                     : Tone::Warning);
    page.line("     why", finding.why);
    page.line("     do", finding.todo);
  }
  fmt::print("{}", page.take());
}

int run_check(const Options& options) {
  Settings settings = options.settings;
  settings.config_path = config_path_below(options.root, settings, options.config_named);
  const auto config = load_config(settings);
  if (!config) return report_error(config.error(), kExitBadConfig);
  const Instant now = os::SystemClock().now();
  Findings findings;
  findings.good("configuration",
                settings.defaults ? "the embedded defaults" : settings.config_path);
  check_keys(*config, options.root, now, findings);
  check_dkim_files(*config, options.root, findings);
  const auto ring = os::KeyStore(below(options.root, config->keys_directory)).load();
  const bool signs = ring && ring->ring->emitting() != nullptr;
  check_domains(*config, signs, mta::queue_lifetime(options.root), now, findings);
  check_endpoints(*config, options.root, findings);
  if (options.root == "/") check_clock(findings);
  check_store(*config, options.root, now, findings);
  check_postfix(*config, options.root, !options.offline, findings);
  if (options.json)
    print_json(findings);
  else
    print_text(findings);
  const bool wrong =
      std::any_of(findings.all().begin(), findings.all().end(),
                  [](const Finding& finding) { return finding.severity == Severity::Wrong; });
  return wrong ? kExitFound : kExitGood;
}

}  // namespace

void add_check_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command = app.add_subcommand(
      "check", "Look at configuration, keys, sockets, store, clock and the mail server");
  const auto options = std::make_shared<Options>();
  declare_settings(*command, options->settings);
  command->add_flag("--json", options->json, "One JSON object");
  command->add_flag("--offline", options->offline, "Ask the DNS nothing");
  command
      ->add_option("--root", options->root,
                   "Everything lives below this directory; the mail server's commands run chrooted "
                   "there")
      ->check(CLI::ExistingDirectory)
      ->type_name("DIR");
  command->footer(render_examples(
      {"backstop check                exits 0 when nothing is wrong, 1 when something is",
       "backstop check --json         the same for a program; advice does not count as wrong",
       "backstop check --config /tmp/new.toml"}));
  command->callback([options, command, &chosen] {
    options->config_named = command->count("--config") > 0;
    options->root = std::filesystem::absolute(options->root).lexically_normal().string();
    while (options->root.size() > 1 && options->root.back() == '/')
      options->root.pop_back();
    chosen.run = [options] { return run_check(*options); };
  });
}

}  // namespace backstop::app
