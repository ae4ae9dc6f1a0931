#include "edge/mta/queue_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "core/base/held_limits.h"

namespace backstop::mta {
namespace {

class File {
 public:
  File(const std::string& path, int flags)
      : fd_(open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)), error_(errno) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return fd_; }

  Result<void> check(const std::string& path) const {
    if (fd_ < 0) {
      return fail(error_ == ENOENT ? Errc::NotFound : Errc::Denied, path,
                  std::string("cannot be opened: ") + std::strerror(error_));
    }
    struct stat status{};
    if (fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode))
      return fail(Errc::Invalid, path, "is not a regular file");
    return {};
  }

 private:
  int fd_;
  int error_;
};

}  // namespace

Result<std::string> read_queue_file(const std::string& path) {
  const File file(path, O_RDONLY);
  BS_TRY_VOID(file.check(path));
  std::string out;
  std::array<char, 8192> buffer{};
  while (out.size() < limits::kHeldTextBytes) {
    const ssize_t got = read(file.get(), buffer.data(),
                             std::min(buffer.size(), limits::kHeldTextBytes - out.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return fail(Errc::Unavailable, path, std::string("cannot be read: ") + std::strerror(errno));
    if (got == 0) break;
    out.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return out;
}

Result<void> renew_time(const std::string& path, std::size_t offset, std::string_view before,
                        Instant now) {
  const std::string after = std::to_string(now.time_since_epoch().count());
  if (after.size() != before.size())
    return fail(Errc::Unavailable, path, "has a time of another length than now");
  const File file(path, O_RDWR);
  BS_TRY_VOID(file.check(path));
  std::string there(before.size(), '\0');
  const auto place = static_cast<off_t>(offset);
  const auto whole = static_cast<ssize_t>(before.size());
  if (pread(file.get(), there.data(), there.size(), place) != whole || there != before)
    return fail(Errc::NotFound, path, "changed meanwhile");
  if (pwrite(file.get(), after.data(), after.size(), place) != whole || fdatasync(file.get()) != 0)
    return fail(Errc::Unavailable, path, std::string("cannot be written: ") + std::strerror(errno));
  return {};
}

}  // namespace backstop::mta
