// Exim: whether what is held stays held.
#include <fmt/format.h>

#include "app/check_parts.h"
#include "edge/mta/exim_held.h"
#include "edge/mta/other_server.h"
#include "edge/mta/postfix.h"

namespace backstop::app {
namespace {

// What is redirected to a mailbox is not frozen, and then none of this matters.
constexpr const char* kUnless = " (unless it is redirected: setup --quarantine-to)";

void check_one(std::string_view name, std::string_view wanted, std::string_view what_happens,
               bool is_right, Findings& findings) {
  if (is_right) {
    findings.good(std::string(name), "Exim leaves alone what is held");
    return;
  }
  findings.wrong(std::string(name),
                 fmt::format("Exim does not leave alone what is held{}", kUnless),
                 std::string(what_happens),
                 fmt::format("write {} = {} into Exim's main section", name, wanted));
}

}  // namespace

void check_exim(const config::Config& config, const std::string& root, Findings& findings) {
  if (mta::find_other_server(root) != mta::OtherServer::Exim || mta::Postfix::find(root)) return;
  const auto exim = mta::EximHeld::find(root);
  if (!exim) return;
  const auto patience = exim->patience();
  if (!patience) {
    findings.advice("exim", patience.error().text(),
                    "it cannot be told whether Exim leaves alone what is held",
                    "see that exim -bV is content");
    return;
  }
  const Days held{config.quarantine_days};
  const auto never = [](const std::optional<Seconds>& time) {
    return !time || *time == Seconds{0};
  };
  check_one("ignore_bounce_errors_after", fmt::format("{}d", config.quarantine_days + 10),
            "what is held and has no sender is delivered after that time",
            !patience->without_sender || *patience->without_sender > held, findings);
  check_one("timeout_frozen_after", "0s",
            "what is held and has a sender is returned to it after that time: backscatter of ours",
            never(patience->with_sender), findings);
  check_one("auto_thaw", "0s", "what is held and has a sender is delivered after that time",
            never(patience->thaw), findings);
}

}  // namespace backstop::app
