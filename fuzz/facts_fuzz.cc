// Any bytes as the facts of a history row: what is read is written and read again the same, and
// leads to a judgement.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/assert.h"
#include "core/policy/policy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace backstop;
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto facts = policy::parse_facts(text);
  if (!facts) return 0;
  BS_ASSERT(policy::parse_facts(policy::render_facts(*facts)) == facts);
  BS_ASSERT(!policy::decide(*facts).reasons.empty());
  return 0;
}
