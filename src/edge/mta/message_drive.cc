#include "edge/mta/message_drive.h"

#include <fmt/core.h>

#include <exception>
#include <utility>

#include "core/base/escape.h"

namespace backstop::mta {

std::optional<IpAddress> parse_client(std::string_view text) {
  return IpAddress::parse(text.empty() ? "127.0.0.1" : text);
}

MessageDrive::MessageDrive(door::MessageWorld& world, Envelope envelope)
    : world_(world),
      envelope_(std::move(envelope)),
      id_(envelope_.queue_id.empty() ? fmt::format("s{}", ++world.own_ids) : envelope_.queue_id) {
  try {
    flow_ = world_.messages.begin(envelope_.client);
  } catch (const std::exception& fault) {
    let_pass(fault.what());
    return;
  }
  const auto& client = envelope_.client.address;
  const unsigned wrong_tags = world_.wrong_tags != nullptr && client
                                  ? world_.wrong_tags->count(*client, world_.clock.now())
                                  : 0;
  tell(transaction::MailFrom{.sender = envelope_.sender,
                             .authenticated = envelope_.authenticated,
                             .wrong_tags = wrong_tags,
                             .sample_room = world_.find_sample_room(envelope_.sender)});
  for (const std::string& recipient : envelope_.recipients)
    tell(transaction::RcptTo{
        .recipient = recipient, .answerable = false, .over_rate = world_.is_over_rate(recipient)});
  // What is not known one by one only needs to be known of.
  if (envelope_.more_recipients) tell(transaction::RcptTo{.recipient = "", .answerable = false});
}

void MessageDrive::tell(const transaction::Event& event) {
  if (flow_ == nullptr || asking()) return;
  pass_on(event);
}

void MessageDrive::answer(Result<transaction::Answer> answer) {
  if (!asking()) return;
  question_.reset();
  pass_on(transaction::Answered{std::move(answer)});
}

void MessageDrive::abandon() {
  question_.reset();
  if (flow_ != nullptr) pass_on(transaction::Aborted{});
  question_.reset();
  flow_.reset();
}

void MessageDrive::pass_on(const transaction::Event& event) {
  try {
    transaction::Effects effects;
    flow_->on(event, world_.clock.now(), effects);
    carry_out(effects);
  } catch (const std::exception& fault) {
    let_pass(fault.what());
  } catch (...) {
    let_pass("unknown exception");
  }
}

void MessageDrive::carry_out(const transaction::Effects& effects) {
  bool settles = false;
  for (const transaction::Effect& effect : effects) {
    if (const auto* insert = std::get_if<transaction::InsertField>(&effect)) {
      fields_.push_back(*insert);
    } else if (std::holds_alternative<transaction::Hold>(effect)) {
      held_ = true;
    } else if (auto question = door::question_of(effect)) {
      question_ = *std::move(question);
    } else if (const auto* reply = std::get_if<transaction::Reply>(&effect)) {
      if (reply->kind == transaction::ReplyKind::SkipBody) continue;
      reply_ = *reply;
      settles = true;
    } else {
      // Fields to remove and a tagged sender are not for a request: the mail server's own rules
      // remove and ask.
      door::keep(effect, escape_log(id_), true, world_, true);
    }
  }
  if (settles) flow_.reset();
}

void MessageDrive::let_pass(const char* why) {
  flow_.reset();
  question_.reset();
  fields_.clear();
  reply_.reset();
  held_ = false;
  try {
    world_.log.write(ports::LogLevel::Error, fmt::format("{}: fault={} the message passes unjudged",
                                                         escape_log(id_), escape_log(why)));
    world_.passed_by();
  } catch (...) {
    // Without memory for a line the message still passes.
  }
}

}  // namespace backstop::mta
