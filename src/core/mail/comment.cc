#include "core/mail/comment.h"

#include "core/base/char_set.h"

namespace backstop::mail {

std::size_t comment_end(std::string_view text, std::size_t at) {
  static constexpr CharSet kTelling("\\()");
  std::size_t depth = 0;
  for (; (at = kTelling.find_in(text, at)) < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '(') {
      ++depth;
    } else if (text[at] == ')' && --depth == 0) {
      return at;
    }
  }
  return text.size();
}

}  // namespace backstop::mail
