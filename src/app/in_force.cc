#include "app/in_force.h"

#include <utility>

namespace backstop::app {

InForce::InForce(config::Config config, std::shared_ptr<const proof::DkimKeys> dkim,
                 const DaemonKeys& keys, const ports::Clock& clock)
    : written_(config),
      configured_(make_configured(std::move(config), std::move(dkim))),
      keys_(keys),
      clock_(clock) {}

transaction::Surroundings InForce::current() const {
  const auto configured = configured_.load();
  transaction::Surroundings out{.config = configured->config, .ring = keys_.ring()};
  out.dkim = configured->dkim;
  if (attacks_ != nullptr) out.attacks = attacks_->list();
  if (memory_ == nullptr) return out;
  out.hasher = hasher_of(out.ring);
  out.gaps = memory_->gaps();
  out.tag_exempt = memory_->tag_exempt();
  if (coverage_ != nullptr) out.coverage = coverage_->list();
  if (containment_ != nullptr) {
    out.rules = containment_->rules();
    out.senders = containment_->senders();
  }
  out.observes_only = memory_->observes_only(clock_.now(), out.config->lifetime);
  return out;
}

void InForce::swap(config::Config written, config::Config in_force,
                   std::shared_ptr<const proof::DkimKeys> dkim) {
  written_ = std::move(written);
  configured_.store(make_configured(std::move(in_force), std::move(dkim)));
}

void InForce::set_modes(config::Config in_force) {
  configured_.store(make_configured(std::move(in_force), configured_.load()->dkim));
}

std::shared_ptr<const InForce::Configured> InForce::make_configured(
    config::Config config, std::shared_ptr<const proof::DkimKeys> dkim) {
  return std::make_shared<const Configured>(
      Configured{std::make_shared<const config::Config>(std::move(config)), std::move(dkim)});
}

// Made anew when the ring changes, a few times a year.
std::shared_ptr<const proof::SentHasher> InForce::hasher_of(
    const std::shared_ptr<const proof::KeyRing>& ring) const {
  if (ring == nullptr) return nullptr;
  if (const auto made = hashing_.load(); made != nullptr && made->ring == ring) return made->hasher;
  auto made = std::make_shared<const Hashing>(
      Hashing{ring, std::make_shared<const proof::SentHasher>(ring->ring_secret())});
  hashing_.store(made);
  return made->hasher;
}

}  // namespace backstop::app
