// What DNS said of selectors, remembered, and how often it may be asked: anybody can write a
// selector of ours into a header, and each must not become a question.
//
// Pure; not thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/proof/dkim_check.h"

namespace backstop::proof {

class DkimAnswers {
 public:
  // What is known of it; nothing when it is to be asked, which then counts as one of
  // limits::kDkimQuestionsPerHour.  When none is left, what was known last, else no keys.
  std::optional<Result<DkimKeyAnswer>> find(const DkimKeyName& name, Instant now);
  // Remembers an answer; an error only for a short while, and never in place of keys.  Returns what
  // to answer with.
  Result<DkimKeyAnswer> keep(const DkimKeyName& name, Result<DkimKeyAnswer> answer, Instant now);

  std::size_t size() const { return answers_.size(); }

 private:
  struct Kept {
    Result<DkimKeyAnswer> answer;
    Instant until{};
  };
  using Name = std::pair<std::string, std::string>;

  bool take_question(Instant now);
  std::map<Name, Kept> answers_;
  Instant hour_{};  // When the hour began in which questions are counted.
  std::size_t asked_ = 0;
};

}  // namespace backstop::proof
