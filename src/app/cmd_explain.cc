// backstop explain: what a reason means and what to do.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "app/command.h"
#include "app/exit_code.h"
#include "core/base/escape.h"
#include "core/policy/reason.h"

namespace backstop::app {
namespace {

struct Options {
  std::string reason;
  bool json = false;
};

void print_reason(policy::Reason reason, bool json) {
  if (json) {
    const nlohmann::json line = {{"v", 1},
                                 {"reason", policy::name_of(reason)},
                                 {"meaning", policy::sentence_of(reason)},
                                 {"advice", policy::advice_of(reason)}};
    fmt::print("{}\n", line.dump());
    return;
  }
  fmt::print("{}\n  {}\n  What to do: {}\n", policy::name_of(reason), policy::sentence_of(reason),
             policy::advice_of(reason));
}

int run_explain(const Options& options) {
  if (options.reason.empty()) {
    for (unsigned i = 0; i < policy::reason_count(); ++i)
      print_reason(static_cast<policy::Reason>(i), options.json);
    return kExitGood;
  }
  const auto reason = policy::parse_reason(options.reason);
  if (!reason) {
    fmt::print(stderr, "backstop: there is no reason '{}'; 'backstop explain' lists them all\n",
               escape_terminal(options.reason));
    return kExitUsage;
  }
  print_reason(*reason, options.json);
  return kExitGood;
}

}  // namespace

void add_explain_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command =
      app.add_subcommand("explain", "Say what a reason in log or header means");
  const auto options = std::make_shared<Options>();
  command->add_option("reason", options->reason,
                      "The identifier, as no-proof-of-origin; all of them without it");
  command->add_flag("--json", options->json, "One JSON object a reason");
  command->footer(
      render_examples({"backstop explain no-proof-of-origin", "backstop explain --json"}));
  command->callback(
      [options, &chosen] { chosen.run = [options] { return run_explain(*options); }; });
}

}  // namespace backstop::app
