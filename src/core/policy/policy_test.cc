#include "core/policy/policy.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <functional>
#include <sstream>

namespace backstop::policy {
namespace {

using proof::ProofResult;
using reading::Kind;
using reading::KindForm;

constexpr std::array kAllReturned{ReturnedShape::None, ReturnedShape::Fragment,
                                  ReturnedShape::Enough};
constexpr std::array kAllTokens{ProofResult::Valid,    ProofResult::Late,
                                ProofResult::Replayed, ProofResult::Invalid,
                                ProofResult::Absent,   ProofResult::Unavailable};
constexpr std::array kAllSigning{SigningAge::Signed, SigningAge::BeforeSigning,
                                 SigningAge::NeverStarted};
constexpr std::array kAllCoverage{Coverage::Covered, Coverage::Partly, Coverage::Unknown};
constexpr std::array kAllRecipients{RecipientClass::Ordinary, RecipientClass::Role};
constexpr std::array kAllKeys{Keys::Signing, Keys::VerifyOnly, Keys::None};
constexpr std::array kAllModes{Mode::Enforce, Mode::Observe, Mode::Off};

void for_each_fact(Kind kind, const std::function<void(const Facts&)>& visit) {
  for (const auto returned : kAllReturned)
    for (const auto token : kAllTokens)
      for (const auto signing : kAllSigning)
        for (const auto coverage : kAllCoverage)
          for (const auto recipient : kAllRecipients)
            for (const auto keys : kAllKeys)
              for (const auto mode : kAllModes)
                visit(Facts{.kind = kind,
                            .returned = returned,
                            .token = token,
                            .clock_skew = false,
                            .other_addressee = false,
                            .signing = signing,
                            .coverage = coverage,
                            .recipient = recipient,
                            .keys = keys,
                            .mode = mode});
}

void for_each_fact(const std::function<void(const Facts&)>& visit) {
  for (unsigned i = 0; i < reading::kKindCount; ++i)
    for_each_fact(static_cast<Kind>(i), visit);
}

std::string join(const std::vector<Reason>& reasons) {
  std::string out;
  for (const Reason reason : reasons) {
    if (!out.empty()) out += ",";
    out += name_of(reason);
  }
  return out;
}

std::string render_table() {
  std::string out =
      "# What is known of an answer, and what becomes of it with keys that sign, in enforce.\n"
      "# Rendered by the policy tests (BACKSTOP_BLESS=1 rewrites it). In observe every quarantine "
      "and\n"
      "# refuse becomes mark; without a signing key likewise.\n";
  out +=
      fmt::format("{:<9} {:<8} {:<11} {:<14} {:<8} {:<8} | {:<15} {:<10} {}\n", "form", "returned",
                  "token", "signing", "coverage", "address", "verdict", "decision", "reasons");
  for (const Kind kind : {Kind::Bounce, Kind::AutoReply, Kind::Ordinary}) {
    const KindForm form = reading::form_of(kind);
    const std::string_view name = form == KindForm::Returning   ? "returning"
                                  : form == KindForm::Answering ? "answering"
                                                                : "neither";
    for_each_fact(kind, [&](const Facts& facts) {
      if (facts.keys != Keys::Signing || facts.mode != Mode::Enforce) return;
      const Judgement judgement = decide(facts);
      out +=
          fmt::format("{:<9} {:<8} {:<11} {:<14} {:<8} {:<8} | {:<15} {:<10} {}\n", name,
                      name_of(facts.returned), proof::name_of(facts.token), name_of(facts.signing),
                      name_of(facts.coverage), name_of(facts.recipient), name_of(judgement.verdict),
                      name_of(judgement.decision), join(judgement.reasons));
    });
  }
  return out;
}

TEST(Policy, TheCommittedTruthTableIsTheOneInForce) {
  const std::string path = "testdata/policy/truth_table.txt";
  const std::string table = render_table();
  if (std::getenv("BACKSTOP_BLESS") != nullptr) std::ofstream(path) << table;
  std::stringstream committed;
  committed << std::ifstream(path).rdbuf();
  EXPECT_EQ(committed.str(), table) << "read the change, then run: ./do bless";
}

TEST(Policy, InObserveNothingIsEverHeldOrRefused) {
  for_each_fact([](const Facts& facts) {
    if (facts.mode == Mode::Enforce) return;
    EXPECT_LE(decide(facts).decision, Decision::Mark);
  });
}

TEST(Policy, WithoutASigningKeyNothingIsEverHeldOrRefused) {
  for_each_fact([](const Facts& facts) {
    if (facts.keys == Keys::Signing) return;
    EXPECT_LE(decide(facts).decision, Decision::Mark);
  });
}

TEST(Policy, AValidTokenIsAlwaysAcceptedAsGenuine) {
  for_each_fact([](const Facts& facts) {
    if (facts.token != ProofResult::Valid || form_of(facts.kind) == KindForm::Neither) return;
    const Judgement judgement = decide(facts);
    EXPECT_EQ(judgement.verdict, Verdict::Genuine);
    EXPECT_EQ(judgement.decision, Decision::Accept);
  });
}

TEST(Policy, ForgedNeedsAReturningKindEnoughReturnedCoverageAndSigningThroughout) {
  unsigned forged = 0;
  for_each_fact([&](const Facts& facts) {
    const Judgement judgement = decide(facts);
    const bool may_be_forged =
        form_of(facts.kind) == KindForm::Returning && facts.returned == ReturnedShape::Enough &&
        (facts.token == ProofResult::Absent || facts.token == ProofResult::Invalid) &&
        facts.coverage == Coverage::Covered && facts.signing == SigningAge::Signed &&
        facts.keys != Keys::None;
    EXPECT_EQ(judgement.verdict == Verdict::Forged, may_be_forged);
    forged += may_be_forged ? 1 : 0;
  });
  EXPECT_GT(forged, 0U);
}

TEST(Policy, OnlyForgedIsRefusedAndNeverAtARoleAddress) {
  for_each_fact([](const Facts& facts) {
    const Judgement judgement = decide(facts);
    if (judgement.decision != Decision::Refuse) return;
    EXPECT_EQ(judgement.verdict, Verdict::Forged);
    EXPECT_EQ(facts.recipient, RecipientClass::Ordinary);
    EXPECT_EQ(facts.mode, Mode::Enforce);
  });
}

TEST(Policy, KindsOfOneFormAreJudgedAlike) {
  for (unsigned i = 0; i < reading::kKindCount; ++i) {
    const Kind kind = static_cast<Kind>(i);
    const KindForm form = reading::form_of(kind);
    if (form == KindForm::Neither) continue;
    const Kind model = form == KindForm::Returning ? Kind::Bounce : Kind::AutoReply;
    for_each_fact(kind, [&](Facts facts) {
      const Judgement got = decide(facts);
      facts.kind = model;
      const Judgement want = decide(facts);
      EXPECT_EQ(got.verdict, want.verdict);
      EXPECT_EQ(got.decision, want.decision);
      EXPECT_EQ(got.reasons, want.reasons);
    });
  }
}

TEST(Policy, EveryJudgementNamesAReason) {
  for_each_fact([](const Facts& facts) { EXPECT_FALSE(decide(facts).reasons.empty()); });
}

TEST(Policy, AnOtherAddresseeIsSaidAndChangesNothing) {
  Facts facts{.kind = Kind::Bounce, .token = ProofResult::Valid, .other_addressee = true};
  const Judgement judgement = decide(facts);
  EXPECT_EQ(judgement.verdict, Verdict::Genuine);
  EXPECT_EQ(join(judgement.reasons), "valid-token,other-addressee");
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
