// One command at a time in a directory whose files are changed by reading, changing and replacing
// them.
//
// Not thread-safe.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "core/base/result.h"
#include "edge/os/file_descriptor.h"

namespace backstop::os {

class FileLock {
 public:
  // Waits for whoever holds the directory; held until dropped, or until the process ends.  It is
  // the directory itself that is locked, so that nothing is left behind and root and others meet.
  // Errors: Errc::NotFound, Errc::Denied; Errc::Unavailable when it is still held after `wait`.
  static Result<FileLock> take(const std::string& directory,
                               std::chrono::milliseconds wait = std::chrono::seconds(10));

 private:
  explicit FileLock(FileDescriptor file) : file_(std::move(file)) {}
  FileDescriptor file_;
};

}  // namespace backstop::os
