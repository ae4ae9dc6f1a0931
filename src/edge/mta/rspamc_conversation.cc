#include "edge/mta/rspamc_conversation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/mail/header_text.h"

namespace backstop::mta {
namespace {

Envelope envelope_of(RspamcHead head) {
  Envelope out;
  out.client.address = parse_client(head.client);
  out.client.name = std::move(head.host_name);
  out.sender = std::move(head.sender);
  out.authenticated = std::move(head.user);
  out.recipients = std::move(head.recipients);
  out.more_recipients = head.more_recipients > 0;
  out.queue_id = std::move(head.queue_id);
  return out;
}

RspamcAction action_of(const MessageDrive& message) {
  if (message.reply() && message.reply()->kind == transaction::ReplyKind::Refuse)
    return RspamcAction::Reject;
  if (message.reply() && message.reply()->kind == transaction::ReplyKind::Defer)
    return RspamcAction::SoftReject;
  if (message.reply() && message.reply()->kind == transaction::ReplyKind::Discard)
    return RspamcAction::Discard;
  if (message.is_held()) return RspamcAction::Quarantine;
  return message.fields().empty() ? RspamcAction::None : RspamcAction::AddHeader;
}

}  // namespace

void RspamcConversation::consume(std::string_view& bytes, std::string& out) {
  if (!envelope_) {
    auto head = head_.next(bytes);
    if (!head) {
      if (!head_.complaint().empty()) drop(head_.complaint());
      return;
    }
    greet();
    left_ = head->content_length;
    envelope_ = envelope_of(*std::move(head));
  }
  const std::string_view piece = bytes.substr(0, std::min<std::uint64_t>(left_, bytes.size()));
  bytes.remove_prefix(piece.size());
  left_ -= piece.size();
  if (!piece.empty()) message_.feed(piece);
  go_on(out);
}

// Asks what is open, ends the message when all of it has come, and replies in the end.
void RspamcConversation::go_on(std::string& out) {
  if (drive_ != nullptr && drive_->asking()) return ask(drive_->question());
  if (left_ > 0) return;
  if (!std::exchange(finished_, true)) message_.finish();
  if (!drive_->asking() && !std::exchange(ended_, true)) drive_->tell_end();
  if (drive_->asking()) return ask(drive_->question());
  reply(out);
}

void RspamcConversation::on_answered(Result<transaction::Answer> answer, std::string& out) {
  drive_->answer(std::move(answer));
  const std::string body = std::exchange(held_body_, {});
  if (!body.empty()) on_body(body);
  go_on(out);
}

MessageDrive& RspamcConversation::drive() {
  if (drive_ == nullptr) drive_ = std::make_unique<MessageDrive>(world_, *envelope_);
  return *drive_;
}

void RspamcConversation::on_own_received(std::string_view raw) {
  envelope_->client.server_name = mail::parse_received(raw).by;
}

void RspamcConversation::on_field(std::string_view name, std::string_view raw) {
  drive().tell(transaction::HeaderField{.name = name, .raw = raw});
}

void RspamcConversation::on_header_end() {
  drive().tell(transaction::EndOfHeaders{});
}

void RspamcConversation::on_body(std::string_view bytes) {
  if (drive_->asking()) {
    held_body_ += bytes;
  } else {
    drive_->tell(transaction::BodyChunk{bytes});
  }
}

void RspamcConversation::reply(std::string& out) {
  std::vector<std::string> lines;
  const auto& fields = drive_->fields();
  for (auto field = fields.rbegin(); field != fields.rend(); ++field)
    lines.push_back(field->name + ": " + field->value);
  if (const auto& said = drive_->reply(); said && said->code != 0)
    lines.push_back(
        fmt::format("Backstop-Reply: {} {} {}", said->code, said->enhanced, said->text));
  out += render_rspamc_reply(action_of(*drive_), lines);
  finish();
}

void RspamcConversation::on_abandoned() {
  if (drive_ != nullptr) drive_->abandon();
}

}  // namespace backstop::mta
