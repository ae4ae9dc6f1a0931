// RFC 5322 §3.2.2 comments: nested, with quoted-pairs.
#pragma once

#include <cstddef>
#include <string_view>

namespace backstop::mail {

// Where the comment that begins at `at` ends: the place of its closing parenthesis, or text.size()
// when it is never closed.  REQUIRES: text[at] is '('.
std::size_t comment_end(std::string_view text, std::size_t at);

}  // namespace backstop::mail
