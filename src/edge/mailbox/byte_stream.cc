#include "edge/mailbox/byte_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace backstop::mailbox {
namespace {

class FileStream final : public ByteStream {
 public:
  FileStream(int fd, std::string path, std::uint64_t& disk_bytes)
      : fd_(fd), path_(std::move(path)), disk_bytes_(disk_bytes) {
    struct stat status{};
    if (::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode)) {
      regular_ = true;
      size_ = static_cast<std::uint64_t>(status.st_size);
    }
  }
  ~FileStream() override {
    if (fd_ != STDIN_FILENO) ::close(fd_);
  }
  FileStream(const FileStream&) = delete;
  FileStream& operator=(const FileStream&) = delete;

  bool is_regular() const { return regular_; }
  void read_on() const { ::posix_fadvise(fd_, 0, 0, POSIX_FADV_SEQUENTIAL); }

  std::size_t read(char* into, std::size_t bytes) override {
    std::size_t done = 0;
    while (done < bytes) {
      const ssize_t got = ::read(fd_, into + done, bytes - done);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        error_ = read_error(path_, errno);
        break;
      }
      done += static_cast<std::size_t>(got);
      disk_bytes_ += static_cast<std::uint64_t>(got);
      // A regular file that gives less has ended.
      if (got == 0 || (regular_ && done < bytes)) break;
    }
    return done;
  }
  std::uint64_t size() const override { return size_; }
  bool seek(std::uint64_t place) override {
    return regular_ && ::lseek(fd_, static_cast<off_t>(place), SEEK_SET) >= 0;
  }

 private:
  int fd_;
  std::string path_;
  std::uint64_t& disk_bytes_;
  std::uint64_t size_ = 0;
  bool regular_ = false;
};

class PutBack final : public ByteStream {
 public:
  PutBack(std::string head, std::unique_ptr<ByteStream> rest)
      : head_(std::move(head)), rest_(std::move(rest)) {}

  std::size_t read(char* into, std::size_t bytes) override {
    const std::size_t first = std::min(bytes, head_.size() - given_);
    std::memcpy(into, head_.data() + given_, first);
    given_ += first;
    if (first == bytes) return first;
    const std::size_t more = rest_->read(into + first, bytes - first);
    error_ = rest_->error();
    return first + more;
  }
  std::uint64_t size() const override { return rest_->size(); }

 private:
  std::string head_;
  std::size_t given_ = 0;
  std::unique_ptr<ByteStream> rest_;
};

// Advice pays for itself on files of this size only.
constexpr std::uint64_t kWorthAdvice = 1024 * 1024;

}  // namespace

Error read_error(const std::string& path, int error) {
  Errc code = Errc::Unavailable;
  if (error == ENOENT || error == ENOTDIR) code = Errc::NotFound;
  if (error == EACCES || error == EPERM) code = Errc::Denied;
  return {code, path, std::string("cannot be read: ") + std::strerror(error)};
}

Result<std::unique_ptr<ByteStream>> open_file(const FilePlace& place, std::uint64_t& disk_bytes) {
  if (place.name == "-" && place.folder == AT_FDCWD) {
    return std::make_unique<FileStream>(STDIN_FILENO, place.path, disk_bytes);
  }
  // What became a pipe since it was listed must not make us wait.
  const int wait = place.folder == AT_FDCWD ? 0 : O_NONBLOCK;
  const int fd = ::openat(place.folder, place.name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | wait);
  if (fd < 0) return tl::unexpected<Error>(read_error(place.path, errno));
  auto stream = std::make_unique<FileStream>(fd, place.path, disk_bytes);
  if (wait != 0 && !stream->is_regular()) {
    return fail(Errc::Unsupported, place.path, "is no regular file");
  }
  if (stream->size() > kWorthAdvice) stream->read_on();
  return stream;
}

std::unique_ptr<ByteStream> put_back(std::string head, std::unique_ptr<ByteStream> rest) {
  return std::make_unique<PutBack>(std::move(head), std::move(rest));
}

}  // namespace backstop::mailbox
