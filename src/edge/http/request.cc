#include "edge/http/request.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "core/base/ascii.h"
#include "core/base/assert.h"

namespace backstop::http {
namespace {

// RFC 9110 §5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

// The next line without its end; a bare line feed ends one too (RFC 9112 §2.2).
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

struct RequestLine {
  std::string_view method;
  std::string_view target;
  std::string_view version;
};

std::optional<RequestLine> split_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  const RequestLine out{.method = line.substr(0, first),
                        .target = line.substr(first + 1, last - first - 1),
                        .version = line.substr(last + 1)};
  const bool visible = !out.target.empty() && std::ranges::all_of(out.target, [](char c) {
    return c > ' ' && c < '\x7f';
  });
  if (!visible || !is_token(out.method)) return std::nullopt;
  return out;
}

bool is_version(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() == 8 && text.starts_with("HTTP/") && digit(text[5]) && text[6] == '.' &&
         digit(text[7]);
}

// How often Host stands among the fields; nothing when one of them is none (RFC 9112 §5: no blank
// before the colon, no folded line).
std::optional<unsigned> count_hosts(std::string_view fields) {
  unsigned hosts = 0;
  while (!fields.empty()) {
    const std::string_view line = take_line(fields);
    if (line.empty()) break;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return std::nullopt;
    if (line.find('\r') != std::string_view::npos || line.find('\0') != std::string_view::npos)
      return std::nullopt;
    if (ascii::lower(line.substr(0, colon)) == "host") ++hosts;
  }
  return hosts;
}

// Of "/metrics?x", "http://host/metrics" (RFC 9112 §3.2.2); "" for every other form.
std::string_view path_of(std::string_view target) {
  constexpr std::string_view kScheme = "http://";
  if (ascii::lower(target.substr(0, kScheme.size())) == kScheme) {
    target.remove_prefix(kScheme.size());
    const auto slash = target.find_first_of("/?");
    if (slash == std::string_view::npos || target[slash] == '?') return "/";
    target.remove_prefix(slash);
  }
  if (!target.starts_with('/')) return "";
  return target.substr(0, target.find_first_of("?#"));
}

}  // namespace

void HeadReader::take(std::string_view& bytes) {
  while (!bytes.empty() && !whole_ && !too_large_) {
    const char c = bytes.front();
    bytes.remove_prefix(1);
    // Empty lines before the request line are let pass (RFC 9112 §2.2), but count.
    head_.push_back(c);
    if (c == '\n') {
      const bool only_ends = head_.find_first_not_of("\r\n") == std::string::npos;
      if (at_line_start_ && !only_ends) whole_ = true;
      at_line_start_ = true;
    } else if (c != '\r') {
      at_line_start_ = false;
    }
    if (!whole_ && head_.size() >= most_) too_large_ = true;
  }
}

std::string_view phrase_of(Status status) {
  switch (status) {
    case Status::Ok:
      return "OK";
    case Status::BadRequest:
      return "Bad Request";
    case Status::NotFound:
      return "Not Found";
    case Status::MethodNotAllowed:
      return "Method Not Allowed";
    case Status::HeadTooLarge:
      return "Request Header Fields Too Large";
    case Status::VersionNotSupported:
      return "HTTP Version Not Supported";
  }
  BS_ASSERT(false);
}

Request parse_request(std::string_view head) {
  head.remove_prefix(std::min(head.find_first_not_of("\r\n"), head.size()));
  const auto line = split_request_line(take_line(head));
  if (!line || !is_version(line->version)) return {};
  if (line->version[5] != '1') return {.status = Status::VersionNotSupported, .path = {}};
  const auto hosts = count_hosts(head);
  // RFC 9112 §3.2: one Host, which only HTTP/1.0 may leave out.
  if (!hosts || *hosts > 1 || (*hosts == 0 && line->version[7] != '0')) return {};
  if (line->method != "GET" && line->method != "HEAD")
    return {.status = Status::MethodNotAllowed, .path = {}};
  const std::string_view path = path_of(line->target);
  if (path.empty()) return {};
  return {.status = Status::Ok, .head_only = line->method == "HEAD", .path = std::string(path)};
}

std::string render_response(Status status, std::string_view type, std::string_view content,
                            bool head_only) {
  std::string out = fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}Cache-Control: "
      "no-store\r\nConnection: close\r\n\r\n",
      static_cast<int>(status), phrase_of(status), type, content.size(),
      status == Status::MethodNotAllowed ? "Allow: GET, HEAD\r\n" : "");
  if (!head_only) out += content;
  return out;
}

}  // namespace backstop::http
