#include "sim/conversation.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/play/run.h"

namespace backstop::sim {

using transaction::Reply;
using transaction::ReplyKind;

Conversation::Conversation(World& world, Letter letter, Pace pace, std::size_t piece,
                           bool is_rehearsal)
    : world_(world),
      letter_(std::move(letter)),
      pace_(pace),
      piece_(piece),
      is_rehearsal_(is_rehearsal),
      snapshot_(world.snapshot()),
      transaction_(snapshot_.surroundings,
                   transaction::Client{.address = IpAddress::parse(letter_.client),
                                       .name = letter_.client_name,
                                       .daemon_name = "",
                                       .server_name = std::string(kHost)}) {}

void Conversation::go_on() {
  while (!over_ && !question_)
    step();
}

void Conversation::step() {
  switch (stage_) {
    case Stage::Mail: {
      const unsigned wrong_tags = world_.wrong_tags(letter_.client);
      outcome_.is_searching = proof::is_searching(wrong_tags);
      tell(transaction::MailFrom{.sender = letter_.sender,
                                 .authenticated = letter_.login,
                                 .wrong_tags = wrong_tags,
                                 .envelope_id = letter_.envelope_id});
      stage_ = Stage::Recipients;
      return;
    }
    case Stage::Recipients: {
      if (position_ == letter_.recipients.size()) {
        stage_ = outcome_.taken.empty() ? Stage::Over : Stage::Header;
        position_ = 0;
        if (stage_ == Stage::Over) {
          outcome_.judged_at = world_.now();
          outcome_.turned_away = outcome_.deferred.empty();
          abort();
        }
        return;
      }
      const std::string& recipient = letter_.recipients[position_++];
      tell(transaction::RcptTo{recipient});
      if (!event_reply_) {
        outcome_.taken.push_back(recipient);
      } else if (event_reply_->kind == ReplyKind::Refuse) {
        outcome_.refused.push_back(recipient);
      } else {
        outcome_.deferred.push_back(recipient);
      }
      return;
    }
    case Stage::Header: {
      if (position_ == letter_.fields.size()) {
        stage_ = Stage::HeaderEnd;
        position_ = 0;
        return;
      }
      const auto& [name, value] = letter_.fields[position_++];
      const std::string raw = " " + value;
      tell(transaction::HeaderField{name, raw});
      return;
    }
    case Stage::HeaderEnd:
      stage_ = Stage::Body;
      tell(transaction::EndOfHeaders{});
      return;
    case Stage::Body: {
      if (skips_body_ || position_ >= letter_.body.size()) {
        stage_ = Stage::End;
        return;
      }
      const std::string_view rest = std::string_view(letter_.body).substr(position_);
      position_ += std::min(piece_, rest.size());
      tell(transaction::BodyChunk{rest.substr(0, piece_)});
      return;
    }
    case Stage::End:
      stage_ = Stage::Over;
      outcome_.judged_at = world_.now();
      tell(transaction::EndOfMessage{letter_.queue_id});
      return;
    case Stage::Over:
      if (!outcome_.reply) complain("the message got no answer at its end");
      finish();
      return;
  }
}

void Conversation::abort() {
  question_.reset();
  transaction::Effects effects;
  transaction_.on(transaction::Aborted{}, world_.now(), effects);
  // The answer to what was asked may still come; so may a confused client's next event.
  transaction_.on(transaction::Answered{fail(Errc::Unavailable, "", "too late")}, world_.now(),
                  effects);
  transaction_.on(transaction::EndOfMessage{"late"}, world_.now(), effects);
  if (!effects.empty()) complain("something came out of a message that was given up");
  if (!transaction_.finished()) complain("a message that was given up is not finished");
  outcome_.aborted = true;
  finish();
}

void Conversation::tell(const transaction::Event& event) {
  event_reply_.reset();
  transaction::Effects effects;
  transaction_.on(event, world_.now(), effects);
  for (const transaction::Effect& effect : effects) {
    if (question_) complain("something comes out while a question is open");
    if (event_reply_ && stage_ != Stage::Recipients)
      complain("something comes out after the answer to an event");
    take(effect);
  }
  if (transaction_.waiting() != question_.has_value())
    complain("it waits without a question, or asks and does not wait");
  if (transaction_.finished()) {
    if (!outcome_.reply) complain("it is finished without an answer");
    transaction::Effects more;
    transaction_.on(transaction::EndOfMessage{"again"}, world_.now(), more);
    if (!more.empty()) complain("something comes out after the last word");
    outcome_.passed_at_header_end = stage_ == Stage::Body && position_ == 0 && !skips_body_;
    finish();
    return;
  }
  if (question_ && pace_ == Pace::AtOnce) answer(true);
}

void Conversation::answer(bool in_time) {
  const Question question = *std::move(question_);
  question_.reset();
  Result<transaction::Answer> answer = fail(Errc::Unavailable, "", "it took too long");
  if (in_time && pace_ != Pace::Never) answer = answer_of(question);
  const bool asked_permit = std::holds_alternative<transaction::AskPermit>(question);
  if (asked_permit && !answer) {
    // Whoever drives it notes that mail goes out unsigned now.
    if (!is_rehearsal_) world_.add_gap(world_.now(), world_.now(), proof::GapCause::Signing);
  } else if (asked_permit) {
    outcome_.permit_granted = true;
    outcome_.key = std::get<transaction::SigningPermit>(*answer).key;
  } else if (!answer && std::holds_alternative<transaction::AskLedger>(question)) {
    outcome_.ledger_answered = false;
  } else if (!answer) {
    outcome_.key_answered = false;
  }
  tell(transaction::Answered{std::move(answer)});
}

Result<transaction::Answer> Conversation::answer_of(const Question& question) {
  if (const auto* ledger = std::get_if<transaction::AskLedger>(&question))
    return world_.look_up(ledger->query);
  if (const auto* key = std::get_if<transaction::AskDkimKey>(&question))
    return world_.find_key(key->name);
  return world_.grant();
}

void Conversation::take(const transaction::Effect& effect) {
  const bool at_end = stage_ == Stage::Over;
  if (std::string text = play::render_effect(effect); !text.empty())
    outcome_.effects.push_back(std::move(text));
  if (std::holds_alternative<transaction::AskPermit>(effect)) {
    if (outcome_.permit_asked) complain("leave to sign is asked for twice");
    outcome_.permit_asked = true;
    outcome_.issued = world_.now();
    question_ = transaction::AskPermit{};
  } else if (const auto* ledger = std::get_if<transaction::AskLedger>(&effect)) {
    question_ = *ledger;
  } else if (const auto* key = std::get_if<transaction::AskDkimKey>(&effect)) {
    question_ = *key;
  } else if (const auto* inserted = std::get_if<transaction::InsertField>(&effect)) {
    if (!at_end) complain("a field is put in before the end of the message");
    outcome_.inserted.emplace_back(inserted->name, inserted->value);
  } else if (const auto* removed = std::get_if<transaction::RemoveField>(&effect)) {
    if (!at_end) complain("a field is removed before the end of the message");
    if (!outcome_.inserted.empty()) complain("a field is removed after one was put in");
    for (const auto& [name, occurrence] : outcome_.removed) {
      if (name == removed->name && occurrence <= removed->occurrence)
        complain("fields are not removed from the last to the first");
    }
    outcome_.removed.emplace_back(removed->name, removed->occurrence);
  } else if (const auto* sender = std::get_if<transaction::ChangeSender>(&effect)) {
    if (!at_end) complain("the sender is changed before the end of the message");
    if (sender->sender.text() != letter_.sender) outcome_.changed_sender = sender->sender;
    outcome_.envelope_id = sender->envelope_id;
  } else if (const auto* hold = std::get_if<transaction::Hold>(&effect)) {
    outcome_.held = hold->why;
  } else if (const auto* note = std::get_if<transaction::Note>(&effect)) {
    outcome_.notes.push_back(*note);
  } else if (const auto* record = std::get_if<transaction::Record>(&effect)) {
    outcome_.records.push_back(*record);
  } else if (const auto* sent = std::get_if<transaction::RecordSent>(&effect)) {
    outcome_.recorded_sent = true;
    if (!is_rehearsal_) world_.record(sent->message);
  } else if (const auto* uses = std::get_if<transaction::CountUses>(&effect)) {
    outcome_.counted_uses = true;
    if (!is_rehearsal_) world_.count(uses->uses);
  } else if (const auto* wrong = std::get_if<transaction::CountWrongTag>(&effect)) {
    if (!is_rehearsal_) world_.count_wrong_tag(wrong->client);
  } else if (const auto* reply = std::get_if<Reply>(&effect)) {
    take_reply(*reply);
  }
}

void Conversation::take_reply(const Reply& reply) {
  if (event_reply_) complain("two answers to one event");
  event_reply_ = reply;
  if (reply.kind == ReplyKind::SkipBody) {
    skips_body_ = true;
    return;
  }
  const bool harsh = reply.kind == ReplyKind::Refuse || reply.kind == ReplyKind::Defer;
  if (harsh && (reply.text.empty() || reply.code < 400 || reply.code > 599))
    complain("a refusal without a code or words");
  if (stage_ == Stage::Recipients) return;
  if (harsh && stage_ != Stage::Over) complain("refused before the end of the message");
  outcome_.reply = reply;
}

}  // namespace backstop::sim
