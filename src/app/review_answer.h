// An operator's word on a group: written down, told in sentences, and taken back.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "edge/store/review_reader.h"

namespace backstop::app {

// What was learnt, in sentences.
using Lessons = std::vector<std::string>;

// Writes the answer down; Answer::Open takes the last one back.  `group` shows it then.
// "Ours" tells coverage by which way such mail left (app/coverage_file.h); "not ours" tells it
// nothing.  `directory`: the store's.
// Errors: as ReviewReader::answer and say_of_path.
Result<Lessons> answer_group(store::ReviewReader& reader, const std::string& directory,
                             store::ReviewGroup& group, review::Answer answer, Instant now);

}  // namespace backstop::app
