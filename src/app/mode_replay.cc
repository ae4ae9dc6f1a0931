#include "app/mode_replay.h"

#include <fmt/format.h>

#include "app/replay_run.h"
#include "app/text_page.h"
#include "core/mail/address.h"

namespace backstop::app {
namespace {

constexpr Days kReplayed{14};

}  // namespace

Result<std::string> say_mode_replay(const config::Config& config, const std::string& subject,
                                    policy::Mode mode, Instant now) {
  config::Config next = config;
  std::string domain = subject;
  if (const std::size_t at = subject.rfind('@'); at != subject.npos) {
    domain = subject.substr(at + 1);
    next.address_modes[subject] = mode;
  } else if (const auto found = next.domains.find(subject); found != next.domains.end()) {
    found->second.mode = mode;
  }
  BS_TRY(store::HistoryScan scan, store::HistoryScan::open(config.store_directory));
  replay::Replay replay(config, next, nullptr);
  BS_TRY(const ReplayResult result,
         run_replay(scan, replay, {.from = now - kReplayed, .to = now + Seconds{1}}));
  const auto counts = result.domains.find(domain);
  if (counts == result.domains.end()) return std::string();
  const auto& now_counts = counts->second.now;
  const auto of = [&](policy::Decision decision) {
    return group_digits(now_counts.at(static_cast<std::size_t>(decision)));
  };
  std::string out = fmt::format(
      "In the last 14 days {} came to {} that Backstop judged; it would have refused {} and held "
      "{}.",
      count_of(counts->second.messages, "message"), domain, of(policy::Decision::Refuse),
      of(policy::Decision::Quarantine));
  if (counts->second.harmful > 0)
    out += fmt::format(" GENUINE MAIL WOULD HAVE BEEN LOST: {}.",
                       count_of(counts->second.harmful, "message"));
  return out + fmt::format(" Which: backstop replay --mode {}={}", subject, policy::name_of(mode));
}

}  // namespace backstop::app
