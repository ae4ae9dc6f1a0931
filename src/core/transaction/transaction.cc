#include "core/transaction/transaction.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "core/mail/header_text.h"
#include "core/proof/tag.h"
#include "core/proof/wrong_tags.h"
#include "core/reading/header_signs.h"
#include "core/reading/reader.h"
#include "core/transaction/foreign_fields.h"
#include "core/transaction/judge.h"
#include "core/transaction/origin.h"
#include "core/transaction/outgoing_message.h"
#include "core/transaction/proof_questions.h"
#include "core/transaction/recipient_answer.h"
#include "core/transaction/recipient_tag.h"

namespace backstop::transaction {
namespace {

// Recipients named in a log line; the rest is counted.
constexpr std::size_t kNamedRecipients = 5;
// Received lines that are looked at for a filter's second pass and a relay's client.
constexpr std::size_t kTraceLines = 10;

std::string_view without_brackets(std::string_view path) {
  if (path.size() >= 2 && path.front() == '<' && path.back() == '>')
    path = path.substr(1, path.size() - 2);
  return path;
}

enum class Stage { Start, Envelope, Header, AskingPermit, Body, AskingProofs, Done };

}  // namespace

struct Transaction::State {
  Surroundings surroundings;
  Client client;
  Stage stage = Stage::Start;
  Origin origin = Origin::Stranger;
  bool guarded = false;   // A recipient is of a domain whose mail is judged.
  bool followed = false;  // Read to its end, and judged.
  bool body_skipped = false;
  mail::Address sender;
  bool has_envelope_id = false;  // The client gave an ENVID of its own.
  std::string account;           // The login.
  std::vector<Recipient> recipients;
  Record record;
  OutgoingMessage outgoing;  // Of ours: what is remembered.
  std::optional<SigningPermit> permit;
  Instant permit_asked{};
  ForeignFields foreign;
  unsigned wrong_tags = 0;  // Of the client's network, with those of this message.
  mail::Address header_from;
  std::vector<mail::Received> trace;  // The topmost first.
  reading::HeaderSigns signs;
  std::optional<reading::Reader> reader;
  // While its proofs are asked for:
  std::optional<reading::Reading> reading;
  proof::TokenCheck token;
  std::optional<ProofQuestions> questions;

  State(Surroundings s, Client c) : surroundings(std::move(s)), client(std::move(c)) {
    record.client = client.address ? client.address->text() : client.name;
    record.hasher = surroundings.hasher;
  }

  const config::Config& config() const { return *surroundings.config; }
  const config::Domain* domain_of(const mail::Address& address) const {
    return config().find_domain(mail::canonical_domain(address.domain));
  }
  bool wants_trace() const { return origin == Origin::Relay || origin == Origin::Reinjected; }

  void finish(Effects& effects, Reply reply) {
    effects.emplace_back(std::move(reply));
    stage = Stage::Done;
    reader.reset();
  }
  void accept(Effects& effects) {
    finish(effects, Reply{.kind = ReplyKind::Accept, .code = 0, .enhanced = "", .text = ""});
  }
  void emit_record(Instant now, Effects& effects) {
    record.at = now;
    effects.emplace_back(record);
  }

  // A forward that a mailbox rule hands in where filters do (Sieve's redirect): it bears the trace
  // of its way in, but is sent anew, under an address of ours, to somebody else, and nothing signed
  // it.
  bool is_new_mail_of_ours() const {
    const bool abroad = std::ranges::any_of(recipients, [&](const Recipient& recipient) {
      return domain_of(recipient.address) == nullptr;
    });
    return abroad && !outgoing.has_token() && !sender.is_null() && domain_of(sender) != nullptr;
  }

  void begin_reading() {
    if (reader) return;
    reader.emplace();
    reader->set_envelope_sender(sender.is_null() ? std::string() : sender.text());
  }

  void on_event(const MailFrom& event);
  void take_own_tag_off();
  void on_event(const RcptTo& event, Instant now, Effects& effects);
  void read_tag(Recipient& recipient, std::string_view original, Instant now, Effects& effects);
  bool take_recipient(const Recipient& recipient, Effects& effects) const;
  void on_event(const HeaderField& event);
  void on_header_end(Instant now, Effects& effects);
  void on_outgoing_header_end(Instant now, Effects& effects);
  void on_inbound_header_end(Effects& effects);
  void on_event(const BodyChunk& event, Effects& effects);
  void on_permit(const Answered& event, Instant now, Effects& effects);
  void on_message_end(const EndOfMessage& event, Instant now, Effects& effects);
  void sign(const EndOfMessage& event, Instant now, Effects& effects);
  void ask_or_judge(Instant now, Effects& effects);
  void ask_further(Instant now, Effects& effects);
  void on_proof(const Answered& event, Instant now, Effects& effects);
  void judge(Instant now, Effects& effects);
  void carry_out(const policy::Judgement& judgement, Instant now, Effects& effects);
};

void Transaction::State::on_event(const MailFrom& event) {
  record.sender = without_brackets(event.sender.substr(0, limits::kPathBytes));
  // A sender nobody can read is neither null nor ours: its mail is let through unread.
  if (auto parsed = mail::parse_path(event.sender)) {
    sender = *std::move(parsed);
    if (!sender.is_null()) record.sender_address = sender;
    record.sender_is_ours = domain_of(sender) != nullptr;
  } else {
    sender = mail::Address{.local = record.sender, .domain = ""};
  }
  account = event.authenticated;
  origin = find_origin(config(), client, event.authenticated, sender);
  wrong_tags = event.wrong_tags;
  has_envelope_id = !event.envelope_id.empty();
  if (origin == Origin::Ours || origin == Origin::Reinjected) take_own_tag_off();
  stage = Stage::Envelope;
}

// What another of our doors tagged is recorded under the address without it, and not tagged again.
void Transaction::State::take_own_tag_off() {
  if (surroundings.ring == nullptr || !record.sender_is_ours) return;
  if (auto plain = proof::unsign_tag(sender, *surroundings.ring)) sender = *std::move(plain);
}

void Transaction::State::read_tag(Recipient& recipient, std::string_view original, Instant now,
                                  Effects& effects) {
  // Our own hosts and relays hand on what others guess.
  const bool counted = origin == Origin::Stranger && client.address;
  const auto tagged = proof::restore_tag(recipient.address, original);
  RecipientTag tag =
      find_recipient_tag(tagged.value_or(recipient.address), config(), surroundings.ring.get(), now,
                         counted && proof::is_searching(wrong_tags));
  // A server that took the tag off has said already whom the mail is for.
  if (!tagged) recipient.address = std::move(tag.addressee);
  recipient.tag = tag.result;
  if (!counted || !tag.is_wrong) return;
  ++wrong_tags;
  effects.emplace_back(CountWrongTag{*client.address});
}

// False when the recipient was answered by itself, and is not one of the message's.
bool Transaction::State::take_recipient(const Recipient& recipient, Effects& effects) const {
  // While no key signs every domain is in observe.
  const bool key_signs = surroundings.ring != nullptr && surroundings.ring->emitting() != nullptr;
  if (recipient.domain == nullptr || origin != Origin::Stranger || !key_signs) return true;
  const Sender from{.client = client.address,
                    .client_name = client.name,
                    .envelope = &sender,
                    .header_from = &header_from};
  if (find_standing(config(), origin, from, recipient.address) != policy::Standing::Stranger)
    return true;
  auto answer = answer_tag(recipient);
  if (!answer && sender.is_null())
    answer = answer_recipient(recipient, recipients, config(), surroundings.attack);
  if (!answer) return true;
  effects.emplace_back(Note{answer->reason, recipient.address.text()});
  effects.emplace_back(std::move(answer->reply));
  return false;
}

void Transaction::State::on_event(const RcptTo& event, Instant now, Effects& effects) {
  Recipient recipient;
  if (auto parsed = mail::parse_path(event.recipient)) {
    recipient.address = *std::move(parsed);
    read_tag(recipient, event.original_recipient, now, effects);
    recipient.mode = config().mode_of(recipient.address);
    if (surroundings.observes_only) {
      recipient.mode = std::min(recipient.mode, policy::Mode::Observe);
    }
    if (recipient.mode != policy::Mode::Off) recipient.domain = domain_of(recipient.address);
  }
  if (recipients.size() < limits::kTransactionRecipients && event.answerable &&
      !take_recipient(recipient, effects))
    return;
  ++record.recipient_count;
  if (record.recipients.size() < kNamedRecipients) {
    record.recipients.emplace_back(without_brackets(event.recipient.substr(0, limits::kPathBytes)));
    record.recipient_addresses.emplace_back(recipient.address,
                                            domain_of(recipient.address) != nullptr);
  }
  if (recipients.size() >= limits::kTransactionRecipients) return;
  guarded = guarded || recipient.domain != nullptr;
  recipients.push_back(std::move(recipient));
}

void Transaction::State::on_event(const HeaderField& event) {
  stage = Stage::Header;
  if (wants_trace() && trace.size() < kTraceLines && ascii::equals_folded(event.name, "Received"))
    trace.push_back(mail::parse_received(event.raw));
  if (origin == Origin::Ours || origin == Origin::Reinjected)
    outgoing.on_field(event.name, event.raw);
  if (origin == Origin::Ours) return;
  foreign.on_field(event.name, event.raw, config().authserv_id);
  if (!guarded) return;
  if (header_from.is_null() && ascii::equals_folded(event.name, "From")) {
    auto addresses = mail::parse_address_list(event.raw, 1);
    if (!addresses.empty()) header_from = std::move(addresses.front());
  } else if (record.message_id.empty() && ascii::equals_folded(event.name, "Message-ID")) {
    auto ids = mail::parse_message_ids(event.raw, 1);
    if (!ids.empty()) record.message_id = std::move(ids.front());
  }
  signs.on_field(event.name, event.raw);
  begin_reading();
  reader->feed_field(event.name, event.raw);
}

void Transaction::State::on_header_end(Instant now, Effects& effects) {
  stage = Stage::Body;
  if (origin == Origin::Reinjected) {
    // What a filter hands back has been signed or judged; anything else it sends is its own.
    if (is_second_pass(config(), client, trace) && !is_new_mail_of_ours()) return accept(effects);
    origin = find_first_pass_origin(config(), client, account, sender);
  }
  if (origin == Origin::Relay) {
    if (const auto address = find_foreign_client(config(), trace)) {
      client.address = address;
      client.name.clear();
      record.client = address->text();
    }
  }
  if (origin == Origin::Ours) {
    on_outgoing_header_end(now, effects);
  } else {
    on_inbound_header_end(effects);
  }
}

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

void Transaction::State::on_event(const BodyChunk& event, Effects& effects) {
  if (body_skipped) return;
  if (reader) reader->feed(event.bytes);
  if (reader && !reader->settled()) return;
  body_skipped = true;
  effects.emplace_back(Reply{.kind = ReplyKind::SkipBody, .code = 0, .enhanced = "", .text = ""});
}

void Transaction::State::on_message_end(const EndOfMessage& event, Instant now, Effects& effects) {
  if (permit) {
    sign(event, now, effects);
    return;
  }
  if (foreign.has_verdict()) effects.emplace_back(Note{policy::Reason::ForeignVerdictRemoved, ""});
  if (followed) {
    reading = reader->finish();
    ask_or_judge(now, effects);
    return;
  }
  foreign.append_changes(effects);
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

void Transaction::State::ask_or_judge(Instant now, Effects& effects) {
  record.kind = reading->kind;
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
  const Case one{.reading = &*reading,
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
                 .attack = surroundings.attack};
  MessageJudgement judged = judge_message(one, now);
  // Recipients past the limit are not known one by one, so nothing is refused on their behalf.
  if (record.recipient_count > recipients.size()) {
    judged.judgement.decision = std::min(judged.judgement.decision, policy::Decision::Mark);
  }
  if (token.clock_skew) effects.emplace_back(Note{policy::Reason::ClockSkew, ""});
  if (token.result == proof::ProofResult::Unavailable && !token.clock_skew) {
    effects.emplace_back(Note{policy::Reason::KeyUnknown, fmt::format("key {}", token.key)});
  }
  for (proof::Uses& uses : judged.uses)
    effects.emplace_back(CountUses{std::move(uses)});
  record.facts = std::move(judged.facts);
  record.judgement = std::move(judged.judgement);
  carry_out(record.judgement, now, effects);
}

void Transaction::State::carry_out(const policy::Judgement& judgement, Instant now,
                                   Effects& effects) {
  if (judgement.decision == policy::Decision::Refuse) {
    emit_record(now, effects);
    finish(effects, Reply{.kind = ReplyKind::Refuse,
                          .code = 550,
                          .enhanced = "5.7.1",
                          .text = fmt::format("This answers a message we did not send ({})",
                                              policy::name_of(judgement.reasons.front()))});
    return;
  }
  if (judgement.decision == policy::Decision::Discard) {
    emit_record(now, effects);
    finish(effects, Reply{.kind = ReplyKind::Discard, .code = 0, .enhanced = "", .text = ""});
    return;
  }
  foreign.append_changes(effects);
  effects.emplace_back(
      InsertField{std::string(kVerdictField), render_verdict(judgement, record.kind)});
  if (judgement.decision == policy::Decision::Quarantine) {
    effects.emplace_back(Hold{fmt::format("backstop: {}", policy::name_of(judgement.verdict))});
  }
  emit_record(now, effects);
  accept(effects);
}

Transaction::Transaction(Surroundings surroundings, Client client)
    : state_(std::make_unique<State>(std::move(surroundings), std::move(client))) {}
Transaction::~Transaction() = default;
Transaction::Transaction(Transaction&&) noexcept = default;

void Transaction::on(const Event& event, Instant now, Effects& effects) {
  State& state = *state_;
  const Stage stage = state.stage;
  if (stage == Stage::Done) return;
  if (std::holds_alternative<Aborted>(event)) {
    state.stage = Stage::Done;
    state.reader.reset();
  } else if (const auto* mail_from = std::get_if<MailFrom>(&event)) {
    if (stage == Stage::Start) state.on_event(*mail_from);
  } else if (const auto* rcpt_to = std::get_if<RcptTo>(&event)) {
    if (stage == Stage::Envelope) state.on_event(*rcpt_to, now, effects);
  } else if (const auto* field = std::get_if<HeaderField>(&event)) {
    if (stage == Stage::Envelope || stage == Stage::Header) state.on_event(*field);
  } else if (std::holds_alternative<EndOfHeaders>(event)) {
    if (stage == Stage::Envelope || stage == Stage::Header) state.on_header_end(now, effects);
  } else if (const auto* answered = std::get_if<Answered>(&event)) {
    if (stage == Stage::AskingPermit) state.on_permit(*answered, now, effects);
    if (stage == Stage::AskingProofs) state.on_proof(*answered, now, effects);
  } else if (const auto* chunk = std::get_if<BodyChunk>(&event)) {
    if (stage == Stage::Body) state.on_event(*chunk, effects);
  } else if (const auto* end = std::get_if<EndOfMessage>(&event)) {
    if (stage == Stage::Body) state.on_message_end(*end, now, effects);
  }
}

bool Transaction::waiting() const {
  return state_->stage == Stage::AskingPermit || state_->stage == Stage::AskingProofs;
}
bool Transaction::finished() const {
  return state_->stage == Stage::Done;
}

}  // namespace backstop::transaction
