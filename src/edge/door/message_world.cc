#include "edge/door/message_world.h"

#include <fmt/core.h>

#include "core/base/escape.h"
#include "core/policy/reason.h"
#include "core/transaction/history_row.h"
#include "core/transaction/record.h"
#include "edge/door/message_counts.h"

namespace backstop::door {
namespace {

ports::LogLevel level_of(policy::Reason reason) {
  switch (reason) {
    case policy::Reason::SendsNoMail:
    case policy::Reason::OneRecipientAtATime:
      return ports::LogLevel::Info;
    default:
      return ports::LogLevel::Warning;
  }
}

// What of a note a person must know now.
std::optional<alarm::Alarm> alarm_of(policy::Reason reason) {
  switch (reason) {
    case policy::Reason::ClockSkew:
      return alarm::Alarm::ClockSkew;
    case policy::Reason::KeyUnknown:
      return alarm::Alarm::KeyUnknown;
    case policy::Reason::SigningUnavailable:
      return alarm::Alarm::SigningGap;
    default:
      return std::nullopt;
  }
}

void write_note(const transaction::Note& note, std::string_view id, MessageWorld& world) {
  world.log.write(level_of(note.reason),
                  fmt::format("{}: note={} detail={}", id, policy::name_of(note.reason),
                              escape_log(note.detail)));
  const auto alarm = alarm_of(note.reason);
  if (!alarm || world.alarms == nullptr) return;
  world.alarms->raise(*alarm, fmt::format("{}: {}{}{}", id, alarm::info_of(*alarm).help,
                                          note.detail.empty() ? "" : " ",
                                          note.detail.empty() ? "" : escape_log(note.detail)));
}

// Of the verdict table: nothing proves it, and nothing stands in the way of asking.
constexpr unsigned kUnprovenRow = 8;

void add_unproven(const transaction::Record& record, MessageWorld& world) {
  if (record.direction != transaction::Direction::Inbound || record.judgement.row != kUnprovenRow)
    return;
  for (const auto& [address, is_ours] : record.recipient_addresses)
    if (is_ours) world.containment->add_unproven(address, record.at);
}

void keep_sample(const transaction::KeepSample& sample, std::string_view id, MessageWorld& world) {
  if (world.containment == nullptr) return;
  const Instant now = world.clock.now();
  const bool kept = world.containment->keep(sample, id, now);
  const auto deed = kept ? transaction::RuleDeed::Refused : transaction::RuleDeed::RefusedUnkept;
  for (const unsigned rule : sample.rules)
    world.containment->count({.rule = rule, .deed = deed}, now);
}

}  // namespace

std::shared_ptr<const void> MessageWorld::find_sample_room(std::string_view path) const {
  if (containment == nullptr) return nullptr;
  const auto sender = mail::parse_path(path);
  return sender && sender->is_null() ? containment->find_room(clock.now()) : nullptr;
}

bool MessageWorld::is_over_rate(std::string_view path) const {
  if (containment == nullptr) return false;
  const auto address = mail::parse_path(path);
  return address && containment->is_over_rate(*address, clock.now());
}

std::optional<Question> question_of(const transaction::Effect& effect) {
  if (const auto* ledger = std::get_if<transaction::AskLedger>(&effect)) return *ledger;
  if (const auto* key = std::get_if<transaction::AskDkimKey>(&effect)) return *key;
  if (const auto* canary = std::get_if<transaction::AskCanaryPass>(&effect)) return *canary;
  if (std::holds_alternative<transaction::AskPermit>(effect)) return transaction::AskPermit{};
  return std::nullopt;
}

bool keep(const transaction::Effect& effect, std::string_view id, bool adds_fields,
          MessageWorld& world, bool changes_sender) {
  if (const auto* note = std::get_if<transaction::Note>(&effect)) {
    write_note(*note, id, world);
  } else if (const auto* record = std::get_if<transaction::Record>(&effect)) {
    transaction::Record told = *record;
    // A server that lets nobody add a field has sent it without the token.
    told.is_signed = told.is_signed && adds_fields;
    told.is_tagged = told.is_tagged && changes_sender;
    world.log.write(ports::LogLevel::Info, transaction::render_log_line(told, id));
    if (told.is_tagged && world.on_tagged) world.on_tagged(told.at);
    if (told.is_signed && world.alarms != nullptr)
      world.alarms->end(alarm::Alarm::SigningGap, "mail of ours is signed again");
    if (world.metrics != nullptr) count_message(told, *world.metrics);
    if (world.history != nullptr) world.history->append(transaction::make_history_row(told, id));
    if (world.observer != nullptr) world.observer->on_record(told, id);
    if (world.containment != nullptr) add_unproven(told, world);
  } else if (const auto* sent = std::get_if<transaction::RecordSent>(&effect)) {
    if (world.ledger != nullptr) world.ledger->record_sent(sent->message);
  } else if (const auto* used = std::get_if<transaction::CountUses>(&effect)) {
    if (world.ledger != nullptr) world.ledger->count_uses(used->uses);
  } else if (const auto* wrong = std::get_if<transaction::CountWrongTag>(&effect)) {
    if (world.wrong_tags != nullptr) world.wrong_tags->add(wrong->client, world.clock.now());
  } else if (const auto* deed = std::get_if<transaction::CountRule>(&effect)) {
    if (world.containment != nullptr) world.containment->count(*deed, world.clock.now());
  } else if (const auto* sample = std::get_if<transaction::KeepSample>(&effect)) {
    keep_sample(*sample, id, world);
  } else {
    return false;
  }
  return true;
}

}  // namespace backstop::door
