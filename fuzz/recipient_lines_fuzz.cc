#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/reading/bounce_fields.h"
#include "core/reading/recipient_lines.h"

using namespace backstop;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const reading::NoticeContext context{.subject = text.substr(0, 80),
                                       .other_parties = {"alice@example.com"}};
  auto recipients = reading::read_recipient_lines(text, context);
  BS_ASSERT(recipients.size() <= limits::kReportRecipients);
  for (const reading::RecipientReport& recipient : recipients)
    BS_ASSERT(recipient.diagnostic.size() <= 2 * limits::kDiagnosticBytes);
  reading::complete_recipients(recipients, text, context);
  std::string host;
  reading::read_status_text(text, host);
  return 0;
}
