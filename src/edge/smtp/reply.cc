#include "edge/smtp/reply.h"

#include <fmt/format.h>

#include <utility>

#include "core/base/ascii.h"
#include "core/base/limits.h"

namespace backstop::smtp {

std::string Reply::text() const {
  return fmt::format("{} {}", code, lines.empty() ? std::string() : lines.back());
}

Result<std::optional<Reply>> ReplyReader::next(std::string_view& bytes) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    if (line_.size() + piece.size() > limits::kSmtpReplyLineBytes)
      return fail(Errc::Limit, "", "the server answered with a line of more than 4096 bytes");
    line_ += piece;
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    if (end == std::string_view::npos) return std::nullopt;
    if (line_.ends_with('\r')) line_.pop_back();
    BS_TRY(const bool last, take(std::exchange(line_, {})));
    if (last) return std::exchange(reply_, {});
  }
  return std::nullopt;
}

Result<bool> ReplyReader::take(std::string_view line) {
  const bool digits = line.size() >= 3 && line[0] >= '2' && line[0] <= '5' &&
                      ascii::is_digit(line[1]) && ascii::is_digit(line[2]);
  // Some end the last line behind its code.
  const char separator = line.size() > 3 ? line[3] : ' ';
  if (!digits || (separator != ' ' && separator != '-'))
    return fail(Errc::Invalid, "", "what answered is no SMTP server");
  const auto code =
      static_cast<unsigned>((line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0');
  if (!reply_.lines.empty() && code != reply_.code)
    return fail(Errc::Invalid, "", "the lines of one answer have different codes");
  if (reply_.lines.size() == limits::kSmtpReplyLines)
    return fail(Errc::Limit, "", "the server answered with more than 100 lines");
  reply_.code = code;
  reply_.lines.emplace_back(line.size() > 4 ? line.substr(4) : std::string_view());
  return separator == ' ';
}

}  // namespace backstop::smtp
