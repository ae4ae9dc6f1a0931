// Finds where the messages of an mbox begin, at the speed of memory, in a window over the file that
// its caller moves on.  Copies nothing and holds no byte.
//
// A From_ line (core/mail/from_line.h) begins a message
//   - at the beginning of the file or behind an empty line, when it has a time and a year, or when
//     it is bare and a header field follows;
//   - anywhere at the beginning of a line, when it is a strict one and a header field follows: some
//     writers leave the empty line out;
//   - unless the message before says with Content-Length that it goes on, and where that ends there
//     is a From_ line or the end of the file (mboxcl, mboxcl2).  A length that leads elsewhere, or
//     farther than limits::kMailboxMessageBytes, is false and not believed.
// Quoting of "From " in bodies (">From ", mboxo and mboxrd) is left as it stands: which of the two
// it is cannot be known.  Lines end in LF or CRLF, or in CR alone where the first one does.
//
// The same file gives the same messages, however the window is moved.  Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace backstop::mail {

// Places are counted from the beginning of the file.
struct MboxBoundary {
  std::uint64_t end = 0;  // Of what stands before, without the empty line that belongs to the mbox.
  std::uint64_t from_line = 0;
  std::uint64_t begin = 0;  // Of the message, behind its From_ line.
};

class MboxSplitter {
 public:
  // The part of the file that is seen.
  struct Window {
    std::string_view bytes;
    std::uint64_t base = 0;  // Where it begins in the file.
    bool ended = false;      // Nothing follows it.
  };

  // The next From_ line.  Nothing: there is none in this window; when the file goes on, call again
  // with a window that reaches farther.  A window of limits::kMailboxMessageBytes and 64 KiB from
  // the beginning of a message is never too short.
  // REQUIRES: the window begins at kept_from() at the latest.
  std::optional<MboxBoundary> next(const Window& window);

  // What stands before is not looked at again.
  std::uint64_t kept_from() const;

 private:
  enum class Answer { No, Yes, SeeMore };

  std::optional<MboxBoundary> judge_from(const Window& window, std::size_t at);
  Answer take_header_stop(const Window& window, std::size_t at);
  Answer is_from(const Window& window, std::size_t at, std::size_t& line_bytes) const;
  Answer field_follows(const Window& window, std::size_t at) const;
  Answer length_holds(const Window& window) const;
  // The line with its end.  SeeMore when the window ends before it.
  Answer line_at(const Window& window, std::size_t at, std::string_view& line) const;
  std::size_t empty_line_before(const Window& window, std::size_t at) const;
  bool decide_line_end(const Window& window);

  std::uint64_t start_ = 0;    // Of the first line: behind a byte order mark.
  std::uint64_t scanned_ = 0;  // The first place at which a line may begin that is not judged yet.
  std::uint64_t begin_ = 0;    // Of the message that is open.
  std::uint64_t length_ = 0;   // What its Content-Length says.
  std::uint64_t content_end_ = 0;  // Where it leads; 0 when there is none to be believed.
  bool in_header_ = false;
  char line_end_ = '\0';  // Not known before the first line was seen.
};

// A message that ends where the file ends, without the empty line that belongs to the mbox.
std::string_view without_last_empty_line(std::string_view message);

}  // namespace backstop::mail
