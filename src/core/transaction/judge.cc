#include "core/transaction/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/proof/missing.h"
#include "core/transaction/attack_state.h"

namespace backstop::transaction {
namespace {

using policy::Decision;
using policy::Judgement;

std::vector<mail::Address> collect_addressees(const reading::Reading& reading,
                                              const std::vector<Recipient>& recipients) {
  std::vector<mail::Address> out;
  for (const Recipient& recipient : recipients) {
    if (recipient.domain != nullptr) out.push_back(recipient.address);
  }
  for (const auto* address :
       {&reading.returned.return_path, &reading.returned.from, &reading.returned.sender}) {
    if (address->has_value()) out.push_back(**address);
  }
  return out;
}

// A header that goes on for longer than any of ours, with none of our tokens at its top, was never
// ours, even when it was cut: spam swells its header so that bouncers cut it.  A field that only
// looks like a token is anybody's.
bool outgrows_ours(const reading::Returned& returned, proof::ProofResult token,
                   const LedgerFindings* ledger) {
  if (!is_missing(token)) return false;
  if (ledger == nullptr || ledger->largest_header_bytes == 0) return false;
  const std::size_t largest = std::max<std::size_t>(std::size_t{2} * ledger->largest_header_bytes,
                                                    limits::kSwollenHeaderBytes);
  return returned.received_count > 0 && returned.from.has_value() &&
         returned.header_bytes > largest;
}

policy::ReturnedShape shape_of(const reading::Returned& returned, proof::ProofResult token,
                               const LedgerFindings* ledger) {
  if (returned.returned_enough() || outgrows_ours(returned, token, ledger))
    return policy::ReturnedShape::Enough;
  return returned.form == reading::ReturnForm::None ? policy::ReturnedShape::None
                                                    : policy::ReturnedShape::Fragment;
}

// Only a Received line of our own host tells when an original passed here: whoever forges one would
// have to know of the gap.  A Date anybody can write.
bool falls_in_gap(const Case& one, Instant now) {
  if (one.gaps == nullptr || one.gaps->empty()) return false;
  const reading::Returned& returned = one.reading->returned;
  const Seconds lifetime = one.config->lifetime;
  const bool passed_here = std::ranges::any_of(returned.hops, [&](const reading::Hop& hop) {
    return hop.date && is_our_host(*one.config, *one.client, hop.by) &&
           proof::find_gap(*one.gaps, *hop.date, now, lifetime) != nullptr;
  });
  if (passed_here) return true;
  return one.config->relays.strips_received && returned.date &&
         proof::find_gap(*one.gaps, *returned.date, now, lifetime) != nullptr;
}

// What was cut off above its Date still tells when our own host took it in.
bool is_dated_before(const Case& one, Instant since) {
  const reading::Returned& returned = one.reading->returned;
  if (returned.date && *returned.date < since) return true;
  return std::ranges::any_of(returned.hops, [&](const reading::Hop& hop) {
    return hop.date && *hop.date < since && is_our_host(*one.config, *one.client, hop.by);
  });
}

policy::SigningAge age_of(const Case& one, std::optional<Instant> since, bool in_gap, Instant now) {
  if (!since || now < *since) return policy::SigningAge::NeverStarted;
  // Only for one lifetime does an old date excuse a missing token: later it would be a way in.
  const bool young = now < *since + one.config->lifetime;
  if (young && is_dated_before(one, *since)) return policy::SigningAge::BeforeSigning;
  return in_gap ? policy::SigningAge::InGap : policy::SigningAge::Signed;
}

// How mail of one address leaves, as it is in force.
struct Sending {
  policy::Coverage coverage = policy::Coverage::Unknown;
  std::optional<Instant> signing_since;
};

Sending sending_of(const Case& one, const Recipient& recipient) {
  const config::Domain& domain = *recipient.domain;
  return {coverage::coverage_in_force(domain, one.coverage, recipient.address),
          coverage::signing_since_in_force(domain, one.coverage)};
}

policy::Keys keys_of(const proof::KeyRing* ring) {
  if (ring == nullptr) return policy::Keys::None;
  return ring->emitting() == nullptr ? policy::Keys::VerifyOnly : policy::Keys::Signing;
}

// Whether what that address sent at the time of its signature carried a token: then a header of
// ours without one was copied, or lost it at a gateway that ours pass.
bool carried_tokens(const Case& one, const Sending& sending, bool in_gap, Instant now) {
  if (one.ring == nullptr || in_gap || sending.coverage != policy::Coverage::Covered) return false;
  // One that does not say when was not signed longer ago than anybody answers.
  const Instant sent = one.dkim->signed_at.value_or(now - proof::kLedgerFingerprintDays);
  if (!sending.signing_since || sent < *sending.signing_since) return false;
  return one.gaps == nullptr ||
         proof::find_gap(*one.gaps, sent, now, one.config->lifetime) == nullptr;
}

// What the signature says for a recipient of that domain.
void add_signature(const Case& one, const Sending& sending, bool in_gap, Instant now,
                   policy::Facts& facts) {
  if (one.dkim == nullptr) return;
  facts.dkim = one.dkim->used_up ? proof::ProofResult::Replayed : one.dkim->result;
  const bool proves = facts.dkim != proof::ProofResult::Unavailable && !is_missing(facts.dkim);
  if (proves && is_missing(facts.token) && carried_tokens(one, sending, in_gap, now)) {
    facts.dkim = proof::ProofResult::Absent;
    facts.signature_hint = true;
  }
}

// What is the same for every recipient.
policy::Facts find_common_facts(const Case& one) {
  policy::Facts facts;
  facts.kind = one.reading->kind;
  facts.returned = shape_of(one.reading->returned, one.token.result, one.ledger);
  facts.token = one.token.result;
  facts.clock_skew = one.token.clock_skew;
  facts.relay_discards = one.origin == Origin::Relay && one.config->relays.discard_forged;
  facts.keys = keys_of(one.ring);
  bool other_addressee =
      one.token.result != proof::ProofResult::Absent && !one.token.addressee_matches;
  if (one.ledger != nullptr) {
    facts.ledger = one.ledger->ledger;
    facts.hint = one.ledger->hint;
    if (one.ledger->token_used_up) facts.token = proof::ProofResult::Replayed;
    if (one.token.result == proof::ProofResult::Absent && facts.ledger == proof::ProofResult::Valid)
      other_addressee = !one.ledger->same_sender;
  }
  // Another server may have sent it, and what that one knows cannot be asked.
  if (one.config->store_is_partial && facts.ledger == proof::ProofResult::Absent)
    facts.ledger = proof::ProofResult::Unavailable;
  facts.other_addressee = other_addressee;
  return facts;
}

}  // namespace

policy::RecipientClass class_of(const config::Config& config, const mail::Address& address) {
  const policy::RecipientClass by_name = policy::classify_recipient(address.local);
  if (by_name != policy::RecipientClass::Ordinary || config.role_addresses.empty()) return by_name;
  const bool listed = std::ranges::find(config.role_addresses, mail::canonical(address)) !=
                      config.role_addresses.end();
  return listed ? policy::RecipientClass::Role : by_name;
}

proof::TokenCheck check_token(const reading::Reading& reading,
                              const std::vector<Recipient>& recipients,
                              const config::Config& config, const proof::KeyRing* ring,
                              Instant now) {
  if (ring == nullptr) return {};
  // The token that went out as ENVID stands before those of the header, of which there may be many.
  std::vector<std::string> tokens = reading.returned.tokens;
  if (!reading.envelope_id.empty()) tokens.insert(tokens.begin(), reading.envelope_id);
  const proof::TokenCheck check = proof::verify_tokens(
      tokens, collect_addressees(reading, recipients), *ring, now, config.lifetime);
  // Nobody answers after so long: what comes then was taken from an archive.
  const Seconds most = std::max<Seconds>(proof::kLedgerFingerprintDays, config.lifetime);
  const bool archived = check.result == proof::ProofResult::Late && now > check.issued + most;
  return archived ? proof::TokenCheck{} : check;
}

Judgement combine(const std::vector<Judgement>& judgements) {
  BS_ASSERT(!judgements.empty());
  const auto hardness = [](const Judgement& j) { return std::pair(j.score, j.decision); };
  Judgement out = *std::ranges::max_element(judgements, {}, hardness);
  out.decision = std::ranges::min_element(judgements, {}, &Judgement::decision)->decision;
  return out;
}

policy::Rule rule_of(watch::RuleAction action) {
  switch (action) {
    case watch::RuleAction::Quarantine:
      return policy::Rule::Quarantine;
    case watch::RuleAction::Refuse:
      return policy::Rule::Refuse;
    case watch::RuleAction::Valve:
      break;
  }
  return policy::Rule::Valve;
}

namespace {

// A valve closes the domain to the null sender; a rule by address stops where the address is in
// use.
const watch::Rule* find_rule(const Case& one, const Recipient& recipient, Instant now) {
  if (one.rules == nullptr || one.origin != Origin::Stranger) return nullptr;
  if (one.sender.envelope->is_null()) {
    const std::string domain = mail::canonical_domain(recipient.address.domain);
    if (const watch::Rule* const valve = one.rules->find_valve(domain, now)) return valve;
  }
  const bool is_in_use = one.senders != nullptr && one.senders->sends(recipient.address, now);
  return one.rules->find_fitting(recipient.address,
                                 watch::find_fingerprint(*one.reading, recipient.address),
                                 one.reading->kind, is_in_use, now);
}

}  // namespace

MessageJudgement judge_message(const Case& one, Instant now) {
  MessageJudgement out;
  std::vector<Judgement> judgements;
  const policy::Facts common = find_common_facts(one);
  const bool in_gap = falls_in_gap(one, now);
  bool somebody_else = false;
  std::size_t addressee = 0;
  for (const Recipient& recipient : *one.recipients) {
    if (recipient.domain == nullptr) {
      somebody_else = true;
      // So that the same follows from the facts alone.
      out.facts.push_back({.mode = policy::Mode::Off});
      out.rules.push_back(0);
      continue;
    }
    policy::Facts facts = common;
    const Sending sending = sending_of(one, recipient);
    facts.signing = age_of(one, sending.signing_since, in_gap, now);
    facts.coverage = sending.coverage;
    add_signature(one, sending, in_gap, now, facts);
    facts.recipient = class_of(*one.config, recipient.address);
    facts.standing = find_standing(*one.config, one.origin, one.sender, recipient.address);
    facts.actions = one.config->actions_of(recipient.address, one.reading->kind);
    facts.mode = recipient.mode;
    facts.tag = recipient.tag;
    facts.over_rate = recipient.over_rate;
    const watch::Rule* const rule = find_rule(one, recipient, now);
    if (rule != nullptr) facts.rule = rule_of(rule->action);
    out.rules.push_back(rule == nullptr ? 0 : rule->number);
    facts.attack = one.attacks == nullptr
                       ? one.attack
                       : find_attack(*one.attacks, *one.reading, recipient.address, *one.client);
    const bool has_pair = one.ledger != nullptr && addressee < one.ledger->pairs.size();
    if (has_pair) facts.pair = one.ledger->pairs[addressee];
    judgements.push_back(policy::decide(facts));
    if (has_pair && judgements.back().row == 4)
      out.uses.push_back(one.ledger->pair_uses[addressee]);
    ++addressee;
    out.facts.push_back(facts);
  }
  out.judgement = combine(judgements);
  if (somebody_else) out.judgement.decision = Decision::Accept;
  if (out.judgement.row == 1 && one.ledger != nullptr && !one.ledger->proof_uses.counters.empty())
    out.uses.push_back(one.ledger->proof_uses);
  const bool signature_proved = std::ranges::any_of(out.facts, [](const policy::Facts& facts) {
    return facts.dkim == proof::ProofResult::Valid;
  });
  if (signature_proved && !one.dkim->uses.counters.empty()) out.uses.push_back(one.dkim->uses);
  return out;
}

std::string render_results(std::string_view authserv_id, const Judgement& judgement,
                           reading::Kind kind) {
  std::string_view result = "none";
  if (judgement.verdict == policy::Verdict::Genuine) result = "pass";
  if (judgement.verdict == policy::Verdict::Forged ||
      judgement.verdict == policy::Verdict::Replayed)
    result = "fail";
  // RFC 2045's tspecials make a quoted text of it; the configuration allows no quote in it.
  const bool is_plain = authserv_id.find_first_of("/[]?=:,<>@\\") == authserv_id.npos;
  const std::string_view quote = is_plain ? "" : "\"";
  return fmt::format("{}{}{}; x-backstop={} reason=\"{}\" policy.verdict={} policy.kind={}", quote,
                     authserv_id, quote, result, policy::name_of(judgement.reasons.front()),
                     policy::name_of(judgement.verdict), reading::name_of(kind));
}

std::string render_verdict(const Judgement& judgement, reading::Kind kind) {
  std::string value =
      fmt::format("{}; score={}; kind={}; reason=", policy::name_of(judgement.verdict),
                  judgement.score, reading::name_of(kind));
  for (std::size_t i = 0; i < judgement.reasons.size(); ++i) {
    value += i == 0 ? "" : ",";
    value += policy::name_of(judgement.reasons[i]);
  }
  return value;
}

}  // namespace backstop::transaction
