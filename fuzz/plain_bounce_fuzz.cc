#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/reading/plain_bounce.h"
#include "core/reading/text_lines.h"

using namespace backstop;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  reading::PlainBounce bounce;
  reading::LineSplitter lines;
  const auto on_line = [&bounce](std::string_view line) { bounce.on_line(line); };
  lines.feed(std::string_view(reinterpret_cast<const char*>(data), size), on_line);
  lines.finish(on_line);
  bounce.on_text_end();
  BS_ASSERT(bounce.recipients().size() <= limits::kReportRecipients);
  return 0;
}
