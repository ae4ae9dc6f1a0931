#include "app/mode_watch.h"

#include <fmt/format.h>

#include <algorithm>

#include <map>
#include <string>

#include "core/base/escape.h"
#include "edge/mta/postfix.h"

namespace backstop::app {

using ports::LogLevel;

ModeWatch::ModeWatch(InForce& in_force, const DaemonKeys& keys, ports::LogSink& log,
                     ports::Alarms& alarms)
    : in_force_(in_force), keys_(keys), log_(log), alarms_(alarms) {}

config::Config ModeWatch::take(const config::Config& written, Instant now) {
  queue_lifetime_ = mta::queue_lifetime("/");
  ModesInForce found = find(written, now);
  tell(found);
  return std::move(found.config);
}

void ModeWatch::look(Instant now) {
  ModesInForce found = find(in_force_.written(), now);
  if (tell(found)) in_force_.set_modes(std::move(found.config));
}

ModesInForce ModeWatch::find(const config::Config& written, Instant now) const {
  const auto ring = keys_.ring();
  const bool signs = ring != nullptr && ring->emitting() != nullptr;
  std::map<std::string, coverage::DomainView> learnt;
  const auto ask = [&](const config::Domain& domain) {
    EnforceQuestion question{.domain = &domain, .signs = signs, .queue_lifetime = queue_lifetime_};
    if (coverage_ != nullptr) {
      coverage::DomainView& view = learnt[domain.name];
      view = coverage_->view(domain.name);
      question.learnt = &view;
    }
    return question;
  };
  return find_modes_in_force(written, ask, now);
}

bool ModeWatch::tell(const ModesInForce& found) {
  if (found.lapses == lapses_ && found.forced == forced_) return false;
  for (const Lapse& lapse : found.lapses) {
    if (std::ranges::find(lapses_, lapse) != lapses_.end()) continue;
    alarms_.raise(alarm::Alarm::EnforceLapsed,
                  fmt::format("{} is to enforce, and observes from now on: {}; {}",
                              escape_terminal(lapse.subject), escape_terminal(lapse.why.what),
                              escape_terminal(lapse.why.todo)));
  }
  for (const Lapse& before : lapses_) {
    if (std::ranges::find(found.lapses, before.subject, &Lapse::subject) != found.lapses.end())
      continue;
    log_.write(LogLevel::Info,
               fmt::format("{} no longer falls back to observe", escape_terminal(before.subject)));
  }
  if (found.lapses.empty() && !lapses_.empty())
    alarms_.end(alarm::Alarm::EnforceLapsed, "what is to enforce does so again");
  for (const Forced& forced : found.forced) {
    if (std::ranges::find(forced_, forced) != forced_.end()) continue;
    log_.write(LogLevel::Warning,
               fmt::format("{} enforces by force until {}: genuine bounces may be refused",
                           escape_terminal(forced.subject), render_instant(forced.until)));
  }
  lapses_ = found.lapses;
  forced_ = found.forced;
  return true;
}

}  // namespace backstop::app
