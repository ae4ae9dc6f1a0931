// The fields of delivery reports: bounded whatever they are, and resumable.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/reading/delivery_status.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace backstop;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  reading::DeliveryStatus whole;
  whole.feed(bytes);
  whole.end_part();
  reading::DeliveryStatus single;
  for (const char& c : bytes)
    single.feed({&c, 1});
  single.end_part();
  BS_ASSERT(whole.recipients().size() <= limits::kReportRecipients);
  BS_ASSERT(whole.recipients().size() == single.recipients().size());
  BS_ASSERT(whole.reporting_mta() == single.reporting_mta());
  for (std::size_t i = 0; i < whole.recipients().size(); ++i) {
    const reading::RecipientReport& recipient = whole.recipients()[i];
    BS_ASSERT(recipient.diagnostic.size() <= limits::kDiagnosticBytes);
    BS_ASSERT(recipient.status.empty() ||
              reading::parse_status(recipient.status) == recipient.status);
    BS_ASSERT(recipient.address == single.recipients()[i].address);
    BS_ASSERT(recipient.diagnostic == single.recipients()[i].diagnostic);
  }
  return 0;
}
