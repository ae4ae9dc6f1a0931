// What stands in review.db (docs/formats/review.md), shared by who writes it and who reads it.
#pragma once

#include <cstdint>
#include <string_view>

#include "edge/store/schema.h"

namespace backstop::store {

inline constexpr std::string_view kReviewFile = "review.db";
extern const Schema kReviewSchema;

// How long a group is kept that nothing joins any more, and samples with it.
inline constexpr std::int64_t kReviewDays = 14;
// An operator's word outlives its group, so that the same run is known when it comes back.
inline constexpr std::int64_t kReviewAnswerDays = 400;
inline constexpr std::int64_t kReviewAnswers = 10'000;
// The file never grows past the first, beside a write-ahead log of some 4 MB; the oldest groups go
// when the second is reached.
inline constexpr std::int64_t kReviewBytesMost = 45'000'000;
inline constexpr std::int64_t kReviewBytesKept = 40'000'000;
inline constexpr std::int64_t kReviewGroups = 20'000;
inline constexpr std::int64_t kReviewSamples = 3;  // Of one group.

}  // namespace backstop::store
