#include "edge/door/message_counts.h"

#include <algorithm>

namespace backstop::door {

using metrics::Metric;
using metrics::series;

namespace {

void count_proofs(const policy::Facts& facts, ports::Metrics& metrics) {
  const auto count = [&](metrics::Proof proof, proof::ProofResult result) {
    metrics.add(series(Metric::ProofsTotal, proof, result));
  };
  count(metrics::Proof::Token, facts.token);
  count(metrics::Proof::Ledger, facts.ledger);
  count(metrics::Proof::Dkim, facts.dkim);
  count(metrics::Proof::Tag, facts.tag);
}

}  // namespace

void count_message(const transaction::Record& record, ports::Metrics& metrics) {
  metrics.add(series(Metric::MessagesTotal, record.direction));
  if (record.direction == transaction::Direction::Outgoing) {
    metrics.add({.metric = record.is_signed ? Metric::SignedTotal : Metric::UnsignedTotal});
    if (record.is_tagged) metrics.add({.metric = Metric::TaggedTotal});
  }
  if (record.direction != transaction::Direction::Inbound) return;
  const policy::Judgement& judgement = record.judgement;
  metrics.add(series(Metric::JudgedTotal, judgement.verdict, judgement.decision));
  metrics.add(series(Metric::KindsTotal, record.kind, judgement.verdict));
  if (!judgement.reasons.empty())
    metrics.add(series(Metric::ReasonsTotal, judgement.reasons.front()));
  if (record.kind == reading::Kind::Ordinary) return;
  // Recipients of whom the same is known count once.
  for (auto facts = record.facts.begin(); facts != record.facts.end(); ++facts)
    if (std::find(record.facts.begin(), facts, *facts) == facts) count_proofs(*facts, metrics);
}

}  // namespace backstop::door
