// Lines that wait to be delivered, in a file that outlives the process: docs/formats/spool.md.
//
// A line is in the file when append() returns, so that the death of this process loses none; it is
// not flushed, so that the power's may lose the last seconds.  A line is delivered again when the
// process dies between its delivery and pop().
//
// Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"

namespace backstop::webhook {

class Spool {
 public:
  struct Line {
    Instant at{};  // When it was appended.
    std::string text;
  };

  // `path`: "" keeps the lines in memory alone.  A file that is no spool is moved to PATH.damaged
  // and a new one begun.  Errors: Errc::Denied, Errc::NotFound, Errc::Unavailable; `where` is the
  // path.
  static Result<Spool> open(std::string path, std::size_t bytes_max);
  ~Spool();
  Spool(Spool&& other) noexcept;
  Spool& operator=(Spool&&) = delete;

  // `text`: without its end, no line end in it, at most limits::kSpoolLineBytes.  Errors:
  // Errc::Limit when there is no room; Errc::Unavailable (a full disk): it is not in the spool.
  Result<void> append(std::string_view text, Instant at);
  // The oldest; nothing when none waits.  Errors: Errc::Unavailable.
  Result<std::optional<Line>> front() const;
  // Done with the oldest.  REQUIRES: front() gave one.
  Result<void> pop();
  // The oldest waits behind all others from now on, whether or not there is room; it keeps its
  // time.  REQUIRES: front() gave one that is a line.  Errors: as of append(); it stays then.
  Result<void> put_last();
  std::size_t waiting() const { return waiting_; }
  // The file was no spool, or ended within a line.
  bool was_damaged() const { return was_damaged_; }

 private:
  Spool(std::string path, int fd, std::size_t bytes_max)
      : path_(std::move(path)), fd_(fd), bytes_max_(bytes_max) {}
  Result<void> begin();
  Result<void> take_over();
  Result<void> write_offset(std::uint64_t offset);
  Result<void> write_line(std::string_view line);
  Result<void> make_room();
  tl::unexpected<Error> error(std::string_view what) const;

  std::string path_;
  int fd_ = -1;
  std::size_t bytes_max_;
  std::uint64_t offset_ = 0;  // Of the oldest line that waits.
  std::uint64_t size_ = 0;    // Of the file.
  std::size_t waiting_ = 0;
  bool was_damaged_ = false;
};

}  // namespace backstop::webhook
