#include "edge/door/message_counts.h"

#include <gtest/gtest.h>

#include "testing/fake_metrics.h"

namespace backstop::door {
namespace {

using metrics::Metric;
using metrics::series;
using testing::FakeMetrics;
using transaction::Direction;

transaction::Record record_of(Direction direction, bool is_signed = false, bool is_tagged = false) {
  transaction::Record record;
  record.direction = direction;
  record.is_signed = is_signed;
  record.is_tagged = is_tagged;
  return record;
}

TEST(MessageCounts, CountAJudgementOnceByEachOfItsSides) {
  FakeMetrics metrics;
  transaction::Record record = record_of(Direction::Inbound);
  record.kind = reading::Kind::Bounce;
  record.judgement.verdict = policy::Verdict::Forged;
  record.judgement.decision = policy::Decision::Mark;
  record.judgement.reasons = {policy::Reason::NoProofOfOrigin, policy::Reason::ObserveMode};
  record.facts.emplace_back();
  record.facts.back().token = proof::ProofResult::Invalid;
  count_message(record, metrics);
  EXPECT_EQ(metrics.value(series(Metric::MessagesTotal, Direction::Inbound)), 1);
  EXPECT_EQ(
      metrics.value(series(Metric::JudgedTotal, policy::Verdict::Forged, policy::Decision::Mark)),
      1);
  EXPECT_EQ(
      metrics.value(series(Metric::KindsTotal, reading::Kind::Bounce, policy::Verdict::Forged)), 1);
  EXPECT_EQ(metrics.value(series(Metric::ReasonsTotal, policy::Reason::NoProofOfOrigin)), 1);
  EXPECT_EQ(metrics.value(series(Metric::ReasonsTotal, policy::Reason::ObserveMode)), 0);
  EXPECT_EQ(metrics.value(
                series(Metric::ProofsTotal, metrics::Proof::Token, proof::ProofResult::Invalid)),
            1);
  EXPECT_EQ(
      metrics.value(series(Metric::ProofsTotal, metrics::Proof::Tag, proof::ProofResult::Absent)),
      1);
  EXPECT_EQ(metrics.value({.metric = Metric::UnsignedTotal}), 0);
}

TEST(MessageCounts, TakeACanaryForNobodysMail) {
  FakeMetrics metrics;
  transaction::Record record = record_of(Direction::Canary, true);
  record.judgement.verdict = policy::Verdict::Forged;
  record.judgement.decision = policy::Decision::Refuse;
  count_message(record, metrics);
  EXPECT_EQ(metrics.value(series(Metric::MessagesTotal, Direction::Canary)), 1);
  EXPECT_EQ(metrics.value({.metric = Metric::SignedTotal}), 0);
  EXPECT_EQ(
      metrics.value(series(Metric::JudgedTotal, policy::Verdict::Forged, policy::Decision::Refuse)),
      0);
}

TEST(MessageCounts, TellSignedMailFromWhatLeftWithoutAToken) {
  FakeMetrics metrics;
  count_message(record_of(Direction::Outgoing, true, true), metrics);
  count_message(record_of(Direction::Outgoing, true), metrics);
  count_message(record_of(Direction::Outgoing), metrics);
  count_message(record_of(Direction::Own), metrics);
  EXPECT_EQ(metrics.value({.metric = Metric::SignedTotal}), 2);
  EXPECT_EQ(metrics.value({.metric = Metric::UnsignedTotal}), 1);
  EXPECT_EQ(metrics.value({.metric = Metric::TaggedTotal}), 1);
  EXPECT_EQ(metrics.value(series(Metric::MessagesTotal, Direction::Own)), 1);
  EXPECT_EQ(metrics.value(series(Metric::JudgedTotal, policy::Verdict::NotBackscatter,
                                 policy::Decision::Accept)),
            0);
}

TEST(MessageCounts, SayNothingOfProofsOfOrdinaryMail) {
  FakeMetrics metrics;
  transaction::Record record = record_of(Direction::Inbound);
  record.kind = reading::Kind::Ordinary;
  record.facts.emplace_back();
  count_message(record, metrics);
  EXPECT_EQ(
      metrics.value(series(Metric::ProofsTotal, metrics::Proof::Token, proof::ProofResult::Absent)),
      0);
}

}  // namespace
}  // namespace backstop::door
