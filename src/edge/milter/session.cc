#include "edge/milter/session.h"

#include <fmt/core.h>

#include <algorithm>
#include <exception>
#include <iterator>

#include "core/base/escape.h"
#include "core/base/limits.h"
#include "edge/milter/reply.h"

namespace backstop::milter {
namespace {

constexpr std::uint32_t kVersionMin = 2;
constexpr std::uint32_t kVersionMax = 6;
constexpr std::uint32_t kActionsWanted =
    action::kAddFields | action::kChangeFields | action::kQuarantine | action::kChangeSender;
// Never kRejectedRecipients: with it Postfix shows {rcpt_mailer} = error for accepted recipients of
// virtual alias domains too.  Never kLeadingSpace: the MTA writes the blank after the colon.
constexpr std::uint32_t kStepsWanted = step::kNoHelo | step::kNoUnknown | step::kNoData |
                                       step::kSkip | step::kNoReplyConnect | step::kNoReplyMail |
                                       step::kNoReplyRecipient | step::kNoReplyHeader;
// With lists of our own the MTA sends no macro but these.
constexpr MacroList kMacroLists[] = {
    {.stage = kStageConnect, .names = "j {daemon_name} v"},
    {.stage = kStageMail, .names = "i {auth_authen}"},
    {.stage = kStageRecipient, .names = "i"},
    {.stage = kStageEndOfHeaders, .names = "i"},
    {.stage = kStageEndOfMessage, .names = "i"},
};

// The MTA found no name: Postfix and Sendmail then say "unknown" or the address in brackets.
std::string_view known_name(std::string_view host) {
  return host == "unknown" || host.starts_with('[') ? std::string_view() : host;
}

}  // namespace

Session::Session(SessionWorld& world) : world_(world) {}
Session::~Session() = default;

bool Session::in_message() const {
  return stage_ == Stage::Envelope || stage_ == Stage::Headers || stage_ == Stage::Body ||
         (stage_ == Stage::Passing && settled_.has_value());
}

void Session::on_bytes(std::string_view bytes, std::string& out) {
  if (over_) return;
  now_ = world_.clock.now();
  if (!asking_) consume(bytes, out);
  if (over_ || bytes.empty()) return;
  if (queued_.size() + bytes.size() > limits::kMilterQueuedBytes) return drop(Defect::QueueFull);
  queued_.append(bytes);
}

void Session::on_answer(Result<transaction::Answer> answer, std::string& out) {
  if (!asking_ || over_) return;
  now_ = world_.clock.now();
  asking_ = false;
  const Packet asked_by{.command = asked_at_, .payload = {}, .whole = asked_whole_};
  pass_on(transaction::Answered{std::move(answer)}, asked_at_, out);
  if (end_follows_ && !asking_) {
    end_follows_ = false;
    pass_on(transaction::EndOfMessage{macros_.queue_id()}, Command::EndOfMessage, out);
  }
  conclude(asked_by, out);
  if (asking_ || queued_.empty()) return;
  const std::string queued = std::exchange(queued_, {});
  std::string_view bytes = queued;
  consume(bytes, out);
  if (!over_) queued_ = bytes;
}

void Session::on_end() {
  if (over_) return;
  abort_message();
  if (reader_.within_packet()) return drop(Defect::ClosedWithinPacket);
  over_ = true;
}

void Session::on_silence() {
  if (!over_) drop(stage_ == Stage::Fresh ? Defect::NegotiationTimeout : Defect::IdleTimeout);
}

void Session::consume(std::string_view& bytes, std::string& out) {
  while (!over_ && !asking_) {
    const auto packet = reader_.next(bytes);
    if (!packet) {
      if (reader_.defect()) drop(*reader_.defect());
      return;
    }
    on_packet(*packet, out);
  }
}

bool Session::expect(bool in_order) {
  if (!in_order) drop(Defect::OutOfOrder);
  return in_order;
}

void Session::drop(Defect defect) {
  abort_message();
  defect_ = defect;
  over_ = true;
}

void Session::on_packet(const Packet& packet, std::string& out) {
  const Command command = packet.command;
  if (command == Command::Quit) {
    abort_message();
    over_ = true;
    return;
  }
  if (!expect((stage_ == Stage::Fresh) == (command == Command::Negotiate))) return;
  switch (command) {
    case Command::Negotiate:
      return on_negotiate(packet.payload, out);
    case Command::Macro:
      if (const auto macros = parse_macros(packet.payload)) return macros_.take(*macros);
      return drop(Defect::MalformedMacro);
    case Command::Connect:
      return on_connect(packet.payload, out);
    case Command::Helo:
    case Command::Unknown:
      return reply_to(command, out);
    case Command::Mail:
      return on_mail(packet.payload, out);
    case Command::Recipient:
      return on_recipient(packet.payload, out);
    case Command::Data:
      if (expect(stage_ == Stage::Envelope || stage_ == Stage::Passing)) reply_to(command, out);
      return;
    case Command::Header:
      return on_header(packet.payload, out);
    case Command::EndOfHeaders:
    case Command::Body:
    case Command::EndOfMessage:
      return on_message_content(packet, out);
    case Command::Abort:
      abort_message();
      return end_message(stage_ == Stage::Negotiated ? stage_ : Stage::Connected);
    case Command::QuitNewConnection:
      abort_message();
      end_message(Stage::Negotiated);
      macros_.end_connection();
      client_ = {};
      return;
    case Command::Quit:
      return;
  }
}

void Session::on_negotiate(std::string_view payload, std::string& out) {
  const auto offer = parse_negotiation(payload);
  if (!offer) return drop(offer.error());
  if (offer->version < kVersionMin) return drop(Defect::OldVersion);
  actions_ = kActionsWanted & offer->actions;
  steps_ = kStepsWanted & offer->steps;
  if (world_.messages.answers_recipients()) steps_ &= ~step::kNoReplyRecipient;
  tell_missing_actions();
  const bool own_lists = (offer->actions & action::kSetMacroLists) != 0;
  const Negotiation ours{
      .version = std::min(offer->version, kVersionMax),
      .actions = actions_ | (own_lists ? action::kSetMacroLists : 0),
      .steps = steps_,
  };
  append_negotiation(
      out, ours,
      own_lists ? std::span<const MacroList>(kMacroLists) : std::span<const MacroList>());
  stage_ = Stage::Negotiated;
}

void Session::tell_missing_actions() {
  const std::uint32_t missing = kActionsWanted & ~actions_;
  const std::uint32_t untold = missing & ~world_.missing_told.fetch_or(missing);
  if (untold == 0) return;
  std::string what;
  if ((untold & action::kAddFields) != 0) what += " no token and no verdict can be added;";
  if ((untold & action::kChangeFields) != 0) what += " foreign verdicts cannot be removed;";
  if ((untold & action::kQuarantine) != 0) what += " nothing can be held;";
  if ((untold & action::kChangeSender) != 0)
    what += " no sender can be tagged, and no ENVID given;";
  what.pop_back();
  world_.log.write(ports::LogLevel::Warning,
                   "milter: the server does not let filters do all that is needed:" + what);
}

void Session::on_connect(std::string_view payload, std::string& out) {
  if (!expect(stage_ == Stage::Negotiated)) return;
  const auto connect = parse_connect(payload);
  if (!connect) return drop(connect.error());
  client_ = {};
  client_.name = known_name(connect->host);
  client_.daemon_name = macros_.daemon_name();
  client_.server_name = macros_.server_name();
  if (connect->family == Family::Inet || connect->family == Family::Inet6) {
    // A zone says nothing outside its host, and IpAddress refuses it.
    client_.address = IpAddress::parse(connect->address.substr(0, connect->address.find('%')));
    if (!client_.address) return drop(Defect::MalformedConnect);
  }
  stage_ = Stage::Connected;
  reply_to(Command::Connect, out);
}

void Session::on_mail(std::string_view payload, std::string& out) {
  if (!expect(stage_ == Stage::Connected || (stage_ == Stage::Passing && !settled_))) return;
  const auto sender = parse_envelope(payload);
  if (!sender) return drop(sender.error());
  own_id_.clear();
  kept_parameters_ = macros_.is_postfix() ? std::string() : kept_parameters(sender->arguments);
  skip_body_ = false;
  stage_ = Stage::Envelope;
  begin_message(*sender, out);
  conclude({.command = Command::Mail, .payload = {}, .whole = true}, out);
}

void Session::begin_message(const Envelope& sender, std::string& out) {
  try {
    flow_ = world_.messages.begin(client_);
  } catch (const std::exception& fault) {
    return let_pass(fault.what());
  } catch (...) {
    return let_pass("unknown exception");
  }
  const bool counted = world_.wrong_tags != nullptr && client_.address.has_value();
  const unsigned wrong_tags = counted ? world_.wrong_tags->count(*client_.address, now_) : 0;
  pass_on(transaction::MailFrom{.sender = sender.path,
                                .authenticated = macros_.authenticated(),
                                .wrong_tags = wrong_tags,
                                .envelope_id = find_argument(sender.arguments, "ENVID"),
                                .sample_room = world_.find_sample_room(sender.path)},
          Command::Mail, out);
}

void Session::on_recipient(std::string_view payload, std::string& out) {
  if (!expect(stage_ == Stage::Envelope || stage_ == Stage::Passing)) return;
  const auto recipient = parse_envelope(payload);
  if (!recipient) return drop(recipient.error());
  const bool answerable = (steps_ & step::kNoReplyRecipient) == 0;
  pass_on(transaction::RcptTo{.recipient = recipient->path,
                              .answerable = answerable,
                              .original_recipient = find_argument(recipient->arguments, "ORCPT"),
                              .over_rate = world_.is_over_rate(recipient->path)},
          Command::Recipient, out);
  conclude({.command = Command::Recipient, .payload = {}, .whole = true}, out);
}

void Session::on_header(std::string_view payload, std::string& out) {
  if (!expect(stage_ == Stage::Envelope || stage_ == Stage::Headers || stage_ == Stage::Passing)) {
    return;
  }
  const auto field = parse_field(payload);
  if (!field) return drop(field.error());
  if (stage_ == Stage::Envelope) stage_ = Stage::Headers;
  pass_on(transaction::HeaderField{.name = field->name, .raw = field->value}, Command::Header, out);
  conclude({.command = Command::Header, .payload = {}, .whole = true}, out);
}

void Session::on_message_content(const Packet& packet, std::string& out) {
  const bool ends_headers = packet.command == Command::EndOfHeaders;
  const bool in_order =
      ends_headers ? stage_ == Stage::Envelope || stage_ == Stage::Headers : stage_ == Stage::Body;
  if (!expect(in_order || stage_ == Stage::Passing)) return;
  if (ends_headers) {
    if (stage_ != Stage::Passing) stage_ = Stage::Body;
    pass_on(transaction::EndOfHeaders{}, packet.command, out);
    return conclude(packet, out);
  }
  if (!packet.payload.empty() && !skip_body_) {
    // Not yet at the end of the message, even when it came with that: nothing may change here.
    pass_on(transaction::BodyChunk{.bytes = packet.payload}, Command::Body, out);
  }
  if (packet.command == Command::EndOfMessage && packet.whole) {
    end_follows_ = asking_;
    if (!asking_) pass_on(transaction::EndOfMessage{macros_.queue_id()}, packet.command, out);
  }
  asked_at_ = packet.command;
  conclude(packet, out);
}

void Session::pass_on(const transaction::Event& event, Command command, std::string& out) {
  if (!flow_ || settled_) return;
  const std::size_t out_bytes = out.size();
  try {
    transaction::Effects effects;
    flow_->on(event, now_, effects);
    carry_out(effects, command, out);
    asking_ = flow_->waiting();
    asked_at_ = command;
  } catch (const std::exception& fault) {
    out.resize(out_bytes);
    let_pass(fault.what());
  } catch (...) {
    out.resize(out_bytes);
    let_pass("unknown exception");
  }
}

void Session::let_pass(const char* why) {
  flow_.reset();
  asking_ = false;
  end_follows_ = false;
  settled_.emplace();  // Accept.
  try {
    world_.log.write(ports::LogLevel::Error, fmt::format("{}: fault={} the message passes unjudged",
                                                         message_id(), escape_log(why)));
    world_.passed_by();
  } catch (...) {
    // Without memory for a line the message still passes.
  }
}

void Session::carry_out(const transaction::Effects& effects, Command command, std::string& out) {
  const auto may = [&](std::uint32_t wanted) {
    return command == Command::EndOfMessage && (actions_ & wanted) != 0;
  };
  for (const transaction::Effect& effect : effects) {
    if (const auto* insert = std::get_if<transaction::InsertField>(&effect)) {
      if (may(action::kAddFields)) append_insert_field(out, insert->name, insert->value);
    } else if (const auto* remove = std::get_if<transaction::RemoveField>(&effect)) {
      if (may(action::kChangeFields)) append_remove_field(out, remove->name, remove->occurrence);
    } else if (const auto* change = std::get_if<transaction::ChangeSender>(&effect)) {
      const std::string& id = change->envelope_id;
      if (may(action::kChangeSender))
        append_change_sender(out, "<" + change->sender.text() + ">",
                             id.empty() ? id : "ENVID=" + id + kept_parameters_);
    } else if (const auto* hold = std::get_if<transaction::Hold>(&effect)) {
      if (may(action::kQuarantine)) append_quarantine(out, hold->why);
    } else if (door::keep(effect, message_id(), (actions_ & action::kAddFields) != 0, world_,
                          (actions_ & action::kChangeSender) != 0)) {
      continue;
    } else if (auto question = door::question_of(effect)) {
      question_ = *std::move(question);
    } else if (const auto* reply = std::get_if<transaction::Reply>(&effect)) {
      if (reply->kind == transaction::ReplyKind::SkipBody) {
        skip_body_ = true;
      } else if (command == Command::Recipient) {
        of_recipient_ = *reply;
      } else {
        settled_ = *reply;
      }
    }
  }
}

void Session::conclude(const Packet& packet, std::string& out) {
  if (asking_) {
    asked_whole_ = packet.whole;
    return;
  }
  if (settled_) {
    flow_.reset();
    stage_ = Stage::Passing;
  }
  if (!packet.whole) return;
  reply_to(packet.command, out);
  if (packet.command == Command::EndOfMessage) end_message(Stage::Connected);
}

bool Session::reply_wanted(Command command) const {
  switch (command) {
    case Command::Connect:
      return (steps_ & step::kNoReplyConnect) == 0;
    case Command::Mail:
      return (steps_ & step::kNoReplyMail) == 0;
    case Command::Recipient:
      return (steps_ & step::kNoReplyRecipient) == 0;
    case Command::Header:
      return (steps_ & step::kNoReplyHeader) == 0;
    default:
      return true;
  }
}

void Session::reply_to(Command command, std::string& out) {
  if (!reply_wanted(command)) return;
  if (of_recipient_) {
    append_refusal(out, of_recipient_->code, of_recipient_->enhanced, of_recipient_->text);
    of_recipient_.reset();
    return;
  }
  const bool of_content = command == Command::EndOfHeaders || command == Command::Body ||
                          command == Command::EndOfMessage;
  const bool of_message = of_content || command == Command::Mail || command == Command::Recipient ||
                          command == Command::Header;
  if (stage_ != Stage::Passing || !of_message) {
    const bool skip = command == Command::Body && skip_body_ && (steps_ & step::kSkip) != 0;
    return skip ? append_skip(out) : append_continue(out);
  }
  if (!settled_ || settled_->kind == transaction::ReplyKind::Accept) {
    settled_.reset();
    return append_accept(out);
  }
  // At RCPT a refusal would be of that one recipient.
  if (!of_content) return append_continue(out);
  if (settled_->kind == transaction::ReplyKind::Discard) {
    append_discard(out);
  } else {
    append_refusal(out, settled_->code, settled_->enhanced, settled_->text);
  }
  settled_.reset();
}

void Session::abort_message() {
  std::string unsent;
  asking_ = false;
  pass_on(transaction::Aborted{}, Command::Abort, unsent);
  asking_ = false;
  end_follows_ = false;
  flow_.reset();
  settled_.reset();
  queued_.clear();
}

void Session::end_message(Stage next) {
  flow_.reset();
  settled_.reset();
  skip_body_ = false;
  macros_.end_message();
  own_id_.clear();
  stage_ = next;
}

std::string_view Session::message_id() {
  if (!macros_.queue_id().empty()) return macros_.queue_id();
  if (own_id_.empty()) own_id_ = fmt::format("s{}", ++world_.own_ids);
  return own_id_;
}

}  // namespace backstop::milter
