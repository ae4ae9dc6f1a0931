#include "core/transaction/transaction.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "core/mail/header_text.h"
#include "core/reading/header_signs.h"
#include "core/reading/reader.h"
#include "core/transaction/foreign_fields.h"
#include "core/transaction/judge.h"

namespace backstop::transaction {
namespace {

// Recipients named in a log line; the rest is counted.
constexpr std::size_t kNamedRecipients = 5;
constexpr std::string_view kOriginating = "ORIGINATING";

std::string_view without_brackets(std::string_view path) {
  if (path.size() >= 2 && path.front() == '<' && path.back() == '>')
    path = path.substr(1, path.size() - 2);
  return path;
}

// Senders whose mail is followed past its headers: those that automatic answers come from.
bool is_automatic_sender(const mail::Address& sender) {
  return sender.is_null() || ascii::equals_folded(sender.local, "postmaster") ||
         ascii::equals_folded(sender.local, "mailer-daemon");
}

enum class Stage { Start, Envelope, Header, Asking, Body, Done };

}  // namespace

struct Transaction::State {
  Surroundings surroundings;
  Client client;
  Stage stage = Stage::Start;
  bool own_client = false;
  bool guarded = false;   // A recipient is of a domain whose mail is judged.
  bool followed = false;  // Read to its end, and judged.
  bool body_skipped = false;
  mail::Address sender;
  mail::Address header_from;
  std::vector<Recipient> recipients;
  Record record;
  std::optional<SigningPermit> permit;
  Instant permit_asked{};
  ForeignFields foreign;
  reading::HeaderSigns signs;
  std::optional<reading::Reader> reader;

  State(Surroundings s, Client c) : surroundings(std::move(s)), client(std::move(c)) {
    record.client = client.address ? client.address->text() : client.name;
  }

  const config::Config& config() const { return *surroundings.config; }
  const config::Domain* domain_of(const mail::Address& address) const {
    return config().find_domain(mail::canonical_domain(address.domain));
  }

  void finish(Effects& effects, Reply reply) {
    effects.emplace_back(std::move(reply));
    stage = Stage::Done;
    reader.reset();
  }
  void accept(Effects& effects) {
    finish(effects, Reply{.kind = ReplyKind::Accept, .code = 0, .enhanced = "", .text = ""});
  }

  void begin_reading() {
    if (reader) return;
    reader.emplace();
    reader->set_envelope_sender(sender.is_null() ? std::string() : sender.text());
  }

  void on_event(const MailFrom& event);
  void on_event(const RcptTo& event);
  void on_event(const HeaderField& event);
  void on_header_end(Instant now, Effects& effects);
  void on_outgoing_header_end(Instant now, Effects& effects);
  void on_inbound_header_end(Effects& effects);
  void on_event(const BodyChunk& event, Effects& effects);
  void on_event(const Answered& event, Effects& effects);
  void on_message_end(Instant now, Effects& effects);
  void judge(Instant now, Effects& effects);
};

void Transaction::State::on_event(const MailFrom& event) {
  record.sender = without_brackets(event.sender.substr(0, limits::kPathBytes));
  // A sender nobody can read is neither null nor ours: its mail is let through unread.
  if (auto parsed = mail::parse_path(event.sender)) {
    sender = *std::move(parsed);
  } else {
    sender = mail::Address{.local = record.sender, .domain = ""};
  }
  own_client = !event.authenticated.empty() || client.daemon_name == kOriginating ||
               (client.address && config().is_own(*client.address));
  stage = Stage::Envelope;
}

void Transaction::State::on_event(const RcptTo& event) {
  ++record.recipient_count;
  if (record.recipients.size() < kNamedRecipients) {
    record.recipients.emplace_back(without_brackets(event.recipient.substr(0, limits::kPathBytes)));
  }
  if (recipients.size() >= limits::kTransactionRecipients) return;
  Recipient recipient;
  if (auto parsed = mail::parse_path(event.recipient)) {
    recipient.address = *std::move(parsed);
    const config::Domain* const domain = domain_of(recipient.address);
    if (domain != nullptr && domain->mode != policy::Mode::Off) recipient.domain = domain;
  }
  guarded = guarded || recipient.domain != nullptr;
  recipients.push_back(std::move(recipient));
}

void Transaction::State::on_event(const HeaderField& event) {
  stage = Stage::Header;
  if (own_client) {
    const bool wanted = sender.is_null() && header_from.is_null();
    if (wanted && ascii::equals_folded(event.name, "From")) {
      const auto addresses = mail::parse_address_list(event.raw, 1);
      if (!addresses.empty()) header_from = addresses.front();
    }
    return;
  }
  foreign.on_field(event.name, event.raw, config().authserv_id);
  if (!guarded) return;
  signs.on_field(event.name, event.raw);
  begin_reading();
  reader->feed_field(event.name, event.raw);
}

void Transaction::State::on_header_end(Instant now, Effects& effects) {
  stage = Stage::Body;
  if (own_client) {
    on_outgoing_header_end(now, effects);
  } else {
    on_inbound_header_end(effects);
  }
}

void Transaction::State::on_outgoing_header_end(Instant now, Effects& effects) {
  if (sender.is_null()) sender = header_from;
  if (sender.is_null() || domain_of(sender) == nullptr) {
    record.direction = Direction::Own;
    accept(effects);
    return;
  }
  record.direction = Direction::Outgoing;
  const auto& ring = surroundings.ring;
  if (ring == nullptr || ring->emitting() == nullptr) {
    effects.emplace_back(Note{policy::Reason::NoKey, ""});
    effects.emplace_back(record);
    accept(effects);
    return;
  }
  permit_asked = now;
  stage = Stage::Asking;
  effects.emplace_back(AskPermit{});
}

void Transaction::State::on_event(const Answered& event, Effects& effects) {
  stage = Stage::Body;
  const bool usable = event.permit && event.permit->ring != nullptr &&
                      event.permit->ring->find(event.permit->key) != nullptr;
  if (usable) {
    permit = *event.permit;
    return;
  }
  effects.emplace_back(Note{policy::Reason::SigningUnavailable,
                            event.permit ? std::string() : event.permit.error().text()});
  effects.emplace_back(record);
  accept(effects);
}

void Transaction::State::on_inbound_header_end(Effects& effects) {
  record.direction = Direction::Inbound;
  followed = guarded && (is_automatic_sender(sender) || signs.looks_automatic());
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

void Transaction::State::on_message_end(Instant now, Effects& effects) {
  if (permit) {
    const proof::Key& key = *permit->ring->find(permit->key);
    effects.emplace_back(
        InsertField{std::string(proof::kTokenField),
                    proof::sign_token(sender, *permit->ring, key, permit_asked, permit->nonce)});
    record.is_signed = true;
    effects.emplace_back(record);
    accept(effects);
    return;
  }
  if (foreign.has_verdict()) effects.emplace_back(Note{policy::Reason::ForeignVerdictRemoved, ""});
  if (followed) {
    judge(now, effects);
    return;
  }
  foreign.append_removals(effects);
  accept(effects);
}

void Transaction::State::judge(Instant now, Effects& effects) {
  const reading::Reading reading = reader->finish();
  auto [judgement, token] =
      judge_message(reading, recipients, config(), surroundings.ring.get(), now);
  // Recipients past the limit are not known one by one, so nothing is refused on their behalf.
  if (record.recipient_count > recipients.size()) {
    judgement.decision = std::min(judgement.decision, policy::Decision::Mark);
  }
  if (token.clock_skew) effects.emplace_back(Note{policy::Reason::ClockSkew, ""});
  if (token.result == proof::ProofResult::Unavailable && !token.clock_skew) {
    effects.emplace_back(Note{policy::Reason::KeyUnknown, fmt::format("key {}", token.key)});
  }
  record.kind = reading.kind;
  record.judgement = judgement;
  if (judgement.decision == policy::Decision::Refuse) {
    effects.emplace_back(record);
    finish(effects, Reply{.kind = ReplyKind::Refuse,
                          .code = 550,
                          .enhanced = "5.7.1",
                          .text = fmt::format("This answers a message we did not send ({})",
                                              policy::name_of(judgement.reasons.front()))});
    return;
  }
  foreign.append_removals(effects);
  effects.emplace_back(
      InsertField{std::string(kVerdictField), render_verdict(judgement, reading.kind)});
  if (judgement.decision == policy::Decision::Quarantine) {
    effects.emplace_back(Hold{fmt::format("backstop: {}", policy::name_of(judgement.verdict))});
  }
  effects.emplace_back(record);
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
    if (stage == Stage::Envelope) state.on_event(*rcpt_to);
  } else if (const auto* field = std::get_if<HeaderField>(&event)) {
    if (stage == Stage::Envelope || stage == Stage::Header) state.on_event(*field);
  } else if (std::holds_alternative<EndOfHeaders>(event)) {
    if (stage == Stage::Envelope || stage == Stage::Header) state.on_header_end(now, effects);
  } else if (const auto* answered = std::get_if<Answered>(&event)) {
    if (stage == Stage::Asking) state.on_event(*answered, effects);
  } else if (const auto* chunk = std::get_if<BodyChunk>(&event)) {
    if (stage == Stage::Body) state.on_event(*chunk, effects);
  } else if (std::holds_alternative<EndOfMessage>(event)) {
    if (stage == Stage::Body) state.on_message_end(now, effects);
  }
}

bool Transaction::waiting() const {
  return state_->stage == Stage::Asking;
}
bool Transaction::finished() const {
  return state_->stage == Stage::Done;
}

}  // namespace backstop::transaction
