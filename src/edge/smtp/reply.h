// What an SMTP server answers (RFC 5321 §4.2), out of bytes as they come.
//
// Pure and total; not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace backstop::smtp {

struct Reply {
  unsigned code = 0;  // 200 to 599.
  std::vector<std::string>
      lines;  // Without code and line end; from outside: escape before showing.

  bool positive() const { return code / 100 == 2; }
  bool intermediate() const { return code / 100 == 3; }
  // "550 5.1.1 No such user": the code and the last line.
  std::string text() const;
};

class ReplyReader {
 public:
  // Takes what it needs of `bytes`: the next whole reply, or nothing yet.  Errors: Errc::Invalid
  // for what is no reply, Errc::Limit for one over limits::kSmtpReplyLineBytes or kSmtpReplyLines;
  // after an error it is not fed again.
  Result<std::optional<Reply>> next(std::string_view& bytes);

 private:
  // True when the line was a reply's last.
  Result<bool> take(std::string_view line);

  std::string line_;
  Reply reply_;
};

}  // namespace backstop::smtp
