#include "app/why_sentences.h"

#include <fmt/format.h>

#include "core/base/assert.h"

namespace backstop::app {
namespace {

using policy::Facts;
using proof::ProofResult;

std::string say_returned(policy::ReturnedShape shape) {
  switch (shape) {
    case policy::ReturnedShape::None:
      return "It returned nothing of the message it answers.";
    case policy::ReturnedShape::Fragment:
      return "It returned too little of the message it answers to carry a proof.";
    case policy::ReturnedShape::Enough:
      return "It returned enough of the message it answers to carry a proof of ours.";
  }
  BS_ASSERT(false);
}

std::string say_proof(std::string_view what, std::string_view lifetime_word, ProofResult result) {
  switch (result) {
    case ProofResult::Valid:
      return fmt::format("{} is there: it answers mail that we sent.", what);
    case ProofResult::Late:
      return fmt::format("{} is there, past its {}.", what, lifetime_word);
    case ProofResult::Replayed:
      return fmt::format("{} is there, but it came back more often than its message explains.",
                         what);
    case ProofResult::Invalid:
      return fmt::format("{} is there in name only: it is not authentic.", what);
    case ProofResult::Absent:
      return fmt::format("{} is not there.", what);
    case ProofResult::Unavailable:
      return fmt::format("{} could not be asked for, so its absence says nothing.", what);
  }
  BS_ASSERT(false);
}

std::string say_pair(policy::Pair pair) {
  switch (pair) {
    case policy::Pair::Absent:
      return "We are not known to have written to whoever failed or answers.";
    case policy::Pair::Known:
      return "The address had written to whoever failed or answers.";
    case policy::Pair::UsedUp:
      return "The address had written to whoever answers, but that explains only so many answers "
             "a week.";
  }
  BS_ASSERT(false);
}

std::string say_signing(policy::SigningAge age) {
  switch (age) {
    case policy::SigningAge::Signed:
      return "";
    case policy::SigningAge::BeforeSigning:
      return "What it answers is dated before signing began.";
    case policy::SigningAge::InGap:
      return "What it answers passed our server while signing was interrupted.";
    case policy::SigningAge::NeverStarted:
      return "The domain has no signing_since: its mail may have left without a token.";
  }
  BS_ASSERT(false);
}

std::string say_coverage(policy::Coverage coverage) {
  switch (coverage) {
    case policy::Coverage::Unknown:
      return "It is not known whether every path that sends for the address signs.";
    case policy::Coverage::Partly:
      return "Some path that sends for the address does not sign.";
    case policy::Coverage::Covered:
      return "Every path that sends for the address is known to sign.";
  }
  BS_ASSERT(false);
}

std::string say_recipient(policy::RecipientClass recipient) {
  switch (recipient) {
    case policy::RecipientClass::Ordinary:
      return "";
    case policy::RecipientClass::Role:
      return "The recipient is a role address, which is never refused.";
    case policy::RecipientClass::Rewritten:
      return "The recipient was rewritten by a forwarder or list of ours, which checks it itself.";
  }
  BS_ASSERT(false);
}

std::string say_standing(const Facts& facts) {
  switch (facts.standing) {
    case policy::Standing::Stranger:
      return "";
    case policy::Standing::Relay:
      return facts.relay_discards
                 ? "It came through a relay of ours; what is forged is discarded there."
                 : "It came through a relay of ours, which would bounce what we refuse.";
    case policy::Standing::UntaggedValid:
      return "It came from a peer whose answers are ours without a proof.";
    case policy::Standing::NeverJudge:
      return "It came from a peer, or for a pair of addresses, that is let alone.";
  }
  BS_ASSERT(false);
}

std::string say_attack(policy::Attack attack) {
  switch (attack) {
    case policy::Attack::Peace:
      return "";
    case policy::Attack::Fits:
      return "The domain was under attack, and the message fits the run.";
    case policy::Attack::Apart:
      return "The domain was under attack, but the message does not fit the run.";
  }
  BS_ASSERT(false);
}

std::string say_keys(policy::Keys keys) {
  switch (keys) {
    case policy::Keys::None:
      return "There were no keys, so no token could be verified.";
    case policy::Keys::VerifyOnly:
      return "There was no key that signs, so nothing harsh was done.";
    case policy::Keys::Signing:
      return "";
  }
  BS_ASSERT(false);
}

std::string say_mode(policy::Mode mode) {
  switch (mode) {
    case policy::Mode::Off:
      return "The address was off: it is judged, and let alone.";
    case policy::Mode::Observe:
      return "The address was in observe: nothing is refused.";
    case policy::Mode::Enforce:
      return "The address was in enforce.";
  }
  BS_ASSERT(false);
}

}  // namespace

std::vector<std::string> say_facts(const Facts& facts) {
  std::vector<std::string> out;
  const auto add = [&](std::string sentence) {
    if (!sentence.empty()) out.push_back(std::move(sentence));
  };
  add(say_returned(facts.returned));
  add(say_proof("A token of ours", "lifetime", facts.token));
  add(say_proof("A Message-ID that the ledger knows", "time", facts.ledger));
  if (facts.dkim != ProofResult::Absent) {
    add(say_proof("A DKIM signature of ours", "lifetime", facts.dkim));
  }
  if (facts.tag != ProofResult::Absent) {
    add(say_proof("A tag of ours in the recipient", "lifetime", facts.tag));
  }
  add(say_pair(facts.pair));
  if (facts.hint) {
    add("It names a queue id of our own server of about that time, which speaks for us and "
        "proves nothing.");
  }
  if (facts.signature_hint) {
    add("It carries a DKIM signature of ours but none of the tokens that our mail carried then, "
        "which "
        "speaks for us and proves nothing.");
  }
  if (facts.clock_skew) add("The token was issued in our future: some clock is wrong.");
  if (facts.other_addressee) add("The proof was made for another address of ours.");
  add(say_signing(facts.signing));
  add(say_coverage(facts.coverage));
  add(say_recipient(facts.recipient));
  add(say_standing(facts));
  add(say_attack(facts.attack));
  if (facts.over_rate) add("The address had had its share of unproven mail for the hour.");
  if (facts.actions != policy::Actions{}) add("The configuration has actions of its own for it.");
  add(say_keys(facts.keys));
  add(say_mode(facts.mode));
  return out;
}

std::string say_decision(std::string_view decision) {
  const auto parsed = policy::parse_decision(decision);
  if (!parsed) return std::string(decision);
  switch (*parsed) {
    case policy::Decision::Accept:
      return "accept: delivered as it came";
    case policy::Decision::Mark:
      return "mark: delivered, with its verdict in a Backstop-Verdict field";
    case policy::Decision::Quarantine:
      return "quarantine: held back in the mail server's queue";
    case policy::Decision::Discard:
      return "discard: taken from a relay of ours and thrown away";
    case policy::Decision::Refuse:
      return "refuse: refused at the end of the message, so that its sender's server knows";
  }
  BS_ASSERT(false);
}

}  // namespace backstop::app
