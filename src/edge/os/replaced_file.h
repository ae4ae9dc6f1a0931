// A file that is written piece by piece and takes its name only when it is whole, so that no reader
// and no crash ever sees half of it.
//
// Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "edge/os/file_descriptor.h"

namespace backstop::os {

class ReplacedFile {
 public:
  // Begins PATH.tmp with the permissions `mode`; as root, it belongs to whom the file there
  // belongs, a new one to whom its directory belongs.  Errors: Errc::Denied, Errc::NotFound for its
  // directory, Errc::Invalid when PATH is there and is no regular file (a device would be
  // replaced), Errc::Unavailable; `where` is the path.
  static Result<ReplacedFile> create(const std::string& path, std::uint32_t mode);
  // What was not committed is removed.
  ~ReplacedFile();
  ReplacedFile(ReplacedFile&& other) noexcept;
  ReplacedFile& operator=(ReplacedFile&&) = delete;

  // Gives it these permissions whatever the umask of the process: for others to read.  Errors:
  // Errc::Denied, Errc::Unavailable.
  Result<void> open_to(std::uint32_t mode);
  // Errors: Errc::Unavailable (a full disk).
  Result<void> write(std::string_view text);
  // Flushes, renames, flushes the directory.  After an error the file is the old one, or the new
  // one when only its directory could not be flushed.  REQUIRES: called once.
  Result<void> commit();

 private:
  ReplacedFile(std::string path, FileDescriptor file);
  std::string path_;
  std::string beside_;  // "" once it has its name.
  FileDescriptor file_;
};

}  // namespace backstop::os
