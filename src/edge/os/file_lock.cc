#include "edge/os/file_lock.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "edge/os/file_error.h"

namespace backstop::os {

Result<FileLock> FileLock::take(const std::string& directory, std::chrono::milliseconds wait) {
  constexpr std::chrono::milliseconds kBetweenTries{20};
  FileDescriptor file(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file) {
    return fail(code_of_file_error(errno), directory,
                fmt::format("cannot be opened: {}", std::strerror(errno)));
  }
  while (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return fail(code_of_file_error(errno), directory,
                  fmt::format("cannot be locked: {}", std::strerror(errno)));
    }
    if (wait <= std::chrono::milliseconds(0))
      return fail(Errc::Unavailable, directory, "is being changed by another command; try again");
    std::this_thread::sleep_for(kBetweenTries);
    wait -= kBetweenTries;
  }
  return FileLock(std::move(file));
}

}  // namespace backstop::os
