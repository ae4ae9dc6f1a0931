#include "edge/os/text_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "edge/os/file_descriptor.h"

namespace backstop::os {
namespace {

Errc code_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return Errc::NotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return Errc::Denied;
    default:
      return Errc::Unavailable;
  }
}

tl::unexpected<Error> fail_write(const std::string& path, int error) {
  return fail(code_of(error), path, fmt::format("cannot be written: {}", std::strerror(error)));
}

Result<void> fill(const FileDescriptor& file, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = write(file.get(), text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return fail_write(path, put == 0 ? EIO : errno);
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  if (fsync(file.get()) != 0) return fail_write(path, errno);
  return {};
}

}  // namespace

Result<std::string> read_text_file(const std::string& path, std::size_t bytes_max) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) {
    return fail(code_of(errno), path, fmt::format("cannot be read: {}", std::strerror(errno)));
  }
  struct stat status{};
  if (fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail(Errc::Invalid, path, "is not a regular file");
  }
  std::string text;
  std::array<char, 16384> buffer{};
  for (;;) {
    const ssize_t got = read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return fail(code_of(errno), path, fmt::format("cannot be read: {}", std::strerror(errno)));
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > bytes_max) {
      return fail(Errc::Limit, path, fmt::format("is larger than {} bytes", bytes_max));
    }
  }
}

Result<void> write_text_file(const std::string& path, std::string_view text, std::uint32_t mode) {
  const std::string beside = path + ".tmp";
  unlink(beside.c_str());  // Left by a crash.
  const FileDescriptor file(
      open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file) return fail_write(path, errno);
  auto written = fill(file, path, text);
  if (written && rename(beside.c_str(), path.c_str()) != 0) written = fail_write(path, errno);
  if (!written) {
    unlink(beside.c_str());
    return written;
  }
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const FileDescriptor directory(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || fsync(directory.get()) != 0) return fail_write(folder, errno);
  return {};
}

}  // namespace backstop::os
