#include "edge/mta/line_conversation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/limits.h"
#include "core/mail/header_text.h"
#include "edge/mta/rspamc_request.h"

namespace backstop::mta {
namespace {

// What a message in hand is told of its header.
class HeaderSink final : public MessageSink {
 public:
  explicit HeaderSink(MessageDrive& drive) : drive_(drive) {}
  void on_field(std::string_view name, std::string_view raw) override {
    drive_.tell(transaction::HeaderField{.name = name, .raw = raw});
  }
  void on_header_end() override { drive_.tell(transaction::EndOfHeaders{}); }
  void on_body(std::string_view /*bytes*/) override {}

 private:
  MessageDrive& drive_;
};

Envelope envelope_of(const MakeToken& request) {
  Envelope out;
  out.client.address = parse_client(request.client);
  out.client.server_name = request.server;
  out.sender = request.sender;
  out.authenticated = request.authenticated;
  out.queue_id = request.queue_id;
  auto addresses = mail::parse_address_list(request.recipients, limits::kTransactionRecipients + 1);
  out.more_recipients = addresses.size() > limits::kTransactionRecipients;
  if (out.more_recipients) addresses.resize(limits::kTransactionRecipients);
  for (const mail::Address& address : addresses)
    out.recipients.push_back(address.text());
  return out;
}

}  // namespace

LineConversation::LineConversation(const AddressWorld& addresses, door::MessageWorld& messages)
    : addresses_(addresses), messages_(messages), reader_(limits::kLineRequestBytes) {}

void LineConversation::consume(std::string_view& bytes, std::string& out) {
  const auto line = reader_.next(bytes);
  if (!line) {
    if (reader_.oversized()) drop("sent a line over the limit");
    return;
  }
  bytes = {};  // There is one request: what is behind it is not for us.
  greet();
  const auto request = parse_line_request(*line);
  if (!request) return drop("sent no request of the line protocol");
  std::visit([&](const auto& one) { answer(one, out); }, *request);
  if (!asking()) finish();
}

void LineConversation::answer(const VerifyTag& request, std::string& out) {
  const transaction::Surroundings surroundings = addresses_.surroundings.current();
  const TagFinding found = find_tag_for(request.client, request.address, surroundings, addresses_);
  switch (found.state) {
    case TagState::Authentic:
      out += "ok " + found.plain.text();
      return;
    case TagState::Late:
      out += "late " + found.plain.text();
      return;
    case TagState::Forged:
      out += refuses_forged_tag(request.address, surroundings) ? "bad" : "none";
      return;
    case TagState::KeysAway:
    case TagState::Withheld:
      out += "away";
      return;
    case TagState::None:
      out += "none";
      return;
  }
}

void LineConversation::answer(const UnsignTag& request, std::string& out) {
  const TagFinding found =
      find_tag(request.address, addresses_.surroundings.current(), addresses_.clock.now());
  // Never nothing: that is what a connection that was given up says.
  out += found.authentic()                   ? found.plain.text()
         : found.state == TagState::KeysAway ? "away"
                                             : "none";
}

void LineConversation::answer(const SignTag& request, std::string& out) {
  if (!may_be_tagged(request.address, addresses_.surroundings.current())) {
    out += request.address;
    return;
  }
  to_sign_ = request;
  ask(transaction::AskPermit{});
}

void LineConversation::answer(const MakeToken& request, std::string& /*out*/) {
  drive_ = std::make_unique<MessageDrive>(messages_, envelope_of(request));
  HeaderSink sink(*drive_);
  RspamcMessage header(sink, RspamcMessage::Top::AsItIs);
  header.feed(request.header);
  header.finish();
  if (drive_->asking()) return ask(drive_->question());
  // Nothing of ours: who brings it is judged, or let alone, elsewhere.
  drive_->abandon();
  drive_.reset();
}

void LineConversation::on_answered(Result<transaction::Answer> answer, std::string& out) {
  if (drive_ != nullptr) {
    drive_->answer(std::move(answer));
    drive_->tell_end();
    if (drive_->asking()) return ask(drive_->question());
    answer_token(out);
  } else if (to_sign_) {
    // Without a permit the mail goes on untagged.
    const auto* const permit = answer ? std::get_if<transaction::SigningPermit>(&*answer) : nullptr;
    const auto tagged =
        permit == nullptr
            ? std::nullopt
            : make_tag(to_sign_->address, to_sign_->day, to_sign_->recipient_domain, *permit,
                       addresses_.surroundings.current(), addresses_.clock.now());
    if (tagged) addresses_.tagged();
    out += tagged.value_or(to_sign_->address);
  }
  finish();
}

void LineConversation::answer_token(std::string& out) {
  const auto& fields = drive_->fields();
  for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
    if (field != fields.rbegin()) out += '\n';
    out += field->name + ": " + field->value;
  }
}

void LineConversation::on_abandoned() {
  if (drive_ != nullptr) drive_->abandon();
}

}  // namespace backstop::mta
