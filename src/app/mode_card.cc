#include "app/mode_card.h"

#include <fmt/format.h>

namespace backstop::app {
namespace {

// Mail that left the day before signing began may still be answered so much later: what a queue
// keeps it for, and a margin for the other side's answer.
constexpr Days kWarmUpMargin{6};

policy::Facts facts_of(policy::Mode mode, proof::ProofResult token,
                       policy::ReturnedShape returned) {
  policy::Facts facts;
  facts.kind = reading::Kind::Bounce;
  facts.returned = returned;
  facts.token = token;
  facts.coverage = policy::Coverage::Covered;
  facts.keys = policy::Keys::Signing;
  facts.mode = mode;
  return facts;
}

std::string words_of(policy::Decision decision) {
  switch (decision) {
    case policy::Decision::Accept:
      return "delivered";
    case policy::Decision::Mark:
      return "delivered with a Backstop-Verdict header";
    case policy::Decision::Quarantine:
      return "held for you to look at";
    case policy::Decision::Discard:
      return "thrown away";
    case policy::Decision::Refuse:
      break;
  }
  return "refused with 550 at end of message";
}

Consequence decide(std::string name, std::string what, const policy::Facts& facts) {
  const policy::Decision decision = policy::decide(facts).decision;
  std::string then =
      facts.mode == policy::Mode::Off ? "delivered, not looked at" : words_of(decision);
  return {std::move(name), std::move(what), decision, std::move(then)};
}

}  // namespace

std::vector<Consequence> consequences_of(policy::Mode mode) {
  using policy::ReturnedShape;
  using proof::ProofResult;
  policy::Facts at_role = facts_of(mode, ProofResult::Absent, ReturnedShape::Enough);
  at_role.recipient = policy::RecipientClass::Role;
  return {decide("forged", "it returns mail that we never sent",
                 facts_of(mode, ProofResult::Absent, ReturnedShape::Enough)),
          decide("unproven", "it returns too little to tell",
                 facts_of(mode, ProofResult::Absent, ReturnedShape::None)),
          decide("genuine", "it proves that it answers mail of ours",
                 facts_of(mode, ProofResult::Valid, ReturnedShape::Enough)),
          decide("role", "forged, to postmaster@, abuse@ and the like", at_role)};
}

std::optional<Instant> enforceable_from(const config::Domain& domain, Seconds queue_lifetime) {
  if (!domain.signing_since) return std::nullopt;
  return *domain.signing_since + queue_lifetime + kWarmUpMargin;
}

std::vector<Unmet> unmet_for_enforce(const config::Domain* domain, bool signs,
                                     Seconds queue_lifetime, Instant now) {
  std::vector<Unmet> out;
  if (domain == nullptr) {
    out.push_back({"domain", "the configuration does not guard this domain yet",
                   "set it to observe first, and let it learn"});
    return out;
  }
  if (!signs) {
    out.push_back({"key", "no key signs, so nothing we send can be recognised",
                   "make one: backstop keys add --new-ring; or rotate, where there is a ring"});
  }
  const auto from = enforceable_from(*domain, queue_lifetime);
  if (!from) {
    out.push_back({"signing_since", "nothing says since when every message of the domain is signed",
                   fmt::format("once all that sends for it passes Backstop, write that moment into "
                               "[domains.\"{}\"], as signing_since = {}",
                               domain->name, render_instant(now))});
  } else if (now < *from) {
    out.push_back({"signing_since",
                   fmt::format("signing began {}, and mail from before it may be answered for "
                               "another while (queue {} and {})",
                               render_instant(*domain->signing_since),
                               render_duration(queue_lifetime), render_duration(kWarmUpMargin)),
                   fmt::format("come back {}", render_instant(*from))});
  }
  if (domain->coverage != policy::Coverage::Covered) {
    out.push_back(
        {"coverage",
         fmt::format("coverage is {}: newsletters, web forms, phones or other servers may send "
                     "unsigned, and their bounces would be refused",
                     policy::name_of(domain->coverage)),
         fmt::format("when all of them send through here, write coverage = \"covered\" into "
                     "[domains.\"{}\"]",
                     domain->name)});
  }
  return out;
}

}  // namespace backstop::app
