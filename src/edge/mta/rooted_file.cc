#include "edge/mta/rooted_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <deque>
#include <vector>

#include "core/base/limits.h"

namespace backstop::mta {
namespace {

tl::unexpected<Error> refuse(const std::string& path, std::string_view what, int error) {
  const Errc code = error == ENOENT || error == ENOTDIR                   ? Errc::NotFound
                    : error == EACCES || error == EPERM || error == EROFS ? Errc::Denied
                                                                          : Errc::Unavailable;
  return fail(code, path, fmt::format("{}: {}", what, std::strerror(error)));
}

void push_parts(std::deque<std::string>& parts, std::string_view path) {
  std::size_t at = 0;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (!part.empty() && part != ".")
      parts.emplace(parts.begin() + static_cast<std::ptrdiff_t>(at++), part);
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
}

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Closes when it goes.
struct Open {
  int fd = -1;
  ~Open() {
    if (fd >= 0) close(fd);
  }
};

Result<void> fill(int fd, const std::string& path, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return refuse(path, "cannot be written", errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (fsync(fd) != 0) return refuse(path, "cannot be flushed", errno);
  return {};
}

// Best effort: some file systems cannot flush a directory, and the rename stands all the same.
void flush_directory(const std::string& path) {
  const Open directory{open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (directory.fd >= 0) fsync(directory.fd);
}

// The colon-separated fields of the lines of etc/passwd or etc/group.
std::vector<std::vector<std::string>> read_table(const std::string& root, const std::string& path) {
  std::vector<std::vector<std::string>> out;
  const auto text = read_rooted(root, path);
  if (!text) return out;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const auto newline = rest.find('\n');
    std::string_view line = rest.substr(0, newline);
    std::vector<std::string> fields;
    for (;;) {
      const auto colon = line.find(':');
      fields.emplace_back(line.substr(0, colon));
      if (colon == std::string_view::npos) break;
      line.remove_prefix(colon + 1);
    }
    out.push_back(std::move(fields));
    if (newline == std::string_view::npos) break;
    rest.remove_prefix(newline + 1);
  }
  return out;
}

std::optional<unsigned> number(const std::string& text) {
  unsigned value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || rest != end) return std::nullopt;
  return value;
}

}  // namespace

Result<std::string> resolve(const std::string& root, const std::string& path) {
  const std::string base = root == "/" ? "" : root;
  std::deque<std::string> parts;
  push_parts(parts, path);
  std::vector<std::string> done;
  std::size_t links = 0;
  while (!parts.empty()) {
    const std::string part = std::move(parts.front());
    parts.pop_front();
    if (part == "..") {
      if (!done.empty()) done.pop_back();
      continue;
    }
    const std::string here =
        fmt::format("{}/{}{}{}", base, fmt::join(done, "/"), done.empty() ? "" : "/", part);
    std::array<char, 4096> target{};
    const ssize_t length = readlink(here.c_str(), target.data(), target.size());
    if (length <= 0) {
      done.push_back(part);
      continue;
    }
    if (++links > limits::kMtaLinks)
      return fail(Errc::Limit, path, "leads through too many symbolic links");
    const std::string_view to(target.data(), static_cast<std::size_t>(length));
    if (to.front() == '/') done.clear();
    push_parts(parts, to);
  }
  return fmt::format("{}/{}", base, fmt::join(done, "/"));
}

Result<std::string> read_rooted(const std::string& root, const std::string& path) {
  BS_TRY(const std::string real, resolve(root, path));
  const Open file{open(real.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.fd < 0) return refuse(path, "cannot be read", errno);
  struct stat status{};
  if (fstat(file.fd, &status) != 0 || !S_ISREG(status.st_mode))
    return fail(Errc::Invalid, path, "is not a regular file");
  std::string text;
  std::array<char, 16384> buffer{};
  for (;;) {
    const ssize_t got = read(file.fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refuse(path, "cannot be read", errno);
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > limits::kMtaConfigBytes)
      return fail(Errc::Limit, path, "is larger than any configuration file");
  }
}

Result<void> replace_rooted(const std::string& root, const std::string& path,
                            std::string_view content, mode_t mode) {
  BS_TRY(const std::string real, resolve(root, path));
  const std::string beside = real + ".backstop-new";
  struct stat old{};
  const bool replaces = stat(real.c_str(), &old) == 0;
  unlink(beside.c_str());
  Result<void> done;
  {
    const Open file{
        open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (file.fd < 0) return refuse(path, "cannot be written", errno);
    done = fill(file.fd, path, content);
    // Who may write the directory but is not the owner leaves a file of their own.
    if (done && replaces && fchown(file.fd, old.st_uid, old.st_gid) != 0 && geteuid() == 0)
      done = refuse(path, "cannot be given its owner", errno);
    if (done && fchmod(file.fd, replaces ? old.st_mode & 07777 : mode) != 0)
      done = refuse(path, "cannot be given its mode", errno);
  }
  if (done && rename(beside.c_str(), real.c_str()) != 0)
    done = refuse(path, "cannot be replaced", errno);
  if (!done) {
    unlink(beside.c_str());
    return done;
  }
  flush_directory(directory_of(real));
  return {};
}

Result<void> remove_rooted(const std::string& root, const std::string& path) {
  BS_TRY(const std::string real, resolve(root, path));
  if (unlink(real.c_str()) != 0 && errno != ENOENT) return refuse(path, "cannot be removed", errno);
  return {};
}

Result<void> make_directory(const std::string& root, const std::string& path, mode_t mode) {
  BS_TRY(const std::string real, resolve(root, path));
  if (mkdir(real.c_str(), 0700) != 0) {
    struct stat found{};
    if (errno == EEXIST && stat(real.c_str(), &found) == 0 && S_ISDIR(found.st_mode)) return {};
    return refuse(path, "cannot be made", errno);
  }
  if (chmod(real.c_str(), mode) != 0) return refuse(path, "cannot be given its mode", errno);
  flush_directory(directory_of(real));
  return {};
}

std::optional<Account> find_user(const std::string& root, const std::string& name) {
  for (const auto& fields : read_table(root, "/etc/passwd")) {
    if (fields.size() < 4 || fields[0] != name) continue;
    const auto uid = number(fields[2]);
    const auto gid = number(fields[3]);
    if (uid && gid) return Account{.uid = *uid, .gid = *gid};
  }
  return std::nullopt;
}

std::optional<gid_t> find_group(const std::string& root, const std::string& name) {
  for (const auto& fields : read_table(root, "/etc/group"))
    if (fields.size() >= 3 && fields[0] == name) return number(fields[2]);
  return std::nullopt;
}

bool is_member(const std::string& root, const std::string& user, gid_t group) {
  if (const auto account = find_user(root, user); account && account->gid == group) return true;
  for (const auto& fields : read_table(root, "/etc/group")) {
    if (fields.size() < 4 || number(fields[2]) != group) continue;
    const std::string members = "," + fields[3] + ",";
    if (members.find("," + user + ",") != std::string::npos) return true;
  }
  return false;
}

}  // namespace backstop::mta
