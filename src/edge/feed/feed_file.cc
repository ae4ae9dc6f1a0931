#include "edge/feed/feed_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace backstop::feed {

void FeedFile::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

bool FeedFile::is_rotated() const {
  struct stat open{};
  struct stat named{};
  return fstat(fd_, &open) != 0 || stat(path_.c_str(), &named) != 0 ||
         open.st_ino != named.st_ino || open.st_dev != named.st_dev;
}

Result<void> FeedFile::open() {
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  constexpr mode_t kMode = 0640;
  fd_ = ::open(path_.c_str(), kFlags | O_CREAT | O_EXCL, kMode);
  // Whatever the umask of the process: a program of its group is to read it.  What is there
  // already keeps the mode that somebody gave it.
  if (fd_ >= 0) {
    [[maybe_unused]] const int done = fchmod(fd_, kMode);
  } else if (errno == EEXIST) {
    fd_ = ::open(path_.c_str(), kFlags | O_CREAT, kMode);
  }
  if (fd_ < 0)
    return fail(Errc::Unavailable, path_,
                fmt::format("cannot be opened: {}", std::strerror(errno)));
  struct stat about{};
  if (fstat(fd_, &about) == 0 && S_ISREG(about.st_mode)) return {};
  close();
  return fail(Errc::Unavailable, path_, "is no regular file; programs listen at feed.socket");
}

Result<void> FeedFile::append(std::string_view line) {
  if (fd_ >= 0 && is_rotated()) close();
  if (fd_ < 0) BS_TRY_VOID(open());
  const std::string whole = fmt::format("{}\n", line);
  const ssize_t wrote = write(fd_, whole.data(), whole.size());
  if (wrote == static_cast<ssize_t>(whole.size())) return {};
  const int error = wrote < 0 ? errno : ENOSPC;
  // Half a line is taken back, so that the next one begins at a line's start.
  struct stat about{};
  if (wrote > 0 && fstat(fd_, &about) == 0) {
    [[maybe_unused]] const int cut = ftruncate(fd_, about.st_size - wrote);
  }
  return fail(Errc::Unavailable, path_, fmt::format("cannot be written: {}", std::strerror(error)));
}

}  // namespace backstop::feed
