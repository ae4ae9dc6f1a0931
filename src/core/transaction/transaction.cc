#include "core/transaction/transaction.h"

#include <algorithm>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "core/proof/tag.h"
#include "core/proof/wrong_tags.h"
#include "core/transaction/recipient_answer.h"
#include "core/transaction/recipient_tag.h"
#include "core/transaction/transaction_state.h"

namespace backstop::transaction {
namespace {

// Recipients named in a log line; the rest is counted.
constexpr std::size_t kNamedRecipients = 5;
// Recipients of what is judged that its record keeps: as many as a history row has room for.
constexpr std::size_t kJudgedRecipients = 40;
// Received lines that are looked at for a filter's second pass and a relay's client.
constexpr std::size_t kTraceLines = 10;

std::string_view without_brackets(std::string_view path) {
  if (path.size() >= 2 && path.front() == '<' && path.back() == '>')
    path = path.substr(1, path.size() - 2);
  return path;
}

}  // namespace

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
  if (origin == Origin::Stranger && sender.is_null()) sample_room = event.sample_room;
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
  const bool counted =
      origin == Origin::Stranger && client.address && client.daemon_name != kCanaryDaemon;
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
bool Transaction::State::take_recipient(const Recipient& recipient, Instant now,
                                        Effects& effects) const {
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
    answer = answer_recipient(recipient, recipients, surroundings, sample_room != nullptr, now);
  if (!answer) return true;
  if (answer->valve != 0)
    effects.emplace_back(CountRule{.rule = answer->valve, .deed = RuleDeed::RefusedUnkept});
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
    recipient.over_rate = event.over_rate;
  }
  if (recipients.size() < limits::kTransactionRecipients && event.answerable &&
      !take_recipient(recipient, now, effects))
    return;
  ++record.recipient_count;
  if (record.recipients.size() < kNamedRecipients)
    record.recipients.emplace_back(without_brackets(event.recipient.substr(0, limits::kPathBytes)));
  // What was judged can be judged again only with the recipients that it was judged for.
  const std::size_t kept = origin == Origin::Ours ? kNamedRecipients : kJudgedRecipients;
  if (record.recipient_addresses.size() < kept)
    record.recipient_addresses.emplace_back(recipient.address,
                                            domain_of(recipient.address) != nullptr);
  if (recipients.size() >= limits::kTransactionRecipients) return;
  guarded = guarded || recipient.domain != nullptr;
  recipients.push_back(std::move(recipient));
}

void Transaction::State::on_event(const HeaderField& event) {
  stage = Stage::Header;
  if (ascii::equals_folded(event.name, proof::kCanaryField)) note_canary(event.raw);
  if (wants_trace() && trace.size() < kTraceLines && ascii::equals_folded(event.name, "Received"))
    trace.push_back(mail::parse_received(event.raw));
  if (origin == Origin::Ours || origin == Origin::Reinjected)
    outgoing.on_field(event.name, event.raw);
  if (origin == Origin::Ours) return;
  foreign.on_field(event.name, event.raw, config().authserv_id);
  if (!guarded) return;
  if (may_be_refused()) add_to_sample(event);
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

void Transaction::State::on_event(const BodyChunk& event, Effects& effects) {
  if (body_skipped) return;
  if (reader) reader->feed(event.bytes);
  const bool samples = add_to_sample(event);
  if (samples || (reader && !reader->settled())) return;
  body_skipped = true;
  effects.emplace_back(Reply{.kind = ReplyKind::SkipBody, .code = 0, .enhanced = "", .text = ""});
}

void Transaction::State::note_canary(std::string_view raw) {
  if (canary_fields++ == 0) canary_text = raw.substr(0, limits::kTokenTextBytes);
}

// Only where it could be somebody's mail does a pass say anything: a letter that is signed, or an
// answer from a stranger; to one recipient, as no pass is for several.
std::optional<proof::CanaryPass> Transaction::State::read_pass(Instant now) const {
  const bool is_answer = followed && origin == Origin::Stranger;
  if (canary_fields != 1 || (!permit && !is_answer) || surroundings.ring == nullptr ||
      recipients.size() != 1 || record.recipient_count != 1)
    return std::nullopt;
  return proof::read_canary_pass(canary_text, recipients.front().address,
                                 surroundings.ring->ring_secret(), now);
}

void Transaction::State::on_message_end(const EndOfMessage& event, Instant now, Effects& effects) {
  if (const auto pass = read_pass(now)) {
    queue_id = event.queue_id;
    stage = Stage::AskingPass;
    effects.emplace_back(AskCanaryPass{*pass});
    return;
  }
  conclude(event, now, effects);
}

void Transaction::State::on_pass(const Answered& event, Instant now, Effects& effects) {
  is_canary = event.answer && std::holds_alternative<CanaryGranted>(*event.answer);
  stage = Stage::Body;
  conclude(EndOfMessage{queue_id}, now, effects);
}

void Transaction::State::conclude(const EndOfMessage& event, Instant now, Effects& effects) {
  if (permit) {
    sign(event, now, effects);
    return;
  }
  if (foreign.has_verdict()) effects.emplace_back(Note{policy::Reason::ForeignVerdictRemoved, ""});
  if (followed) {
    reading = std::make_shared<const reading::Reading>(reader->finish());
    ask_or_judge(now, effects);
    return;
  }
  foreign.append_changes(effects);
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
    if (stage == Stage::AskingPass) state.on_pass(*answered, now, effects);
    if (stage == Stage::AskingProofs) state.on_proof(*answered, now, effects);
  } else if (const auto* chunk = std::get_if<BodyChunk>(&event)) {
    if (stage == Stage::Body) state.on_event(*chunk, effects);
  } else if (const auto* end = std::get_if<EndOfMessage>(&event)) {
    if (stage == Stage::Body) state.on_message_end(*end, now, effects);
  }
}

bool Transaction::waiting() const {
  return state_->stage == Stage::AskingPermit || state_->stage == Stage::AskingPass ||
         state_->stage == Stage::AskingProofs;
}
bool Transaction::finished() const {
  return state_->stage == Stage::Done;
}

}  // namespace backstop::transaction
