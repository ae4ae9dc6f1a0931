#include "core/proof/dkim_answers.h"

#include <algorithm>

#include "core/base/limits.h"

namespace backstop::proof {

bool DkimAnswers::take_question(Instant now) {
  // A clock that was set back begins a new hour too.
  if (now >= hour_ + std::chrono::hours(1) || now < hour_) {
    hour_ = now;
    asked_ = 0;
  }
  if (asked_ == limits::kDkimQuestionsPerHour) return false;
  ++asked_;
  return true;
}

std::optional<Result<DkimKeyAnswer>> DkimAnswers::find(const DkimKeyName& name, Instant now) {
  const auto found = answers_.find({name.domain, name.selector});
  if (found != answers_.end() && now < found->second.until) return found->second.answer;
  if (take_question(now)) return std::nullopt;
  if (found != answers_.end() && found->second.answer) return found->second.answer;
  return DkimKeyAnswer{};
}

Result<DkimKeyAnswer> DkimAnswers::keep(const DkimKeyName& name, Result<DkimKeyAnswer> answer,
                                        Instant now) {
  const Name key{name.domain, name.selector};
  const auto found = answers_.find(key);
  if (!answer && found != answers_.end() && found->second.answer) {
    found->second.until = now + limits::kDkimFailureAge;
    return found->second.answer;
  }
  const Seconds age = !answer                ? Seconds(limits::kDkimFailureAge)
                      : answer->keys.empty() ? Seconds(limits::kDkimAbsenceAge)
                                             : Seconds(limits::kDkimKeyAge);
  if (found == answers_.end() && answers_.size() == limits::kDkimAnswers) {
    // A key is worth more than that there is none, however old: junk must not push it out.
    answers_.erase(std::ranges::min_element(answers_, {}, [](const auto& kept) {
      const bool has_key = kept.second.answer && !kept.second.answer->keys.empty();
      return std::pair(has_key, kept.second.until);
    }));
  }
  answers_.insert_or_assign(key, Kept{.answer = answer, .until = now + age});
  return answer;
}

}  // namespace backstop::proof
