// A file that lines are appended to, whole ones only, and that others may rotate away.
//
// Not thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace backstop::feed {

class FeedFile {
 public:
  // Opens nothing yet.
  explicit FeedFile(std::string path) : path_(std::move(path)) {}
  ~FeedFile() { close(); }
  FeedFile(const FeedFile&) = delete;
  FeedFile& operator=(const FeedFile&) = delete;

  // `line`: without its end.  Opens the file when it is not open, or when another one, or none, has
  // its name now; makes it with mode 0640, whatever the umask.  Errors: Errc::Unavailable; nothing
  // of the line is in the file then.
  Result<void> append(std::string_view line);
  // The next line goes to the file that has the name then.
  void close();

 private:
  Result<void> open();
  bool is_rotated() const;

  std::string path_;
  int fd_ = -1;
};

}  // namespace backstop::feed
