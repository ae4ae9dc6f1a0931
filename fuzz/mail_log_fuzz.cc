// Any bytes as lines of a mail server's log: what comes out lies inside the line, whatever the
// line pretends to be, and a path never ends inside its quotes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "edge/logs/log_line.h"
#include "edge/logs/mail_log.h"

namespace {

using namespace backstop;

void check_inside(std::string_view line, std::string_view part) {
  if (part.empty()) return;
  BS_ASSERT(part.data() >= line.data());
  BS_ASSERT(part.data() + part.size() <= line.data() + line.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  std::string_view text(reinterpret_cast<const char*>(data), size);
  logs::LineParser parser(Instant{Seconds{1'795'262'400}}, logs::LogZone::Utc);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
    const auto parsed = parser.parse(line);
    if (!parsed) continue;
    BS_ASSERT(line.size() <= limits::kLogLineBytes);
    for (const std::string_view part :
         {parsed->queue_id, parsed->sender, parsed->message_id, parsed->client, parsed->login,
          parsed->recipient, parsed->original_recipient, parsed->relay, parsed->dsn, parsed->text,
          parsed->notice_id, parsed->parent}) {
      check_inside(line, part);
    }
    logs::split_recipients(parsed->recipient);
    if (parsed->event == logs::LogEvent::Delivery) BS_ASSERT(!parsed->status.empty());
  }
  return 0;
}
