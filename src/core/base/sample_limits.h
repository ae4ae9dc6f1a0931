// The limits of samples of what is refused.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace backstop::limits {

// Of one sample; what is longer is kept cut.  Bounces with images in them have some 100 KB.
inline constexpr std::size_t kSampleBytes = 256 * 1024;
// Files of the ring: the oldest goes when there is no more room, so an eighth at a time.
inline constexpr unsigned kSampleFiles = 8;
// Messages that are gathered at once, since they may be refused: 16 MiB together.
inline constexpr unsigned kSamplesGathered = 64;
// Samples that wait for the disk.
inline constexpr std::size_t kSampleQueue = 64;
// Without so much free room on its disk nothing is sampled: the mail server needs it more.
// Bounces hold mail of strangers: nobody needs theirs for longer.
inline constexpr std::chrono::days kSampleDays{30};
inline constexpr std::uint64_t kSampleFreeBytes = 1024ULL * 1024 * 1024;

}  // namespace backstop::limits
