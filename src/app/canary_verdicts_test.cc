#include "app/canary_verdicts.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/proof/canary_pass.h"

namespace backstop::app {
namespace {

transaction::Record judged(const std::string& id, transaction::Direction direction) {
  transaction::Record record;
  record.direction = direction;
  record.message_id = id;
  record.reading = std::make_shared<const reading::Reading>();
  record.judgement.verdict = policy::Verdict::Genuine;
  return record;
}

std::string id_of(const std::string& mark) {
  return fmt::format("{}@{}", mark, proof::kCanaryDomain);
}

TEST(CanaryVerdicts, AreNeitherDrownedNorTakenByIdsThatStrangersMakeUp) {
  CanaryVerdicts verdicts;
  verdicts.expect(id_of("genuine.true"));
  for (int i = 0; i < 100'000; ++i)
    EXPECT_FALSE(verdicts.on_record(
        judged(id_of(fmt::format("genuine.{}", i)), transaction::Direction::Inbound)));
  EXPECT_EQ(verdicts.size(), 1U);
  EXPECT_EQ(verdicts.find(id_of("genuine.true")), std::nullopt);
  EXPECT_TRUE(verdicts.on_record(judged(id_of("genuine.true"), transaction::Direction::Canary)));
  ASSERT_TRUE(verdicts.find(id_of("genuine.true")));
  EXPECT_TRUE(verdicts.find(id_of("genuine.true"))->is_canary);
}

TEST(CanaryVerdicts, SayWhetherThePassWasGranted) {
  CanaryVerdicts verdicts;
  verdicts.expect(id_of("forged.true"));
  verdicts.on_record(judged(id_of("forged.true"), transaction::Direction::Inbound));
  EXPECT_FALSE(verdicts.find(id_of("forged.true"))->is_canary);
}

}  // namespace
}  // namespace backstop::app
