// Lines that end in LF or CRLF, as the policy protocol, the line protocol and the head of RSPAMC
// have them.
//
// Pure and total: any bytes are lines, until one is longer than the limit.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace backstop::mta {

class LineReader {
 public:
  explicit LineReader(std::size_t limit) : limit_(limit) {}

  // Takes the next line off the front of `input`, without its end.  Nothing when input is used up
  // (what is undecided is kept), or for ever once a line was longer than the limit.  The view is
  // valid until the next call and no longer than `input`.
  std::optional<std::string_view> next(std::string_view& input);

  bool oversized() const { return oversized_; }
  // Some bytes of a line have come, and not all.
  bool within_line() const { return !delivered_ && !held_.empty(); }

 private:
  std::size_t limit_;
  std::string held_;
  bool delivered_ = false;  // What is in held_ was the last line given.
  bool oversized_ = false;
};

}  // namespace backstop::mta
