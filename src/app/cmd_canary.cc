// backstop canary: a genuine and a forged bounce of our own through the real mail server, now.
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "app/basis.h"
#include "app/canary_listener.h"
#include "app/canary_run.h"
#include "app/canary_state.h"
#include "app/command.h"
#include "app/enforce_outlook.h"
#include "app/exit_code.h"
#include "app/text_page.h"
#include "core/base/escape.h"
#include "core/policy/reason.h"
#include "edge/os/clock.h"
#include "edge/os/entropy.h"
#include "edge/os/key_store_permits.h"
#include "edge/store/history_reader.h"

namespace backstop::app {
namespace {

struct Options {
  Settings settings;
  std::string root = "/";
  bool json = false;
};

// How long the history is asked again for a row: it is written in groups.
constexpr std::chrono::milliseconds kRowWait{3000};
// And after one did not come: the next is hardly there.
constexpr std::chrono::milliseconds kRowWaitAgain{500};
constexpr std::chrono::milliseconds kRowLook{50};
constexpr std::size_t kRowsMax = 4;

// What the history says of the message; an error where it cannot be asked.  `wait`: for its row.
Result<std::optional<CanaryVerdict>> find_in_history(const config::Config& config,
                                                     const proof::SentHasher& hasher,
                                                     const std::string& message_id,
                                                     std::chrono::milliseconds wait) {
  if (config.store_directory.empty())
    return fail(Errc::NotFound, "store.directory", "is empty, so nothing is remembered");
  const auto until = std::chrono::steady_clock::now() + wait;
  const proof::SentKey key = hasher.message(message_id);
  for (;;) {
    BS_TRY(store::HistoryReader reader, store::HistoryReader::open(config.store_directory));
    BS_TRY(const auto rows, reader.find_message(key, kRowsMax));
    for (const transaction::HistoryRow& row : rows) {
      if (row.message_id != key || row.verdict.empty()) continue;
      CanaryVerdict out{.reason = row.reasons.substr(0, row.reasons.find(','))};
      const auto judged = transaction::recompute(row);
      const auto facts = policy::parse_facts(row.facts.substr(0, row.facts.find('|')));
      if (!judged || !facts)
        return fail(Errc::Unsupported, "", "the daemon is of another version than this command");
      out.verdict = judged->verdict;
      out.decision = judged->decision;
      out.token = facts->token;
      out.is_canary = row.direction == transaction::Direction::Canary;
      return std::optional(out);
    }
    if (std::chrono::steady_clock::now() >= until) return std::optional<CanaryVerdict>();
    std::this_thread::sleep_for(kRowLook);
  }
}

Result<CanaryReport> send_canary(const config::Config& config, const std::string& root) {
  if (!config.canary.is_on())
    return fail(Errc::NotFound, "canary.listener",
                "is none, so there is no canary; take it out, then run: backstop setup --apply");
  if (!find_canary_recipient(config))
    return fail(Errc::NotFound, "canary.recipient",
                "is no address of a guarded domain; begin with: backstop mode example.com observe");
  os::KernelEntropy entropy;
  BS_TRY(const auto permits,
         os::KeyStorePermits::open(os::KeyStore(config.keys_directory), entropy));
  if (permits->ring()->emitting() == nullptr)
    return fail(Errc::NotFound, config.keys_directory,
                "holds no key that signs; make one with: backstop keys rotate");
  const proof::SentHasher hasher(permits->ring()->ring_secret());
  const Instant now = os::SystemClock().now();
  const EnforceOutlook outlook(config);
  const ModesInForce in_force = outlook.modes(config, now);
  std::chrono::milliseconds wait = kRowWait;
  const CanaryWorld world{.config = in_force.config,
                          .ring = permits->ring(),
                          .coverage = outlook.list(),
                          .permits = *permits,
                          .entropy = entropy,
                          .find_verdict =
                              [&](const std::string& message_id) {
                                auto found = find_in_history(config, hasher, message_id, wait);
                                if (found && !*found) wait = kRowWaitAgain;
                                return found;
                              },
                          .find_drift = [&root] { return find_listener_drift(root); }};
  return run_canary(world, now);
}

void print_json(const CanaryReport& report) {
  nlohmann::json line = {{"v", 1},
                         {"outcome", name_of(report.outcome())},
                         {"at", render_instant(report.at)},
                         {"recipient", report.recipient.text()},
                         {"steps", nlohmann::json::array()}};
  for (const CanaryStep& step : report.steps) {
    line["steps"].push_back(
        {{"twin", step.twin ? nlohmann::json(name_of(*step.twin)) : nlohmann::json()},
         {"outcome", name_of(step.outcome)},
         {"asked", step.asked},
         {"answered", step.answered},
         {"expected", step.expected},
         {"cause", step.cause},
         {"todo", step.todo}});
  }
  fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_text(const CanaryReport& report) {
  TextPage page = TextPage::for_stdout();
  for (const CanaryStep& step : report.steps) {
    const bool passed = step.outcome == CanaryOutcome::Passed;
    page.title(fmt::format("{:<9} {}{}", name_of(step.outcome),
                           step.twin ? fmt::format("{}: ", name_of(*step.twin)) : "", step.asked),
               passed                                     ? Tone::Good
               : step.outcome == CanaryOutcome::Unreached ? Tone::Warning
                                                          : Tone::Bad);
    page.line("answered", step.answered);
    page.line("expected", step.expected);
    if (passed) continue;
    page.line("likely", step.cause);
    page.line("to do", step.todo);
  }
  fmt::print("{}", page.take());
  if (report.outcome() == CanaryOutcome::Passed)
    fmt::print("\nBoth bounces to {} got the right answer.\n",
               escape_terminal(report.recipient.text()));
}

int run(const Options& options) {
  const auto config = load_config(options.settings);
  if (!config) return report_error(config.error(), kExitBadConfig);
  const auto report = send_canary(*config, options.root);
  if (!report) return report_error(report.error(), kExitBadConfig);
  if (options.json) {
    print_json(*report);
  } else {
    print_text(*report);
  }
  return report->outcome() == CanaryOutcome::Passed ? kExitGood : kExitFound;
}

}  // namespace

void add_canary_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command = app.add_subcommand(
      "canary", "Send a genuine and a forged bounce of our own through the mail server, now");
  const auto options = std::make_shared<Options>();
  declare_settings(*command, options->settings);
  command->add_flag("--json", options->json, "One JSON object");
  command
      ->add_option("--root", options->root,
                   "The mail server's configuration lives below this directory; its commands run "
                   "chrooted there")
      ->check(CLI::ExistingDirectory)
      ->type_name("DIR");
  command->footer(render_examples(
      {"backstop canary          what was asked, answered and expected; exits 0 when all is right",
       "backstop canary --json   the same for a program; exits 1 when anything is wrong"}));
  command->callback([options, &chosen] { chosen.run = [options] { return run(*options); }; });
}

}  // namespace backstop::app
