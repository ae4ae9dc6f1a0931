#include "app/modes_in_force.h"

#include <algorithm>
#include <utility>

#include "core/mail/address.h"

namespace backstop::app {
namespace {

using policy::Mode;

// The first condition for want of which a domain that enforces falls back; nothing when none is.
std::optional<Unmet> find_lapse(const EnforceQuestion& question, Instant now) {
  std::vector<Unmet> unmet = unmet_for_enforce(question, now);
  const auto found = std::ranges::find_if(unmet, &Unmet::lapses);
  if (found == unmet.end()) return std::nullopt;
  return std::move(*found);
}

class Finder {
 public:
  Finder(const config::Config& written, const AskConditions& ask, Instant now)
      : written_(written), ask_(ask), now_(now) {
    out_.config = written;
  }

  ModesInForce find() {
    for (auto& [name, domain] : out_.config.domains) {
      const bool forced = lower(name, written_.domains.at(name), domain.mode);
      if (!forced) domain.forced_until.reset();
    }
    for (auto& [address, mode] : out_.config.address_modes)
      lower_address(address, mode);
    return std::move(out_);
  }

 private:
  // True when it is in force only because it is forced.
  bool lower(const std::string& subject, const config::Domain& domain, Mode& mode) {
    if (mode != Mode::Enforce) return false;
    auto lapse = find_lapse(ask_(domain), now_);
    if (!lapse) return false;
    const bool forced = domain.mode == Mode::Enforce && domain.forced_until.has_value();
    if (forced && now_ < *domain.forced_until) {
      out_.forced.push_back({subject, *domain.forced_until});
      return true;
    }
    mode = Mode::Observe;
    out_.lapses.push_back({subject, *std::move(lapse)});
    return false;
  }

  void lower_address(const std::string& address, Mode& mode) {
    const auto at = address.rfind('@');
    const std::string_view name = std::string_view(address).substr(at + 1);
    const auto domain = written_.domains.find(mail::canonical_domain(name));
    if (domain == written_.domains.end()) return;
    lower(address, domain->second, mode);
  }

  const config::Config& written_;
  const AskConditions& ask_;
  const Instant now_;
  ModesInForce out_;
};

}  // namespace

ModesInForce find_modes_in_force(const config::Config& written, const AskConditions& ask,
                                 Instant now) {
  return Finder(written, ask, now).find();
}

}  // namespace backstop::app
