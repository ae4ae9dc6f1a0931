// What a transaction knows of its message on the way; its own files only.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/mail/header_text.h"
#include "core/reading/header_signs.h"
#include "core/reading/reader.h"
#include "core/transaction/foreign_fields.h"
#include "core/transaction/judge.h"
#include "core/transaction/origin.h"
#include "core/transaction/outgoing_message.h"
#include "core/transaction/proof_questions.h"
#include "core/transaction/transaction.h"

namespace backstop::transaction {

enum class Stage { Start, Envelope, Header, AskingPermit, Body, AskingPass, AskingProofs, Done };

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
  std::shared_ptr<const void> sample_room;  // MailFrom::sample_room, as long as it may be needed.
  std::string sample;                       // What came of it, up to limits::kSampleBytes.
  bool sample_cut = false;
  bool sample_has_body = false;
  std::vector<unsigned> sample_rules;  // That refuse it.
  // Of a canary:
  unsigned canary_fields = 0;
  std::string canary_text;  // Of the first.
  bool is_canary = false;   // Its pass was granted.
  std::string queue_id;     // While that is asked for.
  // While its proofs are asked for:
  std::shared_ptr<const reading::Reading> reading;
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

  // A sample may be asked for: there is room, and somebody's answers are refused.
  bool may_be_refused() const {
    return sample_room != nullptr && std::ranges::any_of(recipients, [](const Recipient& each) {
             return each.mode == policy::Mode::Enforce;
           });
  }

  void finish(Effects& effects, Reply reply) {
    sample_room.reset();
    sample = {};
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
  bool take_recipient(const Recipient& recipient, Instant now, Effects& effects) const;
  void on_event(const HeaderField& event);
  void add_to_sample(const HeaderField& field);
  bool add_to_sample(const BodyChunk& chunk);
  void keep_sample(Effects& effects);
  void count_rules(const std::vector<unsigned>& rules, Effects& effects);
  void on_header_end(Instant now, Effects& effects);
  void on_outgoing_header_end(Instant now, Effects& effects);
  void on_inbound_header_end(Effects& effects);
  void on_event(const BodyChunk& event, Effects& effects);
  void on_permit(const Answered& event, Instant now, Effects& effects);
  void note_canary(std::string_view raw);
  std::optional<proof::CanaryPass> read_pass(Instant now) const;
  void on_pass(const Answered& event, Instant now, Effects& effects);
  void on_message_end(const EndOfMessage& event, Instant now, Effects& effects);
  void conclude(const EndOfMessage& event, Instant now, Effects& effects);
  void sign(const EndOfMessage& event, Instant now, Effects& effects);
  void ask_or_judge(Instant now, Effects& effects);
  void ask_further(Instant now, Effects& effects);
  void on_proof(const Answered& event, Instant now, Effects& effects);
  void judge(Instant now, Effects& effects);
  void carry_out(const policy::Judgement& judgement, Instant now, Effects& effects);
};

}  // namespace backstop::transaction
