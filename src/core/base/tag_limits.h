// The limits of what is learnt from refusals of tagged senders.
#pragma once

#include <cstddef>

namespace backstop::limits {

// Refusals that are kept to learn from, and domains that are exempt for them.
inline constexpr std::size_t kTagRefusalsKept = 2000;
// The file that holds both: a line has some 100 bytes, and may have 2,000.
inline constexpr std::size_t kTagExemptionBytes = 4 * 1024 * 1024;

}  // namespace backstop::limits
