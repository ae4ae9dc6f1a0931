// What stands in review.db (docs/formats/review.md), shared by who writes it and who reads it.
#pragma once

#include <cstdint>
#include <string_view>

#include "edge/store/schema.h"

namespace backstop::store {

inline constexpr std::string_view kReviewFile = "review.db";
extern const Schema kReviewSchema;

// Of group g and answer a: the operator said that it is ours, or that it is not and nothing that he
// did not see speaks for it since.  1 and 2 are those answers.
inline constexpr std::string_view kReviewClosed =
    "(ifnull(a.answer,0)=1 OR (ifnull(a.answer,0)=2 AND g.hints&~a.hints=0))";
// The subject of the group that groups with a hint go into which find no room: so they wait for a
// word still.
inline constexpr std::string_view kReviewRest = "(groups that found no room)";

// How long a group is kept that nothing joins any more, and samples with it.
inline constexpr std::int64_t kReviewDays = 14;
// An operator's word outlives its group, so that the same run is known when it comes back.
inline constexpr std::int64_t kReviewAnswerDays = 400;
inline constexpr std::int64_t kReviewAnswers = 10'000;
// The file never grows past the first, beside a write-ahead log of some 4 MB; groups go when the
// second is reached: the oldest first, those with a hint that nobody has answered last.
inline constexpr std::int64_t kReviewBytesMost = 45'000'000;
inline constexpr std::int64_t kReviewBytesKept = 40'000'000;
inline constexpr std::int64_t kReviewGroups = 20'000;
inline constexpr std::int64_t kReviewSamples = 3;  // Of one group.

}  // namespace backstop::store
