#include "app/token_silence.h"

#include <fmt/format.h>

#include <algorithm>

namespace backstop::app {
namespace {

constexpr Days kSilence{1};
// One answer without its token was cut by somebody abroad; three are our own loss.
constexpr std::uint64_t kOurs = 3;
// Where so much is sent some of it bounces, so that twenty answers which are all forged are no
// chance.
constexpr std::uint64_t kAnswers = 20;
constexpr std::uint64_t kLetters = 500;

bool is_authentic(proof::ProofResult result) {
  return result == proof::ProofResult::Valid || result == proof::ProofResult::Late ||
         result == proof::ProofResult::Replayed;
}

bool is_ours_otherwise(const policy::Facts& facts) {
  return is_authentic(facts.ledger) || is_authentic(facts.dkim) || is_authentic(facts.tag);
}

}  // namespace

void TokenSilence::on_record(const transaction::Record& record) {
  if (record.direction == transaction::Direction::Outgoing && record.is_signed) ++counts_.letters;
  if (record.direction != transaction::Direction::Inbound) return;
  const bool verified = std::ranges::any_of(
      record.facts, [](const policy::Facts& facts) { return is_authentic(facts.token); });
  if (verified) {
    counts_ = {.since = record.at};
    alarmed_at_ = {};
    return;
  }
  const bool returned = std::ranges::any_of(record.facts, [](const policy::Facts& facts) {
    return facts.returned == policy::ReturnedShape::Enough;
  });
  if (!returned) return;
  ++counts_.answers;
  if (std::ranges::any_of(record.facts, is_ours_otherwise)) ++counts_.ours;
}

void TokenSilence::begin_if_needed(Instant now) {
  if (counts_.since == Instant{} || counts_.since > now) counts_ = {.since = now};
}

bool TokenSilence::is_lost() const {
  return counts_.ours >= kOurs || (counts_.answers >= kAnswers && counts_.letters >= kLetters);
}

bool TokenSilence::is_alarm(Instant now) {
  begin_if_needed(now);
  if (!is_lost() || now - counts_.since < kSilence || now - alarmed_at_ < kSilence) return false;
  alarmed_at_ = now;
  return true;
}

std::string TokenSilence::say() const {
  return fmt::format(
      "no token has come back since {}, though {} answers returned an original, {} of them to mail "
      "that we sent by another proof, and {} letters were signed: something takes Backstop-Token "
      "off on the way out or on the way back",
      render_instant(counts_.since), counts_.answers, counts_.ours, counts_.letters);
}

}  // namespace backstop::app
