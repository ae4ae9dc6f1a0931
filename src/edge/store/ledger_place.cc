#include "edge/store/ledger_place.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "core/base/limits.h"

namespace backstop::store {
namespace {

bool is_forbidden(int error) {
  return error == EACCES || error == EPERM || error == EROFS;
}

}  // namespace

Result<LedgerLock> LedgerLock::take(const std::string& directory) {
  const std::string path = directory + "/ledger.lock";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0) {
    const int error = errno;
    if (error == ENOENT)
      return fail(Errc::NotFound, directory,
                  "There is no such directory: make it, for the user backstopd runs as.");
    return fail(is_forbidden(error) ? Errc::Denied : Errc::Unavailable, path,
                fmt::format("It cannot be made ({}): see who owns the directory, and that its file "
                            "system is not mounted read-only and has room.",
                            std::strerror(error)));
  }
  LedgerLock lock(fd);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0)
    return fail(Errc::Unavailable, directory,
                "Another backstopd uses this directory: stop it, or give each its own in "
                "store.directory.");
  return lock;
}

LedgerLock::LedgerLock(LedgerLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
LedgerLock::~LedgerLock() {
  if (fd_ >= 0) ::close(fd_);
}

std::optional<FileIdentity> identify(const std::string& path) {
  struct stat found{};
  if (lstat(path.c_str(), &found) != 0) return std::nullopt;
  return FileIdentity{found.st_dev, found.st_ino, found.st_size};
}

Result<std::string> move_aside(const std::string& path, Instant now) {
  namespace fs = std::filesystem;
  const std::string stem = path + ".corrupt-";
  std::error_code error;
  std::size_t there = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(path).parent_path(), error)) {
    const std::string name = entry.path().string();
    if (name.starts_with(stem) && !name.ends_with("-wal") && !name.ends_with("-shm")) ++there;
  }
  if (there >= limits::kDamagedFiles)
    return fail(Errc::Limit, path,
                fmt::format("It is damaged again, and {} damaged ones stand beside it: the disk is "
                            "not sound. Look after it, then remove them.",
                            there));
  std::string aside = stem + render_instant(now);
  // Twice in a second.
  for (int i = 2; fs::exists(aside, error); ++i)
    aside = fmt::format("{}{}-{}", stem, render_instant(now), i);
  for (const char* const suffix : {"-wal", "-shm", ""}) {
    if (::rename((path + suffix).c_str(), (aside + suffix).c_str()) == 0 || errno == ENOENT)
      continue;
    const int failure = errno;
    return fail(
        is_forbidden(failure) ? Errc::Denied : Errc::Unavailable, path,
        fmt::format("It is damaged, and cannot be moved aside: {}.", std::strerror(failure)));
  }
  return aside;
}

}  // namespace backstop::store
