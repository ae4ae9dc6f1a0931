// backstop check: everything that must be right for mail to be safe, each with what to do when not.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/check_parts.h"
#include "app/check_probe.h"
#include "app/command.h"
#include "app/exit_code.h"
#include "app/settings.h"
#include "app/setup_socket.h"
#include "app/smtp_server.h"
#include "app/text_page.h"
#include "edge/os/clock.h"

namespace backstop::app {
namespace {

struct Options {
  Settings settings;
  bool config_named = false;
  bool json = false;
  bool offline = false;
  std::string root = "/";
  bool probe = false;
  std::string server = "127.0.0.1:25";
  std::string source;
  ProbeWish wish;  // `server` and `source` are read into it.
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

Result<ProbeWish> read_wish(const Options& options) {
  ProbeWish wish = options.wish;
  BS_TRY(wish.server, parse_smtp_server(options.server));
  if (!options.source.empty()) {
    wish.server.source = IpAddress::parse(options.source);
    if (!wish.server.source)
      return fail(Errc::Invalid, "--from", "wants an IP address of this host");
  }
  for (const auto& [option, address] :
       {std::pair("--address", &wish.address), std::pair("--bounce", &wish.nowhere)}) {
    if (!address->empty() && !mail::parse_path(*address))
      return fail(Errc::Invalid, option, "wants a mailbox, as anna@example.com");
  }
  return wish;
}

int run_check(const Options& options) {
  const auto wish = read_wish(options);
  if (!wish) return report_error(wish.error(), kExitUsage);
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
  check_domains(*config, options.root, now, findings);
  check_endpoints(*config, options.root, findings);
  if (options.root == "/") check_clock(findings);
  check_store(*config, options.root, now, findings);
  check_postfix(*config, options.root, !options.offline, findings);
  check_exim(*config, options.root, findings);
  if (options.probe) probe_server(*config, options.root, *wish, now, findings);
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
  auto* const probe =
      command->add_flag("--probe", options->probe,
                        "Ask the mail server itself, as a stranger would, which addresses it "
                        "takes: with a right tag, "
                        "a forged one, of a user who is not there. No message is sent");
  command->add_option("--server", options->server, "With --probe: where the mail server listens")
      ->type_name("ADDRESS[:PORT]")
      ->capture_default_str()
      ->needs(probe);
  command
      ->add_option("--from", options->source,
                   "With --probe: the address of this host to come from; else one that is not in "
                   "networks.own")
      ->type_name("ADDRESS")
      ->needs(probe);
  command
      ->add_option("--address", options->wish.address,
                   "With --probe: a mailbox that exists; else postmaster of a guarded domain")
      ->needs(probe);
  auto* const bounce =
      command
          ->add_option("--bounce", options->wish.nowhere,
                       fmt::format("With --probe: also send a message that cannot be delivered, to "
                                   "ADDRESS or {}, and wait for its bounce to come in",
                                   kNowhere))
          ->type_name("[ADDRESS]")
          ->expected(0, 1)
          ->needs(probe);
  command->footer(render_examples(
      {"backstop check                exits 0 when nothing is wrong, 1 when something is",
       "backstop check --json         the same for a program; advice does not count as wrong",
       "backstop check --probe --address anna@example.com  does the mail server know our tags?",
       "backstop check --config /tmp/new.toml"}));
  command->callback([options, command, bounce, &chosen] {
    if (bounce->count() > 0 && options->wish.nowhere.empty()) options->wish.nowhere = kNowhere;
    options->config_named = command->count("--config") > 0;
    options->root = std::filesystem::absolute(options->root).lexically_normal().string();
    while (options->root.size() > 1 && options->root.back() == '/')
      options->root.pop_back();
    chosen.run = [options] { return run_check(*options); };
  });
}

}  // namespace backstop::app
