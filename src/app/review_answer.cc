#include "app/review_answer.h"

#include <fmt/format.h>

#include "app/text_page.h"

namespace backstop::app {
namespace {

using review::Answer;

Lessons tell(const store::ReviewGroup& group, Answer answer, Answer before) {
  const std::string messages = count_of(group.count, "message");
  switch (answer) {
    case Answer::Ours:
      return {
          fmt::format("{} of this group answer mail of yours, as you say.", messages),
          "So something sends for you without passing Backstop: backstop coverage shows the ways "
          "it knows. Until that one signs, keep the domain in observe.",
          "Later messages of the group are counted as ours; how each is judged does not change."};
    case Answer::NotOurs:
      return {
          fmt::format("{} of this group answer mail that you never sent, as you say.", messages),
          group.hints == 0 ? "The group is closed."
                           : "The group is closed, and keeps its domain from enforce no more.",
          "Nothing is refused for it that would not be refused anyway."};
    case Answer::Later:
      return {group.hints == 0
                  ? "The group stays open."
                  : "The group stays open, and keeps its domain from enforce meanwhile."};
    case Answer::Open:
      break;
  }
  if (before == Answer::Open) return {"Nothing was said of this group."};
  return {fmt::format("Taken back: \"{}\" is forgotten, and the group is open again.",
                      review::name_of(before))};
}

}  // namespace

Result<Lessons> answer_group(store::ReviewReader& reader, const std::string& /*directory*/,
                             store::ReviewGroup& group, Answer answer, Instant now) {
  const Answer before = group.answer;
  BS_TRY_VOID(reader.answer(group.name, answer, now));
  group.answer = answer;
  group.answered_at = answer == Answer::Open ? std::nullopt : std::optional(now);
  return tell(group, answer, before);
}

}  // namespace backstop::app
