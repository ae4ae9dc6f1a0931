// The reader of whole messages: any bytes are a message, and no split of them changes the reading.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/reading/golden_text.h"
#include "core/reading/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace backstop;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const reading::Reading whole = reading::read_message(bytes);
  BS_ASSERT(whole.recipients.size() <= limits::kReportRecipients);
  BS_ASSERT(whole.references.size() <= limits::kReferences);
  BS_ASSERT(whole.returned.tokens.size() <= limits::kTokenCandidates);
  BS_ASSERT(whole.confidence >= 0.0 && whole.confidence <= 1.0);
  BS_ASSERT(!whole.evidence.empty());
  if (whole.returned.returned_enough()) BS_ASSERT(whole.returned.received_count > 0);

  // The first byte says where the message is cut in two.
  const std::size_t cut = size == 0 ? 0 : data[0] * size / 256;
  reading::Reader reader;
  reader.feed(bytes.substr(0, cut));
  reader.feed(bytes.substr(cut));
  BS_ASSERT(reading::render_golden(reader.finish()) == reading::render_golden(whole));
  return 0;
}
