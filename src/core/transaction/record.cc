#include "core/transaction/record.h"

#include <fmt/format.h>

#include "core/base/assert.h"
#include "core/base/escape.h"

namespace backstop::transaction {

std::string_view name_of(Direction direction) {
  switch (direction) {
    case Direction::Outgoing:
      return "outgoing";
    case Direction::Inbound:
      return "inbound";
    case Direction::Own:
      return "own";
    case Direction::Canary:
      return "canary";
  }
  BS_ASSERT(false);
}

std::string render_log_line(const Record& record, std::string_view queue_id) {
  std::string line =
      fmt::format("{}: direction={}", escape_log(queue_id), name_of(record.direction));
  auto out = std::back_inserter(line);
  if (record.is_judged()) {
    fmt::format_to(
        out, " verdict={} decision={} kind={} reason=", policy::name_of(record.judgement.verdict),
        policy::name_of(record.judgement.decision), reading::name_of(record.kind));
    for (std::size_t i = 0; i < record.judgement.reasons.size(); ++i) {
      fmt::format_to(out, "{}{}", i == 0 ? "" : ",", policy::name_of(record.judgement.reasons[i]));
    }
  } else {
    fmt::format_to(out, " signed={}", record.is_signed ? "yes" : "no");
    if (record.is_tagged) line += " tagged=yes";
  }
  fmt::format_to(out, " from={}", escape_log("<" + record.sender + ">"));
  for (const std::string& recipient : record.recipients) {
    fmt::format_to(out, " to={}", escape_log("<" + recipient + ">"));
  }
  if (record.recipient_count != record.recipients.size()) {
    fmt::format_to(out, " recipients={}", record.recipient_count);
  }
  if (!record.client.empty()) fmt::format_to(out, " client={}", escape_log(record.client));
  return line;
}

}  // namespace backstop::transaction
