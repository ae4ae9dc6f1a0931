#include "core/policy/policy.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/assert.h"
#include "core/proof/missing.h"

namespace backstop::policy {
namespace {

using proof::ProofResult;
using reading::Kind;
using reading::KindForm;

unsigned score_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::NotBackscatter:
    case Verdict::Genuine:
      return 0;
    case Verdict::Late:
      return 10;
    case Verdict::Unproven:
      return 50;
    case Verdict::Replayed:
      return 70;
    case Verdict::Forged:
      return 100;
  }
  BS_ASSERT(false);
}

// One row of the table: what it decides in peace, and in an attack for what fits the run.  What
// does not fit is treated as in peace: an attack alone tightens nothing.
struct Row {
  unsigned number = 0;
  Verdict verdict = Verdict::NotBackscatter;
  Decision peace = Decision::Accept;
  Decision attack = Decision::Accept;
  std::vector<Reason> reasons;
};

bool any(const Facts& facts, ProofResult result) {
  return facts.token == result || facts.ledger == result || facts.dkim == result ||
         facts.tag == result;
}

struct ProofReasons {
  Reason token;
  Reason ledger;
  Reason dkim;
  Reason tag;
};

// The reasons of the proofs that came out so, in the order in which they convince.
std::vector<Reason> name_proofs(const Facts& facts, ProofResult result, const ProofReasons& named) {
  std::vector<Reason> reasons;
  if (facts.token == result) reasons.push_back(named.token);
  if (facts.ledger == result) reasons.push_back(named.ledger);
  if (facts.dkim == result) reasons.push_back(named.dkim);
  if (facts.tag == result) reasons.push_back(named.tag);
  return reasons;
}

// Everything that keeps a missing proof from saying anything; empty when it may speak.
std::vector<Reason> find_obstacles(const Facts& facts) {
  std::vector<Reason> obstacles;
  if (facts.keys == Keys::None) obstacles.push_back(Reason::NoKey);
  if (facts.token == ProofResult::Unavailable) {
    obstacles.push_back(facts.clock_skew ? Reason::ClockSkew : Reason::KeyUnknown);
  }
  if (facts.ledger == ProofResult::Unavailable) obstacles.push_back(Reason::StoreAway);
  if (facts.dkim == ProofResult::Unavailable) obstacles.push_back(Reason::SignatureUnavailable);
  if (facts.tag == ProofResult::Unavailable) obstacles.push_back(Reason::TagUnavailable);
  if (facts.signing == SigningAge::NeverStarted) obstacles.push_back(Reason::SigningNotStarted);
  if (facts.signing == SigningAge::BeforeSigning) obstacles.push_back(Reason::BeforeSigning);
  if (facts.signing == SigningAge::InGap) obstacles.push_back(Reason::InSigningGap);
  if (facts.coverage != Coverage::Covered) obstacles.push_back(Reason::AddressNotCovered);
  return obstacles;
}

// Somebody we wrote to may answer without showing what; unless the answer shows an original that
// would have to carry our token, and does not.
bool stands_by_pair(const Facts& facts) {
  if (facts.pair != Pair::Known) return false;
  if (facts.returned != ReturnedShape::Enough) return true;
  const bool contradicted = facts.coverage == Coverage::Covered &&
                            facts.signing == SigningAge::Signed && is_missing(facts.token);
  return reading::form_of(facts.kind) == KindForm::Answering && !contradicted;
}

Reason name_what_is_missing(const Facts& facts) {
  if (reading::form_of(facts.kind) == KindForm::Answering) return Reason::AnswerWithoutProof;
  return facts.returned == ReturnedShape::None ? Reason::NothingReturned : Reason::FragmentReturned;
}

Row find_proved_row(const Facts& facts) {
  Row row{.number = 1, .verdict = Verdict::Genuine, .reasons = {}};
  row.reasons = name_proofs(
      facts, ProofResult::Valid,
      {Reason::ValidToken, Reason::LedgerEntry, Reason::ValidSignature, Reason::ValidTag});
  if (row.reasons.empty()) {
    row = Row{.number = 2,
              .verdict = Verdict::Late,
              .attack = Decision::Quarantine,
              .reasons = name_proofs(facts, ProofResult::Late,
                                     {Reason::LateToken, Reason::LateLedgerEntry,
                                      Reason::LateSignature, Reason::LateTag})};
  }
  if (facts.other_addressee) row.reasons.push_back(Reason::OtherAddressee);
  return row;
}

// Row 6, 7 or 8: no proof, and nothing that excuses it.
Row find_unproved_row(const Facts& facts) {
  const bool returning = reading::form_of(facts.kind) == KindForm::Returning;
  if (returning && facts.returned == ReturnedShape::Enough) {
    Row row{.number = 6,
            .verdict = Verdict::Forged,
            .peace = Decision::Refuse,
            .attack = Decision::Refuse,
            .reasons = {Reason::NoProofOfOrigin}};
    if (facts.token == ProofResult::Invalid) row.reasons.push_back(Reason::InvalidToken);
    if (facts.tag == ProofResult::Invalid) row.reasons.push_back(Reason::InvalidTag);
    if (!facts.hint && !facts.signature_hint) return row;
    row = Row{.number = 7,
              .verdict = Verdict::Unproven,
              .peace = Decision::Mark,
              .attack = Decision::Refuse,
              .reasons = {}};
    if (facts.hint) row.reasons.push_back(Reason::OwnQueueId);
    if (facts.signature_hint) row.reasons.push_back(Reason::OwnSignature);
    return row;
  }
  const bool held = facts.kind == Kind::Bounce || facts.kind == Kind::Delay || facts.over_rate;
  Row row{.number = 8,
          .verdict = Verdict::Unproven,
          .peace = facts.over_rate ? Decision::Quarantine : Decision::Mark,
          .attack = held ? Decision::Quarantine : Decision::Mark,
          .reasons = {name_what_is_missing(facts)}};
  if (facts.over_rate) row.reasons.push_back(Reason::OverRate);
  if (facts.pair == Pair::UsedUp) row.reasons.push_back(Reason::CorrespondentUsedUp);
  return row;
}

// The verdict table: the first row that fits wins.
Row find_row(const Facts& facts) {
  if (reading::form_of(facts.kind) == KindForm::Neither) {
    const bool ordinary = facts.kind == Kind::Ordinary;
    return Row{.reasons = {ordinary ? Reason::NotAutomatic : Reason::ReportAccepted}};
  }
  if (any(facts, ProofResult::Valid) || any(facts, ProofResult::Late)) {
    return find_proved_row(facts);
  }
  if (facts.standing == Standing::UntaggedValid) {
    return Row{.verdict = Verdict::Genuine, .reasons = {Reason::UntaggedPeer}};
  }
  const bool rewritten = facts.recipient == RecipientClass::Rewritten;
  if (facts.standing == Standing::NeverJudge || rewritten) {
    return Row{.verdict = Verdict::Unproven,
               .reasons = {rewritten ? Reason::RewrittenAddress : Reason::NeverJudged}};
  }
  if (any(facts, ProofResult::Replayed)) {
    return Row{.number = 3,
               .verdict = Verdict::Replayed,
               .peace = Decision::Mark,
               .attack = Decision::Refuse,
               .reasons = name_proofs(facts, ProofResult::Replayed,
                                      {Reason::TokenUsedUp, Reason::MessageUsedUp,
                                       Reason::MessageUsedUp, Reason::MessageUsedUp})};
  }
  if (stands_by_pair(facts)) {
    return Row{.number = 4, .verdict = Verdict::Genuine, .reasons = {Reason::KnownCorrespondent}};
  }
  if (std::vector<Reason> obstacles = find_obstacles(facts); !obstacles.empty()) {
    return Row{.number = 5,
               .verdict = Verdict::Unproven,
               .peace = Decision::Mark,
               .attack = Decision::Quarantine,
               .reasons = std::move(obstacles)};
  }
  return find_unproved_row(facts);
}

// postmaster@ and alike get thousands an hour of what is about others: nothing is refused there,
// and of what cannot be told nothing is even marked.
void spare_roles(const Facts& facts, const Row& row, Judgement& judgement) {
  if (facts.recipient != RecipientClass::Role) return;
  const Decision before = judgement.enforced;
  if (row.number == 3 || row.number == 7 || row.number == 8) {
    judgement.enforced = Decision::Accept;
  } else if (row.number == 6) {
    judgement.enforced = Decision::Quarantine;
  }
  if (judgement.enforced != before) judgement.reasons.push_back(Reason::RoleAddress);
}

std::optional<Decision> find_action(const Facts& facts, Verdict verdict) {
  switch (verdict) {
    case Verdict::Late:
      return facts.actions.late;
    case Verdict::Replayed:
      return facts.actions.replayed;
    case Verdict::Unproven:
      return facts.actions.unproven;
    case Verdict::Forged:
      return facts.actions.forged;
    case Verdict::NotBackscatter:
    case Verdict::Genuine:
      break;
  }
  return std::nullopt;
}

// Every cell can be made milder; only what is replayed or unproven harder.
void apply_action(const Facts& facts, const Row& row, Judgement& judgement) {
  const std::optional<Decision> action = find_action(facts, judgement.verdict);
  if (!action || *action == judgement.enforced) return;
  const bool may_harden = row.number == 3 || row.number == 5 || row.number == 7 || row.number == 8;
  if (*action > judgement.enforced && !may_harden) return;
  judgement.enforced = *action;
  judgement.reasons.push_back(Reason::ConfiguredAction);
}

// A rule is against what is replayed or unproven, at addresses of people.  What a proof could not
// be asked of is held at most: it may be ours.  A valve refuses that too.
void apply_rule(const Facts& facts, const Row& row, Judgement& judgement) {
  const bool may_harden = row.number == 3 || row.number == 5 || row.number == 7 || row.number == 8;
  if (facts.rule == Rule::None || !may_harden || facts.recipient != RecipientClass::Ordinary)
    return;
  const bool closed = facts.rule == Rule::Valve;
  const bool refuses = closed || (facts.rule == Rule::Refuse && row.number != 5);
  const Decision ruled = refuses ? Decision::Refuse : Decision::Quarantine;
  if (ruled <= judgement.enforced) return;
  judgement.enforced = ruled;
  judgement.reasons.push_back(closed ? Reason::EmergencyValve : Reason::TemporaryRule);
}

// What no configuration may bring about: a refusal that a relay of ours would turn into a bounce, a
// refusal at a role address, mail thrown away that came from a stranger.
void keep_from_harm(const Facts& facts, Judgement& judgement) {
  const bool relay = facts.standing == Standing::Relay;
  const bool thrown_away =
      judgement.enforced == Decision::Discard && !(relay && judgement.verdict == Verdict::Forged);
  if (judgement.enforced == Decision::Refuse && relay) {
    const bool discard = facts.relay_discards && judgement.verdict == Verdict::Forged &&
                         facts.recipient != RecipientClass::Role;
    judgement.enforced = discard ? Decision::Discard : Decision::Quarantine;
    judgement.reasons.push_back(Reason::BehindRelay);
  } else if (thrown_away ||
             (judgement.enforced >= Decision::Discard && facts.recipient == RecipientClass::Role)) {
    judgement.enforced = Decision::Quarantine;
  }
}

void soften(const Facts& facts, Judgement& judgement) {
  judgement.decision = judgement.enforced;
  if (facts.mode == Mode::Off) {
    judgement.decision = Decision::Accept;
    return;
  }
  const bool harsh = judgement.enforced > Decision::Mark;
  if (harsh && facts.keys != Keys::Signing) {
    judgement.decision = Decision::Mark;
    judgement.reasons.push_back(Reason::NoKey);
  } else if (harsh && facts.mode == Mode::Observe) {
    judgement.decision = Decision::Mark;
    judgement.reasons.push_back(Reason::ObserveMode);
  }
}

}  // namespace

Judgement decide(const Facts& facts) {
  Row row = find_row(facts);
  const bool fits = facts.attack == Attack::Fits;
  Judgement judgement{.verdict = row.verdict,
                      .decision = Decision::Accept,
                      .enforced = fits ? row.attack : row.peace,
                      .reasons = std::move(row.reasons),
                      .score = score_of(row.verdict),
                      .row = row.number};
  if (fits && row.attack != row.peace) {
    judgement.reasons.push_back(Reason::AttackRun);
  }
  spare_roles(facts, row, judgement);
  apply_action(facts, row, judgement);
  apply_rule(facts, row, judgement);
  keep_from_harm(facts, judgement);
  soften(facts, judgement);
  return judgement;
}

}  // namespace backstop::policy
