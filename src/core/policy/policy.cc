#include "core/policy/policy.h"

#include <algorithm>
#include <array>

#include "core/base/ascii.h"
#include "core/base/assert.h"

namespace backstop::policy {
namespace {

using proof::ProofResult;
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

Judgement judge(Verdict verdict, Decision enforced, std::vector<Reason> reasons) {
  return Judgement{.verdict = verdict,
                   .decision = enforced,
                   .enforced = enforced,
                   .reasons = std::move(reasons),
                   .score = score_of(verdict)};
}

Judgement accept_proved(const Facts& facts) {
  const bool late = facts.token == ProofResult::Late;
  Judgement judgement = judge(late ? Verdict::Late : Verdict::Genuine, Decision::Accept,
                              {late ? Reason::LateToken : Reason::ValidToken});
  if (facts.other_addressee) judgement.reasons.push_back(Reason::OtherAddressee);
  return judgement;
}

// Everything that keeps a missing proof from saying anything; empty when it may speak.
std::vector<Reason> find_obstacles(const Facts& facts) {
  std::vector<Reason> obstacles;
  if (facts.keys == Keys::None) obstacles.push_back(Reason::NoKey);
  if (facts.token == ProofResult::Unavailable) {
    obstacles.push_back(facts.clock_skew ? Reason::ClockSkew : Reason::KeyUnknown);
  }
  if (facts.signing == SigningAge::NeverStarted) obstacles.push_back(Reason::SigningNotStarted);
  if (facts.signing == SigningAge::BeforeSigning) obstacles.push_back(Reason::BeforeSigning);
  if (facts.coverage != Coverage::Covered) obstacles.push_back(Reason::AddressNotCovered);
  return obstacles;
}

Reason name_what_is_missing(const Facts& facts) {
  if (reading::form_of(facts.kind) == KindForm::Answering) return Reason::AnswerWithoutProof;
  return facts.returned == ReturnedShape::None ? Reason::NothingReturned : Reason::FragmentReturned;
}

// The verdict table in enforce mode, in peace: the first row that fits wins.
Judgement judge_enforced(const Facts& facts) {
  const KindForm form = reading::form_of(facts.kind);
  if (form == KindForm::Neither) {
    const bool ordinary = facts.kind == reading::Kind::Ordinary;
    return judge(Verdict::NotBackscatter, Decision::Accept,
                 {ordinary ? Reason::NotAutomatic : Reason::ReportAccepted});
  }
  const bool role = facts.recipient == RecipientClass::Role;
  // Rows 1 and 2: ours.
  if (facts.token == ProofResult::Valid || facts.token == ProofResult::Late) {
    return accept_proved(facts);
  }
  // Row 3: ours, but used up.
  if (facts.token == ProofResult::Replayed) {
    return judge(Verdict::Replayed, role ? Decision::Accept : Decision::Mark,
                 {Reason::TokenUsedUp});
  }
  // Row 5: a proof could not be asked, or its absence says nothing.
  if (std::vector<Reason> obstacles = find_obstacles(facts); !obstacles.empty()) {
    return judge(Verdict::Unproven, Decision::Mark, std::move(obstacles));
  }
  // Row 6: it could have carried a proof, and carries none.
  if (form == KindForm::Returning && facts.returned == ReturnedShape::Enough) {
    Judgement judgement = judge(Verdict::Forged, role ? Decision::Quarantine : Decision::Refuse,
                                {Reason::NoProofOfOrigin});
    if (facts.token == ProofResult::Invalid) judgement.reasons.push_back(Reason::InvalidToken);
    if (role) judgement.reasons.push_back(Reason::RoleAddress);
    return judgement;
  }
  // Row 8: it cannot be told.
  Judgement judgement = judge(Verdict::Unproven, role ? Decision::Accept : Decision::Mark,
                              {name_what_is_missing(facts)});
  if (role) judgement.reasons.push_back(Reason::RoleAddress);
  return judgement;
}

}  // namespace

Judgement decide(const Facts& facts) {
  Judgement judgement = judge_enforced(facts);
  if (facts.mode == Mode::Off) {
    judgement.decision = Decision::Accept;
    return judgement;
  }
  const bool harsh = judgement.enforced > Decision::Mark;
  if (harsh && facts.keys != Keys::Signing) {
    judgement.decision = Decision::Mark;
    judgement.reasons.push_back(Reason::NoKey);
  } else if (harsh && facts.mode == Mode::Observe) {
    judgement.decision = Decision::Mark;
    judgement.reasons.push_back(Reason::ObserveMode);
  }
  return judgement;
}

RecipientClass classify_recipient(std::string_view local_part) {
  // RFC 2142 §2 to §6, RFC 5321 §4.5.1, and the addresses that list servers answer for (§6).
  static constexpr auto kRoles = std::to_array<std::string_view>(
      {"postmaster", "abuse", "mailer-daemon", "hostmaster", "security", "noc", "webmaster"});
  const std::string folded = ascii::lower(local_part);
  const bool role = std::find(kRoles.begin(), kRoles.end(), folded) != kRoles.end();
  const bool list_owner =
      folded.size() > 8 && (folded.ends_with("-request") || folded.ends_with("-owner"));
  const bool owner_list = folded.starts_with("owner-");
  return role || list_owner || owner_list ? RecipientClass::Role : RecipientClass::Ordinary;
}

}  // namespace backstop::policy
