#include "app/token_silence.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace backstop::app {
namespace {

using proof::ProofResult;
using transaction::Direction;

const Instant kNow{Seconds{1'795'231'414}};

std::shared_ptr<const proof::SentHasher> make_hasher() {
  return std::make_shared<const proof::SentHasher>(
      crypto::Secret(std::vector<std::uint8_t>(proof::kSecretBytes, 7)));
}

transaction::Record answer(ProofResult token, ProofResult ledger, Instant at = kNow) {
  transaction::Record record;
  record.at = at;
  record.client = "192.0.2.1";
  record.hasher = make_hasher();
  record.direction = Direction::Inbound;
  policy::Facts facts;
  facts.returned = policy::ReturnedShape::Enough;
  facts.token = token;
  facts.ledger = ledger;
  record.facts = {facts};
  return record;
}

transaction::Record letter() {
  transaction::Record record;
  record.direction = Direction::Outgoing;
  record.is_signed = true;
  return record;
}

void tell(TokenSilence& silence, const transaction::Record& record, int times) {
  for (int i = 0; i < times; ++i)
    silence.on_record(record);
}

// The same from so many networks.
void tell_from_networks(TokenSilence& silence, transaction::Record record, int networks) {
  for (int i = 0; i < networks; ++i) {
    record.client = fmt::format("198.51.{}.25", i);
    silence.on_record(record);
  }
}

TEST(TokenSilence, IsAnAlarmAfterADayOfAnswersToOurMailWithoutTokens) {
  TokenSilence silence({.since = kNow});
  tell_from_networks(silence, answer(ProofResult::Absent, ProofResult::Valid), 3);
  EXPECT_FALSE(silence.is_alarm(kNow + Days(1) - Seconds(1)));
  EXPECT_TRUE(silence.is_alarm(kNow + Days(1)));
  EXPECT_FALSE(silence.is_alarm(kNow + Days(1) + Seconds(1)));
  EXPECT_TRUE(silence.is_alarm(kNow + Days(2)));
  EXPECT_NE(silence.say().find("3 answers"), std::string::npos);
}

TEST(TokenSilence, EndsWithAnyTokenThatVerifies) {
  for (const ProofResult token : {ProofResult::Valid, ProofResult::Late, ProofResult::Replayed}) {
    TokenSilence silence({.since = kNow});
    tell_from_networks(silence, answer(ProofResult::Absent, ProofResult::Valid), 3);
    silence.on_record(answer(token, ProofResult::Absent, kNow + Seconds(9)));
    EXPECT_EQ(silence.counts(), SilenceCounts{.since = kNow + Seconds(9)});
    EXPECT_FALSE(silence.is_alarm(kNow + Days(3)));
  }
}

TEST(TokenSilence, IsNoAlarmWhereASmallSiteIsFloodedAndNoLetterOfItsBounced) {
  TokenSilence silence({.since = kNow});
  tell(silence, answer(ProofResult::Absent, ProofResult::Absent), 10'000);
  tell(silence, letter(), 140);
  EXPECT_FALSE(silence.is_alarm(kNow + Days(7)));
}

TEST(TokenSilence, IsAnAlarmWhereMuchIsSentAndNothingOfItComesBackWithAToken) {
  TokenSilence silence({.since = kNow});
  tell(silence, answer(ProofResult::Absent, ProofResult::Absent), 20);
  tell(silence, letter(), 4999);
  EXPECT_FALSE(silence.is_alarm(kNow + Days(1)));
  tell(silence, letter(), 1);
  EXPECT_TRUE(silence.is_alarm(kNow + Days(1)));
}

TEST(TokenSilence, TakesNoNoteOfCanariesOrOfWhatReturnsNothing) {
  TokenSilence silence({.since = kNow});
  auto canary = answer(ProofResult::Valid, ProofResult::Absent);
  canary.direction = Direction::Canary;
  auto bare = answer(ProofResult::Absent, ProofResult::Valid);
  bare.facts.front().returned = policy::ReturnedShape::Fragment;
  tell(silence, canary, 5);
  tell_from_networks(silence, bare, 5);
  EXPECT_EQ(silence.counts(), SilenceCounts{.since = kNow});
}

TEST(TokenSilence, BeginsWhenItFirstLooksAndAfterAClockWasSetBack) {
  TokenSilence silence({});
  EXPECT_FALSE(silence.is_alarm(kNow));
  EXPECT_EQ(silence.counts().since, kNow);
  EXPECT_FALSE(silence.is_alarm(kNow - Days(2)));
  EXPECT_EQ(silence.counts().since, kNow - Days(2));
}

TEST(TokenSilence, IsNoAlarmWhenOnePartyAloneCutsHeadersOrCopiesMessageIds) {
  TokenSilence silence({.since = kNow});
  tell(silence, answer(ProofResult::Absent, ProofResult::Valid), 10'000);
  auto neighbour = answer(ProofResult::Absent, ProofResult::Valid);
  neighbour.client = "192.0.2.99";
  tell(silence, neighbour, 10);
  EXPECT_EQ(silence.counts().parties.size(), 1U);
  EXPECT_FALSE(silence.is_alarm(kNow + Days(3)));
}

TEST(TokenSilence, TakesNoMailForOursThatNeverHadAToken) {
  auto before = answer(ProofResult::Absent, ProofResult::Valid);
  before.facts.front().signing = policy::SigningAge::BeforeSigning;
  auto in_gap = answer(ProofResult::Absent, ProofResult::Valid);
  in_gap.facts.front().signing = policy::SigningAge::InGap;
  auto by_esp = answer(ProofResult::Absent, ProofResult::Absent);
  by_esp.facts.front().dkim = ProofResult::Valid;
  auto worn = answer(ProofResult::Absent, ProofResult::Replayed);
  for (const auto& record : {before, in_gap, by_esp, worn}) {
    TokenSilence silence({.since = kNow});
    tell_from_networks(silence, record, 9);
    EXPECT_FALSE(silence.is_lost());
  }
}

TEST(TokenSilence, SaysAStandingAlarmAgainAfterAClockWasSetBack) {
  TokenSilence silence({.since = kNow - Days(9)});
  tell_from_networks(silence, answer(ProofResult::Absent, ProofResult::Valid), 3);
  EXPECT_TRUE(silence.is_alarm(kNow));
  EXPECT_TRUE(silence.is_alarm(kNow - Days(2)));
}

}  // namespace
}  // namespace backstop::app
