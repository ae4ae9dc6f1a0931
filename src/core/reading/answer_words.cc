#include "core/reading/answer_words.h"

#include "core/base/limits.h"

namespace backstop::reading {
namespace {

using W = AnswerWord;

// In normal text.  Order of languages: en de fr es it pt nl sv da no fi pl cs hu ro ru uk el tr he
// ar ja zh ko and others; of most groups.
constexpr Stems<AnswerWord> kStems[] = {
#include "core/reading/answer_words.inc"
};

constexpr StemIndex<kStems> kIndex;

}  // namespace

AnswerWords::AnswerWords(std::string_view normal) {
  kIndex.search(normal.substr(0, limits::kNoticeWordBytes),
                [this](std::size_t at, AnswerWord word) { note(at, word); });
}

bool AnswerWords::tell_absence() const {
  return together(W::Absent, W::When) || together(W::Absent, W::Later) ||
         together(W::Absent, W::Instead) || together(W::Absent, W::YourMail) ||
         together(W::Absent, W::Automatic);
}

bool AnswerWords::answer_a_message() const {
  return has(W::Automatic) || speak_of_your_mail();
}

bool AnswerWords::speak_of_your_mail() const {
  return together(W::Thanks, W::YourMail) || together(W::YourMail, W::Later) ||
         together(W::YourMail, W::Absent);
}

bool AnswerWords::acknowledge_request() const {
  const bool request = together(W::Request, W::Received);
  const bool mail = together(W::YourMail, W::Received);
  if (!request && !mail) return false;
  // People who are away say so first; desks that are closed have registered it all the same.
  if (has(W::Self) || together(W::Absent, W::When)) {
    return together(W::Number, W::Received) ||
           (request && !has(W::Self) && has(W::Later) && has(W::Team));
  }
  return has(W::Number) || (has(W::Later) && (request || has(W::Team))) ||
         (has(W::Automatic) && (request || has(W::Team) || has(W::Later)));
}

}  // namespace backstop::reading
