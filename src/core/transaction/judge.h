// From a reading, the recipients, the keys and what the ledger said to one judgement for the
// message.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/config/config.h"
#include "core/coverage/domain_view.h"
#include "core/mail/address.h"
#include "core/policy/policy.h"
#include "core/proof/signing_gap.h"
#include "core/proof/token.h"
#include "core/reading/reading.h"
#include "core/transaction/ledger_question.h"
#include "core/transaction/origin.h"
#include "core/watch/attack_list.h"
#include "core/watch/rule.h"
#include "core/watch/sender_book.h"

namespace backstop::transaction {

struct Recipient {
  mail::Address address;                   // Without an authentic tag.
  const config::Domain* domain = nullptr;  // Null when it is not judged: not of a guarded domain.
  policy::Mode mode = policy::Mode::Off;
  proof::ProofResult tag = proof::ProofResult::Absent;
  bool over_rate = false;
};

// All of one answer that is known besides its reading.  Pointers are never null where
// it does not say so.
struct Case {
  const reading::Reading* reading = nullptr;
  const std::vector<Recipient>* recipients = nullptr;
  const config::Config* config = nullptr;
  const Client* client = nullptr;
  Sender sender;
  Origin origin = Origin::Stranger;
  const proof::KeyRing* ring = nullptr;  // Null without keys.
  proof::TokenCheck token;
  // Null when there is no ledger.  Its lists are in the order of the recipients that have a domain.
  const LedgerFindings* ledger = nullptr;
  // Null when it was not asked.
  const DkimFindings* dkim = nullptr;
  const std::vector<proof::SigningGap>* gaps = nullptr;  // Null when there are none.
  const coverage::CoverageList* coverage = nullptr;      // Null when nothing is learnt.
  const watch::AttackList* attacks = nullptr;  // Null where nobody watches: then it is `attack`.
  policy::Attack attack = policy::Attack::Peace;
  const watch::RuleBook* rules = nullptr;      // Null when there are none.
  const watch::SenderBook* senders = nullptr;  // Null where it is not known who of us sends.
};

struct MessageJudgement {
  // Verdict and reasons of the recipient judged hardest; `decision` is the mildest of all, which is
  // what can be answered for the message as a whole.
  policy::Judgement judgement;
  // Of each recipient, in their order; of one that is not judged nothing but that.
  std::vector<policy::Facts> facts;
  std::vector<proof::Uses> uses;  // To be counted, since a proof decided.
  // Of each recipient, the temporary rule that fits (watch::Rule::number); 0: none.
  std::vector<unsigned> rules;
};

// What kind of recipient it is: by its local part, or because the configuration lists it.
policy::RecipientClass class_of(const config::Config& config, const mail::Address& address);

// The token proof of an answer: in the returned header, or as the ENVID that its report names.  One
// that is late by more than proof::kLedgerFingerprintDays proves nothing any more.
proof::TokenCheck check_token(const reading::Reading& reading,
                              const std::vector<Recipient>& recipients,
                              const config::Config& config, const proof::KeyRing* ring,
                              Instant now);

// What a rule says in the facts of a message that it fits.
policy::Rule rule_of(watch::RuleAction action);

// REQUIRES: at least one recipient with a domain.  Any thread.
MessageJudgement judge_message(const Case& one, Instant now);

// The facts of one message as a whole: hardest verdict, mildest decision.  REQUIRES: not empty.
policy::Judgement combine(const std::vector<policy::Judgement>& judgements);

// "mx.example.com; x-backstop=pass reason=\"valid-token\" policy.verdict=genuine
// policy.kind=bounce": the value of an Authentication-Results field (RFC 8601 §2.2).  pass: it
// answers mail of ours; fail: it does not, or repeats what did; none: cannot be told, or no more.
std::string render_results(std::string_view authserv_id, const policy::Judgement& judgement,
                           reading::Kind kind);

// "forged; score=100; kind=bounce; reason=no-proof-of-origin": the value of Backstop-Verdict.
std::string render_verdict(const policy::Judgement& judgement, reading::Kind kind);

}  // namespace backstop::transaction
