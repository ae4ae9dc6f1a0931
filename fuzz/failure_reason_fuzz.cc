#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/assert.h"
#include "core/reading/delivery_status.h"
#include "core/reading/failure_reason.h"

using namespace backstop;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string status = reading::find_status(text);
  const auto reason = reading::decide_failure_reason(text, status);
  // Who is said to have known has words that say so, unless only a code did.
  BS_ASSERT(!reading::says_source_knew(reason) || !reading::words_of_source_knew(text).empty());
  return 0;
}
