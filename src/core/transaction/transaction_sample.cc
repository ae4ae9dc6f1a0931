// What is kept of a message that may be refused, and what temporary rules did to it.
#include "core/base/assert.h"
#include "core/base/sample_limits.h"
#include "core/transaction/history_row.h"
#include "core/transaction/transaction_state.h"

namespace backstop::transaction {

std::string_view name_of(RuleDeed deed) {
  switch (deed) {
    case RuleDeed::Held:
      return "held";
    case RuleDeed::Refused:
      return "refused";
    case RuleDeed::RefusedUnkept:
      return "refused-unkept";
    case RuleDeed::Would:
      return "would";
  }
  BS_ASSERT(false);
}

void Transaction::State::add_to_sample(const HeaderField& field) {
  const std::size_t bytes = field.name.size() + field.raw.size() + 4;
  if (sample.size() + bytes > limits::kSampleBytes) {
    sample_cut = true;
    return;
  }
  sample.append(field.name).append(":");
  if (!field.raw.starts_with(' ') && !field.raw.starts_with('\t')) sample += ' ';
  sample.append(field.raw).append("\r\n");
}

// True while more of the body is wanted for it.
bool Transaction::State::add_to_sample(const BodyChunk& chunk) {
  if (!followed || sample_cut || !may_be_refused()) return false;
  if (!sample_has_body) sample += "\r\n";
  sample_has_body = true;
  const std::size_t room = limits::kSampleBytes - std::min(sample.size(), limits::kSampleBytes);
  sample_cut = chunk.bytes.size() > room;
  sample.append(chunk.bytes.substr(0, room));
  return !sample_cut;
}

void Transaction::State::keep_sample(Effects& effects) {
  if (sample_room == nullptr || is_canary || sample.empty()) return;
  effects.emplace_back(
      KeepSample{.client = record.client,
                 .recipient = record.recipients.empty() ? "" : record.recipients.front(),
                 .verdict = std::string(policy::name_of(record.judgement.verdict)),
                 .reasons = join_reasons(record.judgement.reasons),
                 .bytes = std::move(sample),
                 .is_cut = sample_cut,
                 .rules = std::move(sample_rules)});
  sample.clear();
}

// One deed for each rule, however many recipients it fits: the message's.  Whether a copy is kept
// of what is refused is known to whoever keeps it.
void Transaction::State::count_rules(const std::vector<unsigned>& rules, Effects& effects) {
  const bool decided = std::ranges::any_of(record.judgement.reasons, [](policy::Reason reason) {
    return reason == policy::Reason::TemporaryRule || reason == policy::Reason::EmergencyValve;
  });
  if (!decided) return;
  std::vector<unsigned> distinct;
  for (const unsigned rule : rules)
    if (rule != 0 && std::ranges::find(distinct, rule) == distinct.end()) distinct.push_back(rule);
  const policy::Decision decision = record.judgement.decision;
  if (decision == policy::Decision::Refuse && sample_room != nullptr && !sample.empty()) {
    sample_rules = std::move(distinct);
    return;
  }
  RuleDeed deed = RuleDeed::Would;
  if (decision == policy::Decision::Quarantine) deed = RuleDeed::Held;
  if (decision == policy::Decision::Refuse) deed = RuleDeed::RefusedUnkept;
  for (const unsigned rule : distinct)
    effects.emplace_back(CountRule{.rule = rule, .deed = deed});
}

}  // namespace backstop::transaction
