#include "edge/os/text_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "edge/os/file_descriptor.h"
#include "edge/os/file_error.h"
#include "edge/os/replaced_file.h"

namespace backstop::os {
Result<std::string> read_text_file(const std::string& path, std::size_t bytes_max) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) {
    return fail(code_of_file_error(errno), path,
                fmt::format("cannot be read: {}", std::strerror(errno)));
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
      return fail(code_of_file_error(errno), path,
                  fmt::format("cannot be read: {}", std::strerror(errno)));
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > bytes_max) {
      return fail(Errc::Limit, path, fmt::format("is larger than {} bytes", bytes_max));
    }
  }
}

Result<void> write_text_file(const std::string& path, std::string_view text, std::uint32_t mode) {
  BS_TRY(ReplacedFile file, ReplacedFile::create(path, mode));
  BS_TRY_VOID(file.write(text));
  return file.commit();
}

}  // namespace backstop::os
