#include "core/transaction/judge.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/watch/watch.h"

namespace backstop::transaction {
namespace {

const mail::Address kAlice{.local = "alice", .domain = "example.com"};
const Instant kNow{Seconds{1'795'262'400}};

// A bounce to alice, who is covered and enforced, with a header block that was cut.
class CutHeader : public ::testing::Test {
 protected:
  CutHeader() {
    domain_.name = "example.com";
    domain_.mode = policy::Mode::Enforce;
    domain_.signing_since = kNow - Days{300};
    domain_.coverage = policy::Coverage::Covered;
    recipients_ = {{.address = kAlice, .domain = &domain_, .mode = policy::Mode::Enforce}};
    reading_.kind = reading::Kind::Bounce;
    reading_.returned.form = reading::ReturnForm::Fragment;
    reading_.returned.from = kAlice;
    reading_.returned.received_count = 3;
    reading_.returned.header_bytes = 200'000;
    ledger_.pairs = {policy::Pair::Absent};
    ledger_.pair_uses.resize(1);
    ledger_.largest_header_bytes = 20'000;
    secret_bytes_.fill(7);
    proof::KeyInfo info{
        .id = 1, .state = proof::KeyState::Emitting, .created = {}, .emits_until = {}};
    ring_ = std::make_shared<const proof::KeyRing>(
        crypto::Secret(secret_bytes_),
        std::vector{std::make_shared<const proof::Key>(info, crypto::Secret(secret_bytes_))});
  }

  policy::Judgement judge() { return judge_all().judgement; }
  MessageJudgement judge_all() {
    return judge_message(Case{.reading = &reading_,
                              .recipients = &recipients_,
                              .config = &config_,
                              .client = &client_,
                              .sender = {.client = std::nullopt,
                                         .client_name = {},
                                         .envelope = &nobody_,
                                         .header_from = &nobody_},
                              .ring = ring_.get(),
                              .token = token_,
                              .ledger = &ledger_,
                              .dkim = &dkim_,
                              .gaps = &gaps_,
                              .attacks = attacks_},
                         kNow);
  }

  config::Config config_;
  config::Domain domain_;
  std::vector<Recipient> recipients_;
  reading::Reading reading_;
  Client client_;
  mail::Address nobody_;
  proof::TokenCheck token_;
  LedgerFindings ledger_;
  DkimFindings dkim_;
  std::vector<proof::SigningGap> gaps_;
  const watch::AttackList* attacks_ = nullptr;
  std::array<std::uint8_t, proof::kSecretBytes> secret_bytes_{};
  std::shared_ptr<const proof::KeyRing> ring_;
};

TEST_F(CutHeader, ThatOutgrowsTwiceOursIsForged) {
  EXPECT_EQ(judge().verdict, policy::Verdict::Forged);
}

TEST_F(CutHeader, ThatCouldBeOursIsMarked) {
  reading_.returned.header_bytes = 39'000;
  EXPECT_EQ(judge().verdict, policy::Verdict::Unproven);
}

TEST_F(CutHeader, OfAFewKilobytesIsMarkedHoweverSmallOursAre) {
  ledger_.largest_header_bytes = 300;
  reading_.returned.header_bytes = limits::kSwollenHeaderBytes;
  EXPECT_EQ(judge().verdict, policy::Verdict::Unproven);
}

TEST_F(CutHeader, SaysNothingWhereNothingWasSentYet) {
  ledger_.largest_header_bytes = 0;
  EXPECT_EQ(judge().verdict, policy::Verdict::Unproven);
}

TEST_F(CutHeader, IsMarkedWhereAnotherServerMayHaveSentIt) {
  config_.store_is_partial = true;
  EXPECT_EQ(judge().row, 5U);
  EXPECT_EQ(judge().reasons.front(), policy::Reason::StoreAway);
}

TEST_F(CutHeader, WithATokenOfOurRingIsNotCalledForgedForItsLength) {
  token_.result = proof::ProofResult::Unavailable;
  ledger_.pairs = {policy::Pair::Known};
  EXPECT_EQ(judge().verdict, policy::Verdict::Genuine);
}

TEST_F(CutHeader, WithAFieldThatOnlyLooksLikeATokenIsForgedForItsLength) {
  reading_.returned.tokens = {"anything"};
  EXPECT_EQ(judge().verdict, policy::Verdict::Forged);
}

TEST_F(CutHeader, WithoutATraceIsAQuoteOfAnyLength) {
  reading_.returned.received_count = 0;
  EXPECT_EQ(judge().verdict, policy::Verdict::Unproven);
}

TEST_F(CutHeader, BesideARecipientWhoIsNotJudgedIsAcceptedAndSoByItsFacts) {
  recipients_.push_back({.address = {.local = "bob", .domain = "example.com"}});
  const MessageJudgement judged = judge_all();
  EXPECT_EQ(judged.judgement.verdict, policy::Verdict::Forged);
  EXPECT_EQ(judged.judgement.decision, policy::Decision::Accept);
  std::vector<policy::Judgement> again;
  for (const policy::Facts& facts : judged.facts)
    again.push_back(policy::decide(facts));
  EXPECT_EQ(combine(again).verdict, policy::Verdict::Forged);
  EXPECT_EQ(combine(again).decision, policy::Decision::Accept);
}

class SignedHeader : public CutHeader {
 protected:
  SignedHeader() {
    reading_.returned.form = reading::ReturnForm::Headers;
    reading_.returned.read_to_end = true;
    dkim_ = {.result = proof::ProofResult::Valid,
             .signed_at = kNow - Days{2},
             .used_up = false,
             .uses = {.since = kNow, .counters = {7}}};
  }
};

TEST_F(SignedHeader, WithoutTheTokenThatItsMailCarriedIsAHintAndCountsNothing) {
  const MessageJudgement judged = judge_all();
  EXPECT_EQ(judged.judgement.row, 7U);
  EXPECT_TRUE(judged.uses.empty());
  for (const auto result : {proof::ProofResult::Late, proof::ProofResult::Replayed}) {
    dkim_.result = result;
    EXPECT_EQ(judge().row, 7U);
  }
}

TEST_F(SignedHeader, OfAnAddressThatIsNotCoveredProvesAndIsCounted) {
  domain_.coverage = policy::Coverage::Partly;
  const MessageJudgement judged = judge_all();
  EXPECT_EQ(judged.judgement.row, 1U);
  ASSERT_EQ(judged.uses.size(), 1U);
  EXPECT_EQ(judged.uses.front().counters, std::vector<proof::SentKey>{7});
}

TEST_F(SignedHeader, FromBeforeSigningOrWithinAGapProves) {
  domain_.signing_since = kNow - Days{1};
  EXPECT_EQ(judge().row, 1U);
  domain_.signing_since = kNow - Days{300};
  EXPECT_EQ(judge().row, 7U);
  gaps_ = {{.from = kNow - Days{2}, .to = kNow - Days{2}, .cause = proof::GapCause::Down}};
  EXPECT_EQ(judge().row, 1U);
}

TEST_F(SignedHeader, ThatDoesNotSayWhenIsNoLaterThanAnybodyAnswers) {
  dkim_.result = proof::ProofResult::Late;
  dkim_.signed_at.reset();
  EXPECT_EQ(judge().row, 7U) << "tokens are on for longer than that";
  domain_.signing_since = kNow - Days{99};
  EXPECT_EQ(judge().row, 2U);
}

TEST_F(SignedHeader, UsedUpOrNotToBeAskedForIsJudgedSo) {
  domain_.coverage = policy::Coverage::Partly;
  dkim_.used_up = true;
  EXPECT_EQ(judge().row, 3U);
  EXPECT_TRUE(judge_all().uses.empty());
  dkim_ = {
      .result = proof::ProofResult::Unavailable, .signed_at = {}, .used_up = false, .uses = {}};
  domain_.coverage = policy::Coverage::Covered;
  EXPECT_EQ(judge().row, 5U);
}

TEST(Combine, TakesTheHardestVerdictAndTheMildestDecision) {
  policy::Judgement forged{.verdict = policy::Verdict::Forged,
                           .decision = policy::Decision::Refuse,
                           .enforced = policy::Decision::Refuse,
                           .reasons = {policy::Reason::NoProofOfOrigin},
                           .score = 100};
  policy::Judgement genuine{.reasons = {policy::Reason::ValidToken}};
  const policy::Judgement both = combine({genuine, forged});
  EXPECT_EQ(both.verdict, policy::Verdict::Forged);
  EXPECT_EQ(both.decision, policy::Decision::Accept);
}

// Under attack by a run whose original is called that.
std::shared_ptr<const watch::AttackList> attack_with(std::string_view subject) {
  watch::Watch watch(1);
  for (unsigned i = 0; i < 60; ++i) {
    const watch::JudgedMessage message{.kind = reading::Kind::Bounce,
                                       .verdict = watch::Verdict::Forged,
                                       .subject = subject,
                                       .from = "sales@spam.test"};
    watch.add({.at = kNow + Seconds{i},
               .what = watch::Seen::Judged,
               .client = IpAddress::parse("198.51." + std::to_string(i) + ".1"),
               .null_sender = true,
               .local = "bob",
               .domain = "example.com",
               .message = &message});
  }
  return watch.attack_list();
}

TEST_F(CutHeader, AnAttackTightensNothingForWhatDoesNotFitTheRun) {
  const auto attacks = attack_with("cheap watches for all");
  attacks_ = attacks.get();
  reading_.returned.header_bytes = 1000;
  reading_.returned.subject = "minutes of our meeting";
  EXPECT_EQ(judge_all().facts.front().attack, policy::Attack::Apart);
  EXPECT_EQ(judge().decision, policy::Decision::Mark);
  reading_.returned.subject = "Cheap watches for  all";
  EXPECT_EQ(judge().decision, policy::Decision::Mark);  // One mark is not enough.
  reading_.returned.from = mail::Address{.local = "sales", .domain = "spam.test"};
  EXPECT_EQ(judge_all().facts.front().attack, policy::Attack::Fits);
  EXPECT_EQ(judge().decision, policy::Decision::Quarantine);
}

TEST_F(CutHeader, AnAttackOnOneDomainIsNoneOnAnother) {
  const auto attacks = attack_with("cheap watches for all");
  attacks_ = attacks.get();
  reading_.returned.subject = "cheap watches for all";
  reading_.returned.from = mail::Address{.local = "sales", .domain = "spam.test"};
  recipients_.front().address.domain = "Elsewhere.example";
  EXPECT_EQ(judge_all().facts.front().attack, policy::Attack::Peace);
}

}  // namespace
}  // namespace backstop::transaction
