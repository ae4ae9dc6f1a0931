// Mail of ours on its way out: leave to sign, the token, the tag, and what is remembered.
#include "core/transaction/transaction_state.h"

namespace backstop::transaction {

void Transaction::State::on_outgoing_header_end(Instant now, Effects& effects) {
  reader.reset();
  if (sender.is_null()) sender = outgoing.header_from();
  if (sender.is_null() || domain_of(sender) == nullptr) {
    record.direction = Direction::Own;
    accept(effects);
    return;
  }
  record.direction = Direction::Outgoing;
  record.message_id = outgoing.message_id();
  const auto& ring = surroundings.ring;
  if (ring == nullptr || ring->emitting() == nullptr) {
    effects.emplace_back(Note{policy::Reason::NoKey, ""});
    emit_record(now, effects);
    accept(effects);
    return;
  }
  permit_asked = now;
  stage = Stage::AskingPermit;
  effects.emplace_back(AskPermit{});
}

void Transaction::State::on_permit(const Answered& event, Instant now, Effects& effects) {
  stage = Stage::Body;
  const auto* const granted = event.answer ? std::get_if<SigningPermit>(&*event.answer) : nullptr;
  const bool usable = granted != nullptr && granted->ring != nullptr &&
                      granted->ring->find(granted->key) != nullptr;
  if (usable) {
    permit = *granted;
    return;
  }
  effects.emplace_back(Note{policy::Reason::SigningUnavailable,
                            event.answer ? std::string() : event.answer.error().text()});
  emit_record(now, effects);
  accept(effects);
}

void Transaction::State::sign(const EndOfMessage& event, Instant now, Effects& effects) {
  const proof::Key& key = *permit->ring->find(permit->key);
  if (outgoing.message_id().empty()) {
    effects.emplace_back(
        InsertField{"Message-ID", outgoing.make_message_id(sender, permit_asked, permit->nonce)});
    record.message_id = outgoing.message_id();
  }
  const std::string text =
      proof::sign_token(sender, *permit->ring, key, permit_asked, permit->nonce);
  effects.emplace_back(InsertField{std::string(proof::kTokenField), text});
  record.is_signed = true;
  if (is_canary) record.direction = Direction::Canary;
  std::vector<mail::Address> addresses;
  for (const Recipient& recipient : recipients)
    addresses.push_back(recipient.address);
  // Without an envelope sender there is nobody to tag, whatever it is signed under.
  if (record.sender_address) {
    const TagRequest request{.sender = sender,
                             .recipients = addresses,
                             .knows_all_recipients = record.recipient_count == recipients.size(),
                             .asks_for_receipt = outgoing.asks_for_receipt()};
    if (auto change = make_sender_change(request, *record.sender_address, config(),
                                         surroundings.tag_exempt.get(), key, permit_asked,
                                         has_envelope_id ? std::string() : text)) {
      record.is_tagged = change->sender != *record.sender_address;
      effects.emplace_back(*std::move(change));
    }
  }
  if (surroundings.hasher != nullptr) {
    const bool from_is_ours =
        !outgoing.header_from().is_null() && domain_of(outgoing.header_from()) != nullptr;
    effects.emplace_back(RecordSent{outgoing.make_record(
        *surroundings.hasher, sender, addresses, account, event.queue_id, from_is_ours, now)});
  }
  emit_record(now, effects);
  accept(effects);
}

}  // namespace backstop::transaction
