// One request of HTTP/1.0 or 1.1 (RFC 9112), as far as a page that is only read needs it: no body,
// no second request on the connection.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/http_limits.h"

namespace backstop::http {

// Takes the head of a request, up to and with its empty line.
class HeadReader {
 public:
  explicit HeadReader(std::size_t most = limits::kHttpHeadBytes) : most_(most) {}

  // Takes bytes of the head off the front; what follows it stays.  Nothing is taken once it is
  // whole or too large.
  void take(std::string_view& bytes);
  bool whole() const { return whole_; }
  bool too_large() const { return too_large_; }
  // Some bytes have come and not all.
  bool within() const { return !head_.empty() && !whole_; }
  // REQUIRES: whole().
  std::string_view head() const { return head_; }

 private:
  std::size_t most_;
  std::string head_;
  bool at_line_start_ = true;  // Since the last line feed nothing but carriage returns has come.
  bool whole_ = false;
  bool too_large_ = false;
};

enum class Status {
  Ok = 200,
  BadRequest = 400,
  NotFound = 404,
  MethodNotAllowed = 405,
  HeadTooLarge = 431,
  VersionNotSupported = 505,
};
std::string_view phrase_of(Status status);  // "Not Found"

struct Request {
  Status status = Status::BadRequest;  // Ok: what follows is filled in.
  bool head_only = false;              // HEAD, not GET.
  std::string path;                    // Of the target, without its query; begins with '/'.
};

// From a whole head.  Total: whatever is wrong is in the status.
Request parse_request(std::string_view head);

// The answer, after which the connection ends.  `type`: of the content.
std::string render_response(Status status, std::string_view type, std::string_view content,
                            bool head_only);

}  // namespace backstop::http
