#include "edge/os/replaced_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "edge/os/file_error.h"

namespace backstop::os {
namespace {

tl::unexpected<Error> fail_write(const std::string& path, int error) {
  return fail(code_of_file_error(error), path,
              fmt::format("cannot be written: {}", std::strerror(error)));
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

}  // namespace

ReplacedFile::ReplacedFile(std::string path, FileDescriptor file)
    : path_(std::move(path)), beside_(path_ + ".tmp"), file_(std::move(file)) {}

ReplacedFile::ReplacedFile(ReplacedFile&& other) noexcept
    : path_(std::move(other.path_)),
      beside_(std::exchange(other.beside_, {})),
      file_(std::move(other.file_)) {}

ReplacedFile::~ReplacedFile() {
  if (!beside_.empty()) unlink(beside_.c_str());
}

Result<ReplacedFile> ReplacedFile::create(const std::string& path, std::uint32_t mode) {
  struct stat status{};
  const bool there = stat(path.c_str(), &status) == 0;
  if (there && !S_ISREG(status.st_mode))
    return fail(Errc::Invalid, path, "is there and is not a regular file");
  const std::string beside = path + ".tmp";
  unlink(beside.c_str());  // Left by a crash.
  FileDescriptor file(
      open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file) return fail_write(path, errno);
  // A new file in another's directory has to be one that the other can read and replace.
  const bool owned = there || stat(folder_of(path).c_str(), &status) == 0;
  if (owned && geteuid() == 0 && fchown(file.get(), status.st_uid, status.st_gid) != 0) {
    const int error = errno;
    unlink(beside.c_str());
    return fail_write(path, error);
  }
  return ReplacedFile(path, std::move(file));
}

Result<void> ReplacedFile::open_to(std::uint32_t mode) {
  if (fchmod(file_.get(), mode) != 0) return fail_write(path_, errno);
  return {};
}

Result<void> ReplacedFile::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(file_.get(), text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return fail_write(path_, put == 0 ? EIO : errno);
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<void> ReplacedFile::commit() {
  if (fsync(file_.get()) != 0) return fail_write(path_, errno);
  if (std::rename(beside_.c_str(), path_.c_str()) != 0) return fail_write(path_, errno);
  beside_.clear();
  const std::string folder = folder_of(path_);
  const FileDescriptor directory(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || fsync(directory.get()) != 0) return fail_write(folder, errno);
  return {};
}

}  // namespace backstop::os
