#include "app/token_silence.h"

#include <gtest/gtest.h>

namespace backstop::app {
namespace {

using proof::ProofResult;
using transaction::Direction;

const Instant kNow{Seconds{1'795'231'414}};

transaction::Record answer(ProofResult token, ProofResult ledger, Instant at = kNow) {
  transaction::Record record;
  record.at = at;
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

TEST(TokenSilence, IsAnAlarmAfterADayOfAnswersToOurMailWithoutTokens) {
  TokenSilence silence({.since = kNow});
  tell(silence, answer(ProofResult::Absent, ProofResult::Valid), 3);
  EXPECT_FALSE(silence.is_alarm(kNow + Days(1) - Seconds(1)));
  EXPECT_TRUE(silence.is_alarm(kNow + Days(1)));
  EXPECT_FALSE(silence.is_alarm(kNow + Days(1) + Seconds(1)));
  EXPECT_TRUE(silence.is_alarm(kNow + Days(2)));
  EXPECT_NE(silence.say().find("3 answers"), std::string::npos);
}

TEST(TokenSilence, EndsWithAnyTokenThatVerifies) {
  for (const ProofResult token : {ProofResult::Valid, ProofResult::Late, ProofResult::Replayed}) {
    TokenSilence silence({.since = kNow});
    tell(silence, answer(ProofResult::Absent, ProofResult::Valid), 3);
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
  tell(silence, letter(), 499);
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
  tell(silence, bare, 5);
  EXPECT_EQ(silence.counts(), SilenceCounts{.since = kNow});
}

TEST(TokenSilence, BeginsWhenItFirstLooksAndAfterAClockWasSetBack) {
  TokenSilence silence({});
  EXPECT_FALSE(silence.is_alarm(kNow));
  EXPECT_EQ(silence.counts().since, kNow);
  EXPECT_FALSE(silence.is_alarm(kNow - Days(2)));
  EXPECT_EQ(silence.counts().since, kNow - Days(2));
}

}  // namespace
}  // namespace backstop::app
