// Mail that comes in: what proves it, the judgement, and what is done.
#include <fmt/format.h>

#include "core/transaction/transaction_state.h"

namespace backstop::transaction {

void Transaction::State::on_inbound_header_end(Effects& effects) {
  record.direction = Direction::Inbound;
  followed = guarded && (is_automatic_sender(sender) || signs.looks_automatic());
  foreign.on_sender(sender);
  if (!followed && foreign.empty()) {
    accept(effects);
    return;
  }
  if (!followed) {
    reader.reset();
    return;
  }
  begin_reading();
  reader->end_header();
}

void Transaction::State::ask_or_judge(Instant now, Effects& effects) {
  record.kind = reading->kind;
  record.reading = reading;
  record.original_id = !reading->returned.message_id.empty() ? reading->returned.message_id
                       : !reading->references.empty()        ? reading->references.front()
                                                             : std::string();
  token = check_token(*reading, recipients, config(), surroundings.ring.get(), now);
  std::vector<mail::Address> addressees;
  for (const Recipient& recipient : recipients) {
    if (recipient.domain != nullptr) addressees.push_back(recipient.address);
  }
  questions.emplace(Asked{.reading = *reading,
                          .addressees = addressees,
                          .envelope = sender,
                          .header_from = header_from,
                          .token = token,
                          .config = config(),
                          .client = client},
                    surroundings.hasher.get(), surroundings.dkim.get(), now);
  ask_further(now, effects);
}

void Transaction::State::ask_further(Instant now, Effects& effects) {
  if (auto question = questions->next(now)) {
    stage = Stage::AskingProofs;
    effects.push_back(*std::move(question));
    return;
  }
  stage = Stage::Body;
  judge(now, effects);
}

void Transaction::State::on_proof(const Answered& event, Instant now, Effects& effects) {
  questions->on_answer(event, now);
  ask_further(now, effects);
}

void Transaction::State::judge(Instant now, Effects& effects) {
  const Case one{.reading = reading.get(),
                 .recipients = &recipients,
                 .config = &config(),
                 .client = &client,
                 .sender = {.client = client.address,
                            .client_name = client.name,
                            .envelope = &sender,
                            .header_from = &header_from},
                 .origin = origin,
                 .ring = surroundings.ring.get(),
                 .token = token,
                 .ledger = questions->ledger(),
                 .dkim = questions->dkim(),
                 .gaps = surroundings.gaps.get(),
                 .coverage = surroundings.coverage.get(),
                 .attacks = surroundings.attacks.get(),
                 .attack = surroundings.attack,
                 .rules = surroundings.rules.get(),
                 .senders = surroundings.senders.get()};
  MessageJudgement judged = judge_message(one, now);
  // Recipients past the limit are not known one by one, so nothing is refused on their behalf.
  if (record.recipient_count > recipients.size()) {
    judged.judgement.decision = std::min(judged.judgement.decision, policy::Decision::Mark);
  }
  if (token.clock_skew) effects.emplace_back(Note{policy::Reason::ClockSkew, ""});
  if (token.result == proof::ProofResult::Unavailable && !token.clock_skew) {
    effects.emplace_back(Note{policy::Reason::KeyUnknown, fmt::format("key {}", token.key)});
  }
  // Nobody's bounce used it up.
  if (is_canary) judged.uses.clear();
  for (proof::Uses& uses : judged.uses)
    effects.emplace_back(CountUses{std::move(uses)});
  if (questions->dkim() != nullptr) record.signature = questions->dkim()->signature;
  if (is_canary) record.direction = Direction::Canary;
  if (const LedgerFindings* const found = questions->ledger()) {
    record.known_id = found->known_id;
    record.held = found->held;
  }
  record.facts = std::move(judged.facts);
  record.judgement = std::move(judged.judgement);
  if (!is_canary) count_rules(judged.rules, effects);
  carry_out(record.judgement, now, effects);
}

void Transaction::State::carry_out(const policy::Judgement& judgement, Instant now,
                                   Effects& effects) {
  if (judgement.decision == policy::Decision::Refuse) {
    keep_sample(effects);
    emit_record(now, effects);
    finish(effects, Reply{.kind = ReplyKind::Refuse,
                          .code = 550,
                          .enhanced = "5.7.1",
                          .text = fmt::format("This answers a message we did not send ({})",
                                              policy::name_of(judgement.reasons.front()))});
    return;
  }
  if (is_canary || judgement.decision == policy::Decision::Discard) {
    emit_record(now, effects);
    finish(effects, Reply{.kind = ReplyKind::Discard, .code = 0, .enhanced = "", .text = ""});
    return;
  }
  foreign.append_changes(effects);
  if (config().feed.header)
    effects.emplace_back(InsertField{std::string(kResultsField),
                                     render_results(config().authserv_id, judgement, record.kind)});
  effects.emplace_back(
      InsertField{std::string(kVerdictField), render_verdict(judgement, record.kind)});
  if (judgement.decision == policy::Decision::Quarantine) {
    effects.emplace_back(Hold{fmt::format("backstop: {}", policy::name_of(judgement.verdict))});
  }
  emit_record(now, effects);
  accept(effects);
}

}  // namespace backstop::transaction
