#include "app/mode_card.h"

#include <fmt/format.h>

namespace backstop::app {
namespace {

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

}  // namespace backstop::app
