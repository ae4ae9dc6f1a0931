#include "core/mail/mbox_split.h"

#include <algorithm>
#include <charconv>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "core/mail/from_line.h"
#include "core/mail/line_scan.h"

namespace backstop::mail {
namespace {

constexpr std::string_view kFrom = "From ";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kContentLength = "content-length:";
// The line of a Content-Length; a longer one says nothing.
constexpr std::size_t kLengthLineBytes = 80;

}  // namespace

std::optional<MboxBoundary> MboxSplitter::next(const Window& window) {
  if (line_end_ == '\0') {
    if (!decide_line_end(window)) return std::nullopt;
    scanned_ = start_ = window.bytes.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  }
  const std::string_view bytes = window.bytes;
  const std::uint64_t window_end = window.base + bytes.size();
  while (scanned_ < window_end) {
    std::size_t at = static_cast<std::size_t>(scanned_ - window.base);
    // The first line has no line end before it.
    const bool first = scanned_ == start_ && bytes[at] == 'F';
    if (!first) {
      at = in_header_ ? find_header_stop(bytes, std::max<std::size_t>(at, 1), line_end_)
                      : find_from(bytes, std::max<std::size_t>(at, 1), line_end_);
    }
    if (at == bytes.npos) {
      scanned_ = window_end;
      return std::nullopt;
    }
    scanned_ = window.base + at;
    if (bytes[at] == 'F') {
      if (const auto boundary = judge_from(window, at)) return boundary;
    } else if (take_header_stop(window, at) == Answer::Yes) {
      continue;
    }
    // Neither a message nor a step forward: more must be seen.
    if (scanned_ == window.base + at) return std::nullopt;
  }
  return std::nullopt;
}

std::uint64_t MboxSplitter::kept_from() const {
  // An empty line and the end of the line before it.
  constexpr std::uint64_t kBefore = 3;
  return scanned_ > kBefore ? scanned_ - kBefore : 0;
}

bool MboxSplitter::decide_line_end(const Window& window) {
  const std::size_t at = window.bytes.find_first_of("\r\n");
  const bool lf = at != window.bytes.npos && window.bytes[at] == '\n';
  if (!lf && at != window.bytes.npos && at + 1 < window.bytes.size()) {
    const char next = window.bytes[at + 1];
    line_end_ = next == '\n' || next == '\r' ? '\n' : '\r';
  } else if (lf || window.ended || window.bytes.size() > limits::kMboxLineBytes) {
    line_end_ = '\n';
  }
  return line_end_ != '\0';
}

// In the header: its end, or the field that says how long the content is.  Yes when the header was
// stepped over so far.
MboxSplitter::Answer MboxSplitter::take_header_stop(const Window& window, std::size_t at) {
  const std::string_view rest = window.bytes.substr(at);
  const bool lf = rest.front() == '\n';
  if (lf || rest.front() == '\r') {
    if (!lf && line_end_ == '\n' && rest.size() < 2 && !window.ended) return Answer::SeeMore;
    const bool crlf = !lf && line_end_ == '\n' && rest.size() > 1 && rest[1] == '\n';
    const bool empty = crlf || rest.front() == line_end_;
    scanned_ += crlf ? 2 : 1;
    if (empty) {
      in_header_ = false;
      content_end_ = length_ == 0 ? 0 : scanned_ + length_;
      if (content_end_ > begin_ + limits::kMailboxMessageBytes) content_end_ = 0;
    }
    return Answer::Yes;
  }
  const std::string_view name = rest.substr(0, kContentLength.size());
  const bool may_be = ascii::equals_folded(name, kContentLength.substr(0, name.size()));
  if (may_be) {
    const std::string_view line = rest.substr(0, kLengthLineBytes);
    const std::size_t end = line.find(line_end_);
    if (end == line.npos && line.size() < kLengthLineBytes && !window.ended) {
      return Answer::SeeMore;
    }
    if (name.size() == kContentLength.size() && end != line.npos) {
      const std::string_view digits =
          ascii::trim(line.substr(kContentLength.size(), end - kContentLength.size()));
      std::uint64_t length = 0;
      const auto [stop, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), length);
      const bool whole = error == std::errc() && stop == digits.data() + digits.size();
      if (whole && length <= limits::kMailboxMessageBytes) length_ = length;
    }
  }
  ++scanned_;
  return Answer::Yes;
}

std::optional<MboxBoundary> MboxSplitter::judge_from(const Window& window, std::size_t at) {
  std::size_t line_bytes = 0;
  const Answer from = is_from(window, at, line_bytes);
  if (from == Answer::SeeMore) return std::nullopt;
  if (from == Answer::No) {
    ++scanned_;
    return std::nullopt;
  }
  if (content_end_ > scanned_) {
    const Answer holds = length_holds(window);
    if (holds == Answer::SeeMore) return std::nullopt;
    const std::uint64_t end = content_end_;
    content_end_ = 0;
    if (holds == Answer::Yes) {
      scanned_ = end;
      return std::nullopt;
    }
  }
  const MboxBoundary boundary{
      .end = std::max(begin_, scanned_ - empty_line_before(window, at)),
      .from_line = scanned_,
      .begin = scanned_ + line_bytes,
  };
  scanned_ = begin_ = boundary.begin;
  length_ = content_end_ = 0;
  in_header_ = true;
  return boundary;
}

MboxSplitter::Answer MboxSplitter::is_from(const Window& window, std::size_t at,
                                           std::size_t& line_bytes) const {
  const std::string_view rest = window.bytes.substr(at);
  const std::string_view known = rest.substr(0, kFrom.size());
  if (known != kFrom.substr(0, known.size())) return Answer::No;
  std::string_view line;
  if (const Answer got = line_at(window, at, line); got != Answer::Yes) return got;
  if (!line.starts_with(kFrom)) return Answer::No;
  line_bytes = line.size();
  const bool apart = scanned_ == start_ || empty_line_before(window, at) > 0;
  if (apart && is_from_line(line)) return Answer::Yes;
  if ((apart && is_bare_from_line(line)) || is_strict_from_line(line)) {
    return field_follows(window, at + line.size());
  }
  return Answer::No;
}

MboxSplitter::Answer MboxSplitter::line_at(const Window& window, std::size_t at,
                                           std::string_view& line) const {
  const std::string_view rest = window.bytes.substr(at, limits::kMboxLineBytes + 1);
  const std::size_t end = rest.find(line_end_);
  if (end != rest.npos) {
    line = rest.substr(0, end + 1);
    return line.size() > limits::kMboxLineBytes ? Answer::No : Answer::Yes;
  }
  if (rest.size() > limits::kMboxLineBytes) return Answer::No;
  line = rest;
  return window.ended ? Answer::Yes : Answer::SeeMore;
}

MboxSplitter::Answer MboxSplitter::field_follows(const Window& window, std::size_t at) const {
  const std::string_view rest = window.bytes.substr(at, limits::kMboxFieldNameBytes + 1);
  if (begins_field(rest)) return Answer::Yes;
  const bool name_only = std::ranges::all_of(rest, [](char c) { return c > ' ' && c < 0x7f; });
  const bool cut = rest.size() <= limits::kMboxFieldNameBytes && !window.ended;
  return name_only && cut && rest.find(':') == rest.npos ? Answer::SeeMore : Answer::No;
}

MboxSplitter::Answer MboxSplitter::length_holds(const Window& window) const {
  std::uint64_t place = content_end_;
  const std::uint64_t window_end = window.base + window.bytes.size();
  // The content, the end of its last line and an empty line.
  for (int line_ends = 0; line_ends <= 2; ++line_ends) {
    if (place >= window_end) {
      if (!window.ended) return Answer::SeeMore;
      return place == window_end ? Answer::Yes : Answer::No;
    }
    const std::size_t at = static_cast<std::size_t>(place - window.base);
    const std::string_view rest = window.bytes.substr(at);
    if (rest.front() == 'F' && window.bytes[at - 1] == line_end_) {
      std::string_view line;
      const Answer got = line_at(window, at, line);
      if (got != Answer::Yes) return got;
      return is_from_line(line) ? Answer::Yes : Answer::No;
    }
    if (rest.front() == line_end_) {
      place += 1;
    } else if (rest.front() == '\r') {
      if (rest.size() < 2) return window.ended ? Answer::No : Answer::SeeMore;
      if (rest[1] != '\n') return Answer::No;
      place += 2;
    } else {
      return Answer::No;
    }
  }
  return Answer::No;
}

std::size_t MboxSplitter::empty_line_before(const Window& window, std::size_t at) const {
  const std::string_view before = window.bytes.substr(0, at);
  if (!before.ends_with(line_end_)) return 0;
  const bool from_start = window.base == 0;
  if (before.size() == 1) return from_start ? 1 : 0;
  const char last = before[before.size() - 2];
  if (last == line_end_) return 1;
  if (last != '\r' || line_end_ != '\n') return 0;
  if (before.size() == 2) return from_start ? 2 : 0;
  return before[before.size() - 3] == '\n' ? 2 : 0;
}

std::string_view without_last_empty_line(std::string_view message) {
  for (const std::string_view line_end : {"\r\n", "\n", "\r"}) {
    if (!message.ends_with(line_end)) continue;
    const std::string_view before = message.substr(0, message.size() - line_end.size());
    return before.empty() || before.ends_with(line_end.back()) ? before : message;
  }
  return message;
}

}  // namespace backstop::mail
