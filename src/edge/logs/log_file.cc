#include "edge/logs/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/base/limits.h"

namespace backstop::logs {
namespace {

// Read at once; several lines of the longest kind.
constexpr std::size_t kBufferBytes = 16 * limits::kLogLineBytes;

}  // namespace

LogFile::LogFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) {
    trouble_ = std::strerror(errno);
    return;
  }
  struct stat status{};
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    trouble_ = "is no regular file";
    ::close(fd);
    return;
  }
  file_.reset(gzdopen(fd, "rb"));
  if (file_ == nullptr) {
    trouble_ = "cannot be read: out of memory";
    ::close(fd);
    return;
  }
  gzbuffer(file_.get(), static_cast<unsigned>(kBufferBytes));
  buffer_.resize(kBufferBytes);
}

bool LogFile::fill() {
  if (file_ == nullptr || ended_) return false;
  if (from_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + from_, to_ - from_);
    to_ -= from_;
    from_ = 0;
  }
  const int got =
      gzread(file_.get(), buffer_.data() + to_, static_cast<unsigned>(buffer_.size() - to_));
  if (got > 0) {
    to_ += static_cast<std::size_t>(got);
    bytes_ += static_cast<std::size_t>(got);
    return true;
  }
  ended_ = true;
  int code = 0;
  const char* const text = gzerror(file_.get(), &code);
  if (code == Z_ERRNO) {
    trouble_ = std::strerror(errno);
  } else if (code != Z_OK && code != Z_STREAM_END) {
    trouble_ = text;
  }
  return false;
}

bool LogFile::next(std::string_view& line) {
  for (;;) {
    const char* const start = buffer_.data() + from_;
    const void* const end = from_ < to_ ? std::memchr(start, '\n', to_ - from_) : nullptr;
    if (end != nullptr) {
      const auto size = static_cast<std::size_t>(static_cast<const char*>(end) - start);
      line = overlong_ || size > limits::kLogLineBytes ? std::string_view()
                                                       : std::string_view(start, size);
      overlong_ = false;
      from_ += size + 1;
      return true;
    }
    if (to_ - from_ > limits::kLogLineBytes) {
      overlong_ = true;
      from_ = to_;
    }
    if (fill()) continue;
    if (from_ == to_ && !overlong_) return false;
    line = overlong_ ? std::string_view() : std::string_view(buffer_.data() + from_, to_ - from_);
    overlong_ = false;
    from_ = to_;
    return true;
  }
}

}  // namespace backstop::logs
