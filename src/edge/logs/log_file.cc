#include "edge/logs/log_file.h"

#include <archive.h>
#include <archive_entry.h>
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

std::string text_of(archive* handle) {
  const char* const text = ::archive_error_string(handle);
  return text == nullptr || *text == '\0' ? "cannot be read" : text;
}

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
  fd_ = fd;
  file_.reset(::archive_read_new());
  archive* const handle = file_.get();
  ::archive_read_support_filter_gzip(handle);
  ::archive_read_support_filter_bzip2(handle);
  ::archive_read_support_filter_xz(handle);
  ::archive_read_support_filter_zstd(handle);
  ::archive_read_support_format_raw(handle);
  ::archive_read_support_format_empty(handle);
  archive_entry* entry = nullptr;
  int code = ::archive_read_open_fd(handle, fd, kBufferBytes);
  if (code == ARCHIVE_OK) code = ::archive_read_next_header(handle, &entry);
  if (code == ARCHIVE_EOF) {
    ended_ = true;
  } else if (code < ARCHIVE_WARN) {
    trouble_ = text_of(handle);
    ended_ = true;
  }
  buffer_.resize(kBufferBytes);
}

LogFile::~LogFile() {
  file_.reset();
  if (fd_ >= 0) ::close(fd_);
}

void LogFile::Close::operator()(archive* file) const {
  ::archive_read_free(file);
}

bool LogFile::fill() {
  if (file_ == nullptr || ended_) return false;
  if (from_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + from_, to_ - from_);
    to_ -= from_;
    from_ = 0;
  }
  const la_ssize_t got =
      ::archive_read_data(file_.get(), buffer_.data() + to_, buffer_.size() - to_);
  if (got > 0) {
    to_ += static_cast<std::size_t>(got);
    bytes_ += static_cast<std::size_t>(got);
    return true;
  }
  ended_ = true;
  if (got < 0) trouble_ = text_of(file_.get());
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
