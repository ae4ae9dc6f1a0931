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
    case policy::Reason::ClockSkew:
    case policy::Reason::KeyUnknown:
    case policy::Reason::SigningUnavailable:
      return ports::LogLevel::Alarm;
    case policy::Reason::SendsNoMail:
    case policy::Reason::OneRecipientAtATime:
      return ports::LogLevel::Info;
    default:
      return ports::LogLevel::Warning;
  }
}

}  // namespace

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
    world.log.write(level_of(note->reason),
                    fmt::format("{}: note={} detail={}", id, policy::name_of(note->reason),
                                escape_log(note->detail)));
  } else if (const auto* record = std::get_if<transaction::Record>(&effect)) {
    transaction::Record told = *record;
    // A server that lets nobody add a field has sent it without the token.
    told.is_signed = told.is_signed && adds_fields;
    told.is_tagged = told.is_tagged && changes_sender;
    world.log.write(ports::LogLevel::Info, transaction::render_log_line(told, id));
    if (world.metrics != nullptr) count_message(told, *world.metrics);
    if (world.history != nullptr) world.history->append(transaction::make_history_row(told, id));
    if (world.observer != nullptr) world.observer->on_record(told, id);
  } else if (const auto* sent = std::get_if<transaction::RecordSent>(&effect)) {
    if (world.ledger != nullptr) world.ledger->record_sent(sent->message);
  } else if (const auto* used = std::get_if<transaction::CountUses>(&effect)) {
    if (world.ledger != nullptr) world.ledger->count_uses(used->uses);
  } else if (const auto* wrong = std::get_if<transaction::CountWrongTag>(&effect)) {
    if (world.wrong_tags != nullptr) world.wrong_tags->add(wrong->client, world.clock.now());
  } else {
    return false;
  }
  return true;
}

}  // namespace backstop::door
