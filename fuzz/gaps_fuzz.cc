// Any bytes as the file of signing gaps: what is read is in order and joined, and is written and
// read again the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/proof/signing_gap.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace backstop;
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  unsigned unreadable = 0;
  const auto gaps = proof::parse_gaps(text, &unreadable);
  BS_ASSERT(gaps.size() <= limits::kSigningGaps);
  BS_ASSERT(std::ranges::is_sorted(gaps, {}, &proof::SigningGap::from));
  BS_ASSERT(std::ranges::all_of(gaps, [](const auto& gap) { return gap.from <= gap.to; }));

  unsigned unreadable_again = 0;
  BS_ASSERT(proof::parse_gaps(proof::render_gaps(gaps), &unreadable_again) == gaps);
  BS_ASSERT(unreadable_again == 0);

  constexpr Seconds kLifetime = Days{21};
  auto added = gaps;
  for (const proof::SigningGap& gap : gaps) {
    proof::add_gap(added, gap, gap.to, kLifetime);
    BS_ASSERT(proof::find_gap(added, gap.from, gap.to, kLifetime) != nullptr);
  }
  return 0;
}
