#include "core/policy/policy.h"

#include <gtest/gtest.h>

#include "core/policy/every_fact_test.h"

namespace backstop::policy {
namespace {

using proof::ProofResult;
using reading::form_of;
using reading::Kind;
using reading::KindForm;

bool any(const Facts& f, ProofResult result) {
  return f.token == result || f.ledger == result || f.dkim == result || f.tag == result;
}

// Facts of a forged bounce, for the tests of single rules.
Facts forged_facts() {
  return Facts{.kind = Kind::Bounce,
               .returned = ReturnedShape::Enough,
               .coverage = Coverage::Covered,
               .mode = Mode::Enforce};
}

// What holds of every cell of the table.  In one pass: there are nine million.
TEST(Policy, EveryCellKeepsTheRules) {
  unsigned long forged = 0;
  unsigned long wrong = 0;
  std::string first_wrong;
  const auto check = [&](bool held, const char* rule, const Facts& f) {
    if (held) return;
    if (wrong++ == 0) first_wrong = std::string(rule) + ": " + render_facts(f);
  };
  visit_facts([&](const Facts& f) {
    const Judgement j = decide(f);
    const KindForm form = form_of(f.kind);
    check(!j.reasons.empty(), "every judgement names a reason", f);
    if (form == KindForm::Neither) {
      check(j.verdict == Verdict::NotBackscatter && j.decision == Decision::Accept,
            "what is no answer is accepted", f);
      return;
    }
    if (any(f, ProofResult::Valid)) {
      check(j.verdict == Verdict::Genuine && j.decision == Decision::Accept,
            "any valid proof makes it genuine, whatever else is known", f);
    } else if (any(f, ProofResult::Late)) {
      check(j.verdict == Verdict::Late, "a late proof is late", f);
      check(f.attack == Attack::Fits || j.decision == Decision::Accept, "late is accepted", f);
    }
    const bool nothing_excuses =
        f.coverage == Coverage::Covered && f.signing == SigningAge::Signed && !f.hint;
    const bool all_missing = !any(f, ProofResult::Valid) && !any(f, ProofResult::Late) &&
                             !any(f, ProofResult::Replayed) && !any(f, ProofResult::Unavailable);
    const bool judged = f.recipient != RecipientClass::Rewritten &&
                        (f.standing == Standing::Stranger || f.standing == Standing::Relay);
    const bool may_be_forged = form == KindForm::Returning && f.returned == ReturnedShape::Enough &&
                               all_missing && nothing_excuses && judged;
    check((j.verdict == Verdict::Forged) == may_be_forged,
          "forged is exactly what could have carried a proof and carries none", f);
    forged += may_be_forged ? 1 : 0;
    if (j.decision == Decision::Refuse) {
      check(f.recipient == RecipientClass::Ordinary, "nothing is refused at a role address", f);
      check(f.standing == Standing::Stranger, "nothing is refused from a relay or a peer", f);
      check(j.verdict == Verdict::Forged || f.attack == Attack::Fits,
            "in peace only forged is refused", f);
    }
    if (j.decision == Decision::Discard) {
      check(f.standing == Standing::Relay && f.relay_discards && j.verdict == Verdict::Forged,
            "only forged from a relay is thrown away, where that is configured", f);
    }
    if (f.attack == Attack::Apart) {
      Facts peace = f;
      peace.attack = Attack::Peace;
      const Judgement p = decide(peace);
      check(p.decision == j.decision && p.verdict == j.verdict && p.reasons == j.reasons,
            "an attack tightens nothing for what does not fit its run", f);
    }
  });
  EXPECT_EQ(wrong, 0U) << first_wrong;
  EXPECT_GT(forged, 0U);
}

TEST(Policy, OutsideOfEnforceAndWithoutASigningKeyNothingIsHeldOrRefused) {
  unsigned long wrong = 0;
  for (const Kind kind : {Kind::Bounce, Kind::VirusNotice, Kind::AutoReply, Kind::Ordinary}) {
    visit_facts(kind, [&](const Facts& enforced) {
      if (enforced.over_rate || enforced.hint) return;
      for (const Mode mode : kAllModes)
        for (const Keys keys : kAllKeys) {
          if (mode == Mode::Enforce && keys == Keys::Signing) continue;
          Facts f = enforced;
          f.mode = mode;
          f.keys = keys;
          if (decide(f).decision > Decision::Mark) ++wrong;
        }
    });
  }
  EXPECT_EQ(wrong, 0U);
}

TEST(Policy, KindsAreJudgedByTheirFormButThatBouncesAndDelaysAreHeldInAnAttack) {
  for (unsigned i = 0; i < reading::kKindCount; ++i) {
    const Kind kind = static_cast<Kind>(i);
    const KindForm form = form_of(kind);
    if (form == KindForm::Neither) continue;
    const bool held = kind == Kind::Bounce || kind == Kind::Delay;
    const Kind model = held                          ? Kind::Bounce
                       : form == KindForm::Returning ? Kind::VirusNotice
                                                     : Kind::AutoReply;
    if (kind == model) continue;
    unsigned long differ = 0;
    visit_facts(kind, [&](const Facts& got) {
      if (got.standing != Standing::Stranger) return;
      Facts want = got;
      want.kind = model;
      const Judgement a = decide(got);
      const Judgement b = decide(want);
      differ += a.verdict != b.verdict || a.decision != b.decision || a.reasons != b.reasons;
    });
    EXPECT_EQ(differ, 0U) << name_of(kind);
  }
}

TEST(Policy, ARuleIsAgainstTheReplayedAndUnprovenAtAddressesOfPeopleAlone) {
  unsigned long wrong = 0;
  unsigned long harder = 0;
  visit_facts(Kind::Bounce, [&](const Facts& plain) {
    // What these add has tests of its own, and every fact six times takes its time.
    if (plain.dkim != ProofResult::Absent || plain.ledger != ProofResult::Absent || plain.over_rate)
      return;
    const Judgement before = decide(plain);
    for (const Rule rule : {Rule::Quarantine, Rule::Refuse, Rule::Valve}) {
      Facts f = plain;
      f.rule = rule;
      const Judgement after = decide(f);
      const bool may = (before.row == 3 || before.row == 5 || before.row >= 7) &&
                       f.recipient == RecipientClass::Ordinary;
      Decision want = before.decision;
      if (may) want = std::max(want, Decision::Quarantine);
      const bool refuses =
          may && (rule == Rule::Valve || (rule == Rule::Refuse && before.row != 5));
      // A relay of ours would bounce what we refuse.
      if (refuses && f.standing != Standing::Relay) want = Decision::Refuse;
      wrong += after.decision != want || after.verdict != before.verdict;
      harder += after.decision > before.decision;
      f.mode = Mode::Observe;
      wrong += decide(f).decision > Decision::Mark;
    }
  });
  EXPECT_EQ(wrong, 0U);
  EXPECT_GT(harder, 0U);
}

TEST(Policy, OverTheRateOfAnAddressWhatIsUnprovenIsHeldAndNothingElseChanges) {
  unsigned long wrong = 0;
  visit_facts(Kind::AutoReply, [&](const Facts& plain) {
    Facts f = plain;
    f.over_rate = false;
    const Judgement before = decide(f);
    f.over_rate = true;
    const Judgement after = decide(f);
    const bool held = before.row == 8 && f.recipient == RecipientClass::Ordinary;
    wrong += after.decision != (held ? Decision::Quarantine : before.decision);
  });
  EXPECT_EQ(wrong, 0U);
}

TEST(Policy, ActionsMakeEveryCellMilderAndOnlyTheReplayedAndUnprovenHarder) {
  unsigned long wrong = 0;
  std::string first_wrong;
  for (const Kind kind : {Kind::Bounce, Kind::AutoReply}) {
    visit_facts(kind, [&](const Facts& plain) {
      if (plain.dkim != ProofResult::Absent || plain.over_rate) return;
      const Judgement before = decide(plain);
      for (const Decision wanted : kAllDecisions) {
        Facts f = plain;
        f.actions = {.late = wanted, .replayed = wanted, .unproven = wanted, .forged = wanted};
        const Judgement after = decide(f);
        const bool may_harden =
            before.row == 3 || before.row == 5 || before.row == 7 || before.row == 8;
        const bool stranger = f.standing != Standing::Relay;
        // A relay's forged mail is held in peace; throwing it away is the administrator's to say.
        const bool thrown_away = after.decision == Decision::Discard && wanted == after.decision;
        const bool wrongly_hard = after.decision > before.decision && !may_harden && !thrown_away;
        const bool beyond = after.decision > std::max(before.decision, wanted);
        const bool harmful =
            (after.decision == Decision::Refuse &&
             (f.recipient == RecipientClass::Role || !stranger)) ||
            (after.decision == Decision::Discard && after.verdict != Verdict::Forged);
        // Nothing of a stranger's is thrown away: it is held.
        const bool disobeyed = before.verdict != Verdict::Genuine && before.row != 0 &&
                               wanted < before.decision && after.decision != wanted &&
                               !(wanted == Decision::Discard && stranger);
        if (after.verdict != before.verdict || wrongly_hard || beyond || harmful || disobeyed) {
          if (wrong++ == 0) first_wrong = render_facts(f);
        }
      }
    });
  }
  EXPECT_EQ(wrong, 0U) << first_wrong;
}

TEST(Policy, FactsReadBackFromTheirText) {
  unsigned long wrong = 0;
  visit_facts(Kind::Delay, [&](const Facts& f) {
    if (f.dkim != ProofResult::Absent || f.recipient != RecipientClass::Role) return;
    wrong += parse_facts(render_facts(f)) != f;
  });
  EXPECT_EQ(wrong, 0U);
  Facts all = forged_facts();
  all.actions = {.late = Decision::Quarantine, .unproven = Decision::Refuse};
  all.keys = Keys::None;
  all.mode = Mode::Off;
  EXPECT_EQ(parse_facts(render_facts(all)), all);
}

TEST(Policy, TextThatIsNoFactsIsRefused) {
  for (const char* text : {"", "v=2", "v=1 kind=letter", "v=1 colour=red", "v=1 kind", "v=1 ",
                           "v=1 kind=bounce kind=bounce", "kind=bounce"}) {
    EXPECT_FALSE(parse_facts(text)) << text;
  }
  EXPECT_EQ(parse_facts("v=1"), Facts{});
}

TEST(Policy, AnOtherAddresseeIsSaidAndChangesNothing) {
  Facts facts{.kind = Kind::Bounce, .token = ProofResult::Valid, .other_addressee = true};
  const Judgement judgement = decide(facts);
  EXPECT_EQ(judgement.verdict, Verdict::Genuine);
  EXPECT_EQ(join(judgement.reasons), "valid-token,other-addressee");
}

TEST(Policy, ASomeoneWeWroteToMayAnswerWithoutShowingWhat) {
  Facts facts = forged_facts();
  facts.pair = Pair::Known;
  EXPECT_EQ(decide(facts).verdict, Verdict::Forged) << "what it returned contradicts";
  for (const auto shape : {ReturnedShape::None, ReturnedShape::Fragment}) {
    facts.returned = shape;
    EXPECT_EQ(decide(facts).verdict, Verdict::Genuine);
    EXPECT_EQ(decide(facts).row, 4U);
  }
  facts.kind = Kind::AutoReply;
  facts.returned = ReturnedShape::Enough;
  EXPECT_EQ(decide(facts).verdict, Verdict::Unproven) << "an answer with our header, but no token";
  facts.coverage = Coverage::Partly;
  EXPECT_EQ(decide(facts).verdict, Verdict::Genuine) << "an address that need not have signed";
}

TEST(Policy, AHintSpeaksForUsButProvesNothing) {
  Facts facts = forged_facts();
  facts.hint = true;
  EXPECT_EQ(decide(facts).verdict, Verdict::Unproven);
  EXPECT_EQ(decide(facts).decision, Decision::Mark);
  facts.attack = Attack::Fits;
  EXPECT_EQ(decide(facts).decision, Decision::Refuse);
}

TEST(Policy, ASignatureWithoutTheTokenThatBelongsToItIsAHint) {
  Facts facts = forged_facts();
  facts.signature_hint = true;
  EXPECT_EQ(decide(facts).row, 7U);
  EXPECT_EQ(decide(facts).decision, Decision::Mark);
  EXPECT_EQ(decide(facts).reasons, std::vector{Reason::OwnSignature});
  EXPECT_EQ(parse_facts(render_facts(facts)), facts);
  facts.hint = true;
  EXPECT_EQ(decide(facts).reasons, (std::vector{Reason::OwnQueueId, Reason::OwnSignature}));
  facts.attack = Attack::Fits;
  EXPECT_EQ(decide(facts).decision, Decision::Refuse);
}

TEST(Policy, WhatCouldNotBeAskedIsNeverForged) {
  for (auto Facts::* const proof : {&Facts::token, &Facts::ledger, &Facts::dkim}) {
    Facts facts = forged_facts();
    facts.*proof = ProofResult::Unavailable;
    EXPECT_EQ(decide(facts).verdict, Verdict::Unproven);
    EXPECT_EQ(decide(facts).row, 5U);
  }
}

TEST(Policy, RoleAddressesAreThoseOfTheStandards) {
  for (const char* local :
       {"postmaster", "POSTMASTER", "abuse", "Hostmaster", "talk-request", "owner-talk"}) {
    EXPECT_EQ(classify_recipient(local), RecipientClass::Role) << local;
  }
  for (const char* local : {"alice", "postmaster2", "", "-request", "info"}) {
    EXPECT_EQ(classify_recipient(local), RecipientClass::Ordinary) << local;
  }
}

TEST(Policy, AddressesThatAnotherServiceRewroteAreItsOwn) {
  for (const char* local :
       {"SRS0=Yf1K=TT=other.example=bob", "srs1=a=b==c=TT=d=e", "srs0+ab=tt=x=y", "talk-bounces",
        "talk-bounces+bob=other.example", "bounce+bob==other.example==talk",
        "talk-return-17-bob=other.example", "talk-return-1-x=y"}) {
    EXPECT_EQ(classify_recipient(local), RecipientClass::Rewritten) << local;
  }
  for (const char* local : {"alice+bounces-1", "alice+x-owner", "srs", "srs0", "srs0x", "bounces",
                            "my-return-address", "-bounces", "return-17"}) {
    EXPECT_EQ(classify_recipient(local), RecipientClass::Ordinary) << local;
  }
}

TEST(Reason, IdentifiersAreUniqueWordsAndReadBack) {
  for (unsigned i = 0; i < reason_count(); ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_EQ(parse_reason(name_of(reason)), reason);
    EXPECT_EQ(name_of(reason).find_first_not_of("abcdefghijklmnopqrstuvwxyz-"),
              std::string_view::npos);
    EXPECT_FALSE(sentence_of(reason).empty());
    EXPECT_FALSE(advice_of(reason).empty());
  }
  EXPECT_FALSE(parse_reason("no-such-reason"));
}

}  // namespace
}  // namespace backstop::policy
