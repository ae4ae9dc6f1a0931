#include <algorithm>

#include "app/canary_run.h"
#include "core/proof/canary_pass.h"
#include "core/transaction/judge.h"

namespace backstop::app {

std::string_view name_of(CanaryOutcome outcome) {
  switch (outcome) {
    case CanaryOutcome::Passed:
      return "passed";
    case CanaryOutcome::Unreached:
      return "unreached";
    case CanaryOutcome::Wrong:
      break;
  }
  return "wrong";
}

std::string_view name_of(CanaryTwin twin) {
  switch (twin) {
    case CanaryTwin::Genuine:
      return "genuine";
    case CanaryTwin::Forged:
      return "forged";
    case CanaryTwin::Tag:
      break;
  }
  return "tag";
}

CanaryOutcome CanaryReport::outcome() const {
  if (steps.empty()) return CanaryOutcome::Unreached;
  return std::ranges::max_element(steps, {}, &CanaryStep::outcome)->outcome;
}

const CanaryStep* CanaryReport::first_wrong() const {
  const auto found = std::ranges::find(steps, outcome(), &CanaryStep::outcome);
  return outcome() == CanaryOutcome::Passed ? nullptr : &*found;
}

bool CanaryReport::has_entered() const {
  return std::ranges::any_of(steps, [](const CanaryStep& step) {
    return step.twin.has_value() || step.outcome == CanaryOutcome::Passed;
  });
}

std::optional<mail::Address> find_canary_recipient(const config::Config& config) {
  if (!config.canary.recipient.empty()) {
    const auto named = mail::parse_path(config.canary.recipient);
    const bool guarded =
        named && config.find_domain(mail::canonical_domain(named->domain)) != nullptr;
    return guarded ? std::optional(*named) : std::nullopt;
  }
  const config::Domain* best = nullptr;
  for (const auto& [name, domain] : config.domains) {
    if (domain.mode == policy::Mode::Off || !domain.sends_mail) continue;
    if (best == nullptr || domain.mode > best->mode) best = &domain;
  }
  if (best == nullptr) return std::nullopt;
  return mail::Address{.local = std::string(proof::kCanaryLocal), .domain = best->name};
}

policy::Judgement expect_forged(const CanaryWorld& world, const mail::Address& recipient,
                                Instant now) {
  const config::Config& config = world.config;
  const config::Domain& domain = *config.find_domain(mail::canonical_domain(recipient.domain));
  policy::Facts facts;
  facts.kind = reading::Kind::Bounce;
  facts.returned = policy::ReturnedShape::Enough;
  if (config.store_is_partial) facts.ledger = proof::ProofResult::Unavailable;
  const auto since = coverage::signing_since_in_force(domain, world.coverage.get());
  facts.signing =
      since && *since <= now ? policy::SigningAge::Signed : policy::SigningAge::NeverStarted;
  facts.coverage = coverage::coverage_in_force(domain, world.coverage.get(), recipient);
  facts.recipient = transaction::class_of(config, recipient);
  facts.actions = config.actions_of(recipient, reading::Kind::Bounce);
  // Where it is off nothing is judged, which is what the canary is to find.
  facts.mode = std::max(config.mode_of(recipient), policy::Mode::Observe);
  if (world.observes_only) facts.mode = policy::Mode::Observe;
  return policy::decide(facts);
}

}  // namespace backstop::app
