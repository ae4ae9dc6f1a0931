// The members of a packed file or an archive, one after the other, through libarchive.  Nothing is
// ever written anywhere, and names are only told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "edge/mailbox/byte_stream.h"

struct archive;

namespace backstop::mailbox {

class Archive {
 public:
  enum class Form { Packed, Zip, Tar };  // Packed: anything, a tar as well.

  Archive(std::unique_ptr<ByteStream> stream, Form form);
  ~Archive();
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  struct Member {
    std::string name;      // "" when the file is packed and no archive.
    bool is_file = false;  // Neither a folder nor a link.
  };
  // Nothing at the end, or after fail(): then error() tells which.
  std::optional<Member> next();
  // Of the member that next() gave: as ByteStream::read.
  std::size_t read(char* into, std::size_t bytes);
  // What kept the last next() or read() from giving more.
  const std::optional<Error>& error() const { return error_; }
  // Whether anything can be read after the error.
  bool is_broken() const { return broken_; }
  // In the packed file.
  std::uint64_t offset() const;

 private:
  struct Close {
    void operator()(archive* handle) const;
  };
  struct Calls;

  void open(Form form);
  bool unpack_block();
  void note_error(int code);

  std::unique_ptr<ByteStream> stream_;
  std::vector<char> block_;
  std::uint64_t place_ = 0;  // Of the next block.
  std::string_view
      unpacked_;            // Of the member, not given yet; libarchive's until it is asked again.
  std::uint64_t hole_ = 0;  // Zeros before it.
  std::uint64_t member_bytes_ = 0;
  bool seekable_ = false;
  bool opened_ = false;
  bool broken_ = false;
  Form form_;
  std::optional<Error> error_;
  std::unique_ptr<archive, Close> handle_;
};

}  // namespace backstop::mailbox
