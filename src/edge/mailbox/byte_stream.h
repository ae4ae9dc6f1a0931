// Bytes that come one after the other: from a file, standard input, or out of a container.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"

namespace backstop::mailbox {

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // Fills `into` as far as there is anything; less than `bytes` is the end, or an error() after
  // what was read.  Not called again after less.
  virtual std::size_t read(char* into, std::size_t bytes) = 0;
  // Why there is no more.
  const std::optional<Error>& error() const { return error_; }
  // As far as it is known; 0 when it is not.
  virtual std::uint64_t size() const { return 0; }
  // Goes to a place counted from the beginning.  False when it cannot.
  virtual bool seek(std::uint64_t) { return false; }

 protected:
  std::optional<Error> error_;
};

// Errors: Errc::NotFound, Denied, Unavailable with the path in `where`.
Error read_error(const std::string& path, int error);

// `path` "-" is standard input.  Bytes read are added to `disk_bytes`, which must outlive the
// stream.  A file in `folder` (an open one, or AT_FDCWD) is only opened when it is a regular one.
struct FilePlace {
  int folder;
  std::string name;  // In the folder.
  std::string path;  // As it is told.
};
Result<std::unique_ptr<ByteStream>> open_file(const FilePlace& place, std::uint64_t& disk_bytes);

// What was read of a stream already, and then the rest of it.
std::unique_ptr<ByteStream> put_back(std::string head, std::unique_ptr<ByteStream> rest);

}  // namespace backstop::mailbox
