#include "edge/os/private_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <thread>
#include <utility>

namespace backstop::os {
namespace {

constexpr mode_t kOthersMay = S_IRWXG | S_IRWXO;
constexpr mode_t kPermissionBits = 07777;

tl::unexpected<Error> fail_errno(const std::string& path, std::string_view action, int error) {
  Errc code = Errc::Unavailable;
  if (error == ENOENT) code = Errc::NotFound;
  if (error == EACCES || error == EPERM || error == EROFS) code = Errc::Denied;
  if (error == EEXIST) code = Errc::Exists;
  return fail(code, path, fmt::format("Cannot {}: {}.", action, std::strerror(error)));
}

tl::unexpected<Error> refuse_link(const std::string& path) {
  return fail(Errc::Denied, path,
              "It is a symbolic link; keys are read from plain files and directories only. Put the "
              "file itself in its place.");
}

// REQUIRES: `what` is of a file or directory at `path`.
Result<void> check_private(const struct stat& what, const std::string& path, uid_t owner) {
  const char* const wanted = S_ISDIR(what.st_mode) ? "0700" : "0600";
  if ((what.st_mode & kOthersMay) != 0)
    return fail(Errc::Denied, path,
                fmt::format("Others than its owner may use it (mode {:04o}); run: chmod {} {}",
                            what.st_mode & kPermissionBits, wanted, path));
  if (what.st_uid != owner && what.st_uid != 0)
    return fail(
        Errc::Denied, path,
        fmt::format("It belongs to user {} (mode {:04o}), and must belong to user {}; run: "
                    "chown {} {} && chmod {} {}",
                    what.st_uid, what.st_mode & kPermissionBits, owner, owner, path, wanted, path));
  return {};
}

Result<crypto::Secret> read_open_file(const FileDescriptor& file, const std::string& path,
                                      uid_t owner, std::size_t bytes_max) {
  struct stat found{};
  if (fstat(file.get(), &found) != 0) return fail_errno(path, "look at it", errno);
  if (!S_ISREG(found.st_mode)) return fail(Errc::Denied, path, "It is not a regular file.");
  BS_TRY_VOID(check_private(found, path, owner));
  std::vector<std::uint8_t> bytes(bytes_max + 1);
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno(path, "read it", errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  crypto::Secret content(std::span<const std::uint8_t>(bytes).first(std::min(filled, bytes_max)));
  crypto::wipe(bytes);
  if (filled > bytes_max)
    return fail(Errc::Limit, path, fmt::format("It is larger than {} bytes.", bytes_max));
  return content;
}

Result<void> write_and_flush(const FileDescriptor& file, const std::string& path,
                             std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(file.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return fail_errno(path, "write it", put == 0 ? EIO : errno);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  if (fsync(file.get()) != 0) return fail_errno(path, "flush it to the disk", errno);
  return {};
}

struct DirectoryCloser {
  void operator()(DIR* directory) const { closedir(directory); }
};

}  // namespace

Result<PrivateDirectory> PrivateDirectory::open(const std::string& path) {
  FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) {
    const int error = errno;
    struct stat found{};
    if (lstat(path.c_str(), &found) == 0 && S_ISLNK(found.st_mode)) return refuse_link(path);
    if (error == ENOENT) return fail(Errc::NotFound, path, "There is no such directory.");
    return fail_errno(path, "open it", error);
  }
  struct stat found{};
  if (fstat(fd.get(), &found) != 0) return fail_errno(path, "look at it", errno);
  // Root serves whoever owns the directory, as the daemon's user.
  const uid_t owner = geteuid() == 0 ? found.st_uid : geteuid();
  BS_TRY_VOID(check_private(found, path, owner));
  return PrivateDirectory(path, std::move(fd), found.st_uid, found.st_gid);
}

Result<PrivateDirectory> PrivateDirectory::make(const std::string& path) {
  if (mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST)
    return fail_errno(path, "make the directory", errno);
  return open(path);
}

Result<std::vector<std::string>> PrivateDirectory::list(std::size_t entries_max) const {
  // A descriptor of its own, since reading a directory moves its position.
  FileDescriptor fd(openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return fail_errno(path_, "list it", errno);
  const int copy = fcntl(fd.get(), F_DUPFD_CLOEXEC, 0);
  const std::unique_ptr<DIR, DirectoryCloser> directory(copy < 0 ? nullptr : fdopendir(copy));
  if (!directory) return fail_errno(path_, "list it", errno);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (names.size() == entries_max)
      return fail(Errc::Limit, path_, fmt::format("It holds more than {} files.", entries_max));
    names.emplace_back(name);
  }
  if (errno != 0) return fail_errno(path_, "list it", errno);
  std::ranges::sort(names);
  return names;
}

Result<crypto::Secret> PrivateDirectory::read(const std::string& name,
                                              std::size_t bytes_max) const {
  // O_NONBLOCK: a FIFO must be refused, not waited for.
  const FileDescriptor file(
      openat(fd_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file) {
    if (errno == ELOOP) return refuse_link(path_of(name));
    return fail_errno(path_of(name), "open it", errno);
  }
  return read_open_file(file, path_of(name), owner_, bytes_max);
}

Result<FileDescriptor> PrivateDirectory::make_file(const std::string& name, int flags) const {
  FileDescriptor file(openat(fd_.get(), name.c_str(),
                             O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | flags, S_IRUSR | S_IWUSR));
  if (!file) {
    if (errno == ELOOP) return refuse_link(path_of(name));
    return fail_errno(path_of(name), "make it", errno);
  }
  // A command run by root must leave files that the daemon can read.
  if (geteuid() == 0 && fchown(file.get(), owner_, group_) != 0)
    return fail_errno(path_of(name), "give it to the directory's owner", errno);
  return file;
}

Result<void> PrivateDirectory::fill(const FileDescriptor& file, const std::string& name,
                                    std::span<const std::uint8_t> bytes) const {
  const std::string temporary = name + ".tmp";
  BS_TRY_VOID(write_and_flush(file, path_of(temporary), bytes));
  if (renameat(fd_.get(), temporary.c_str(), fd_.get(), name.c_str()) != 0)
    return fail_errno(path_of(name), "put it in its place", errno);
  if (fsync(fd_.get()) != 0) return fail_errno(path_, "flush it to the disk", errno);
  return {};
}

Result<void> PrivateDirectory::write(const std::string& name,
                                     std::span<const std::uint8_t> bytes) const {
  const std::string temporary = name + ".tmp";
  unlinkat(fd_.get(), temporary.c_str(), 0);  // Left by a crash.
  auto file = make_file(temporary, O_EXCL);
  auto written = file ? fill(*file, name, bytes) : tl::unexpected<Error>(file.error());
  if (!written) {
    unlinkat(fd_.get(), temporary.c_str(), 0);
    written.error().code = Errc::Unavailable;  // Whatever it was, nothing was changed.
  }
  return written;
}

Result<void> PrivateDirectory::remove(const std::string& name) const {
  if (unlinkat(fd_.get(), name.c_str(), 0) != 0 && errno != ENOENT)
    return fail_errno(path_of(name), "remove it", errno);
  if (fsync(fd_.get()) != 0) return fail_errno(path_, "flush it to the disk", errno);
  return {};
}

std::optional<std::string> PrivateDirectory::version_of(const std::string& name) const {
  struct stat found{};
  if (fstatat(fd_.get(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  return fmt::format("{}.{}.{}.{}.{}.{}", found.st_ino, found.st_size, found.st_mtim.tv_sec,
                     found.st_mtim.tv_nsec, found.st_ctim.tv_sec, found.st_ctim.tv_nsec);
}

Result<FileDescriptor> PrivateDirectory::lock(const std::string& name,
                                              std::chrono::milliseconds wait) const {
  BS_TRY(FileDescriptor file, make_file(name, 0));
  constexpr std::chrono::milliseconds kBetweenTries{20};
  while (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return fail_errno(path_of(name), "lock it", errno);
    if (wait <= std::chrono::milliseconds{0})
      return fail(Errc::Unavailable, path_of(name),
                  "Another change of the keys is under way; try again.");
    std::this_thread::sleep_for(kBetweenTries);
    wait -= kBetweenTries;
  }
  return file;
}

Result<void> write_new_private_file(const std::string& path, std::span<const std::uint8_t> bytes) {
  const FileDescriptor file(::open(
      path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file) {
    if (errno == EEXIST)
      return fail(Errc::Exists, path, "There is such a file already; it is not overwritten.");
    return fail_errno(path, "make it", errno);
  }
  auto written = write_and_flush(file, path, bytes);
  if (!written) unlink(path.c_str());
  return written;
}

Result<crypto::Secret> read_private_file(const std::string& path, std::size_t bytes_max) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file) {
    if (errno == ELOOP) return refuse_link(path);
    return fail_errno(path, "open it", errno);
  }
  return read_open_file(file, path, geteuid(), bytes_max);
}

}  // namespace backstop::os
