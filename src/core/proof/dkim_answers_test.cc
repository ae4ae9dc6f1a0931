#include "core/proof/dkim_answers.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "dkim_signer/dkim_signer.h"

namespace backstop::proof {
namespace {

const Instant kNow = parse_instant("2026-11-21T12:00:00Z").value();

DkimKeyName name(std::size_t number) {
  return {"example.com", "s" + std::to_string(number)};
}
DkimKeyAnswer with_key() {
  return {{testing::DkimSigner::ed25519().key()}};
}

TEST(DkimAnswers, ASelectorIsAskedForOnceAndItsAnswerStays) {
  DkimAnswers answers;
  EXPECT_FALSE(answers.find(name(1), kNow).has_value());
  answers.keep(name(1), with_key(), kNow);
  const auto known = answers.find(name(1), kNow + std::chrono::hours(23));
  ASSERT_TRUE(known && *known);
  EXPECT_EQ((*known)->keys.size(), 1U);
  EXPECT_FALSE(answers.find(name(1), kNow + limits::kDkimKeyAge).has_value());
}

TEST(DkimAnswers, AnAbsentKeyIsAskedForAgainAfterAnHourAndAFailureSooner) {
  DkimAnswers answers;
  answers.keep(name(1), DkimKeyAnswer{}, kNow);
  answers.keep(name(2), fail(Errc::Unavailable, "", "time-out"), kNow);
  EXPECT_TRUE(answers.find(name(1), kNow + std::chrono::minutes(59)).has_value());
  EXPECT_FALSE(answers.find(name(1), kNow + limits::kDkimAbsenceAge).has_value());
  const auto failed = answers.find(name(2), kNow + std::chrono::minutes(4));
  ASSERT_TRUE(failed.has_value());
  EXPECT_EQ(failed->error().code, Errc::Unavailable);
  EXPECT_FALSE(answers.find(name(2), kNow + limits::kDkimFailureAge).has_value());
}

TEST(DkimAnswers, AKeyOnceKnownOutlivesAnAbsentServer) {
  DkimAnswers answers;
  answers.keep(name(1), with_key(), kNow);
  const auto answer =
      answers.keep(name(1), fail(Errc::Unavailable, "", "time-out"), kNow + limits::kDkimKeyAge);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->keys.size(), 1U);
  answers.keep(name(1), DkimKeyAnswer{}, kNow + std::chrono::hours(30));
  EXPECT_TRUE((*answers.find(name(1), kNow + std::chrono::hours(30)))->keys.empty())
      << "one that was taken out of DNS is gone";
}

TEST(DkimAnswers, JunkSelectorsCostFewQuestionsAnHourAndThenHaveNoKey) {
  DkimAnswers answers;
  std::size_t asked = 0;
  for (std::size_t i = 0; i < 10 * limits::kDkimQuestionsPerHour; ++i) {
    const auto known = answers.find(name(i), kNow);
    asked += known ? 0 : 1;
    if (!known) continue;
    EXPECT_TRUE(*known && (*known)->keys.empty());
  }
  EXPECT_EQ(asked, limits::kDkimQuestionsPerHour);
  EXPECT_FALSE(answers.find(name(9999), kNow + std::chrono::hours(1)).has_value());
  EXPECT_FALSE(answers.find(name(9998), kNow - std::chrono::hours(1)).has_value())
      << "a clock that was set back stops nothing";
}

TEST(DkimAnswers, JunkSelectorsPushNoKeyOut) {
  DkimAnswers answers;
  answers.keep(name(0), with_key(), kNow);
  const Instant later = kNow + limits::kDkimKeyAge + std::chrono::hours(1);
  for (std::size_t i = 1; i <= limits::kDkimAnswers; ++i)
    answers.keep(name(i), DkimKeyAnswer{}, later);
  const auto kept = answers.keep(name(0), fail(Errc::Unavailable, "", "time-out"), later);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->keys.size(), 1U);
}

TEST(DkimAnswers, WhatIsRememberedIsBounded) {
  DkimAnswers answers;
  answers.keep(name(0), with_key(), kNow);
  for (std::size_t i = 1; i <= limits::kDkimAnswers; ++i)
    answers.keep(name(i), DkimKeyAnswer{}, kNow);
  EXPECT_EQ(answers.size(), limits::kDkimAnswers);
  EXPECT_TRUE(answers.find(name(0), kNow).has_value()) << "what lasts longest is kept";
}

}  // namespace
}  // namespace backstop::proof
