// A directory of files that only their owner may read: every access checks that it is so.
//
// Refused, with the path, the mode found and the command that mends it: a directory or file that
// group or others may use, one that belongs to someone else than the user (root excepted), symbolic
// links, and what is no regular file.  Names are relative to the directory and hold no '/'.
// Everything is done relative to one open descriptor, so nothing can be swapped below our feet.
//
// Any thread; changes by several processes are kept apart by lock().
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/crypto/secret.h"
#include "edge/os/file_descriptor.h"

namespace backstop::os {

class PrivateDirectory {
 public:
  // Errors: Errc::NotFound; Errc::Denied as above.
  static Result<PrivateDirectory> open(const std::string& path);
  // Makes the directory with mode 0700 if it is not there (its parent must be), then opens it.
  static Result<PrivateDirectory> make(const std::string& path);

  const std::string& path() const { return path_; }
  std::string path_of(const std::string& name) const { return path_ + "/" + name; }

  // File names in order, '.' and '..' left out.  Errors: Errc::Limit past `entries_max`.
  Result<std::vector<std::string>> list(std::size_t entries_max) const;
  // Errors: Errc::NotFound; Errc::Denied as above; Errc::Limit past `bytes_max`; Errc::Unavailable.
  Result<crypto::Secret> read(const std::string& name, std::size_t bytes_max) const;
  // Replaces the file: written to NAME.tmp with mode 0600 and the directory's owner, flushed,
  // renamed, and the directory flushed.  After a crash the file is the old or the new one.
  // Errors: Errc::Unavailable.
  Result<void> write(const std::string& name, std::span<const std::uint8_t> bytes) const;
  // Removes the file and flushes the directory; one that is not there is no error.
  Result<void> remove(const std::string& name) const;
  // What changes whenever the file does; nothing when it is not there.
  std::optional<std::string> version_of(const std::string& name) const;

  // Held until dropped.  Errors: Errc::Unavailable when another process holds it for `wait`.
  Result<FileDescriptor> lock(const std::string& name, std::chrono::milliseconds wait) const;

 private:
  PrivateDirectory(std::string path, FileDescriptor fd, uid_t owner, gid_t group)
      : path_(std::move(path)), fd_(std::move(fd)), owner_(owner), group_(group) {}
  Result<FileDescriptor> make_file(const std::string& name, int flags) const;
  Result<void> fill(const FileDescriptor& file, const std::string& name,
                    std::span<const std::uint8_t> bytes) const;

  std::string path_;
  FileDescriptor fd_;
  uid_t owner_;
  gid_t group_;
};

// One file outside of any such directory, as an export: mode 0600, flushed.  Errors: Errc::Exists
// when there is one already; Errc::Denied; Errc::Unavailable.
Result<void> write_new_private_file(const std::string& path, std::span<const std::uint8_t> bytes);
// Its counterpart: refuses files that group or others may use, as above.
Result<crypto::Secret> read_private_file(const std::string& path, std::size_t bytes_max);

}  // namespace backstop::os
