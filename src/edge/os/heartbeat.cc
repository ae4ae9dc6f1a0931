#include "edge/os/heartbeat.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "edge/os/text_file.h"

namespace backstop::os {
namespace {

constexpr std::size_t kLineBytes = 80;
constexpr mode_t kMode = 0644;

std::string path_in(const std::string& directory) {
  return fmt::format("{}/{}", directory, kHeartbeatFile);
}

tl::unexpected<Error> fail_errno(const std::string& path, int error) {
  const bool denied = error == EACCES || error == EPERM || error == EROFS;
  return fail(denied ? Errc::Denied : Errc::Unavailable, path,
              fmt::format("cannot be written: {}", std::strerror(error)));
}

// Takes `name` and what follows it up to a blank or the end off the front.
std::optional<std::string_view> take(std::string_view& text, std::string_view name) {
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  const std::string_view value = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(text.size(), value.size() + 1));
  return value;
}

}  // namespace

std::string render_beat(const Beat& beat) {
  std::string line = fmt::format("{} pid={} started={}", render_instant(beat.at), beat.pid,
                                 render_instant(beat.started));
  line.resize(kLineBytes - 1, ' ');
  return line + '\n';
}

std::optional<Beat> parse_beat(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  const auto at = take(text, "");
  const auto pid = take(text, "pid=");
  const auto started = take(text, "started=");
  if (!at || !pid || !started) return std::nullopt;
  Beat beat;
  const auto [rest, error] = std::from_chars(pid->data(), pid->data() + pid->size(), beat.pid);
  const auto at_time = parse_instant(*at);
  const auto started_time = parse_instant(*started);
  if (error != std::errc{} || rest != pid->data() + pid->size() || !at_time || !started_time)
    return std::nullopt;
  beat.at = *at_time;
  beat.started = *started_time;
  return beat;
}

Result<std::optional<Beat>> read_last_beat(const std::string& directory) {
  const std::string path = path_in(directory);
  const auto text = read_text_file(path, 10 * kLineBytes);
  if (!text && text.error().code == Errc::NotFound) return std::optional<Beat>();
  if (!text && text.error().code != Errc::Limit) return tl::unexpected<Error>(text.error());
  if (auto beat = text ? parse_beat(*text) : std::nullopt) return beat;
  // A host that lost its power may leave an empty file; it was changed when we lived.
  struct stat found{};
  if (stat(path.c_str(), &found) != 0) return fail_errno(path, errno);
  const Instant changed{Seconds{found.st_mtim.tv_sec}};
  return Beat{.at = changed, .pid = 0, .started = changed};
}

Heartbeat::Heartbeat(const std::string& directory, Instant started)
    : directory_(directory), path_(path_in(directory)), started_(started) {}

Result<void> Heartbeat::open_file() {
  FileDescriptor file(
      open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, kMode));
  if (!file) return fail_errno(path_, errno);
  struct stat found{};
  if (fstat(file.get(), &found) != 0) return fail_errno(path_, errno);
  if (!S_ISREG(found.st_mode)) return fail(Errc::Denied, path_, "is not a regular file");
  const bool is_longer = found.st_size > static_cast<off_t>(kLineBytes);
  if (is_longer && ftruncate(file.get(), kLineBytes) != 0) return fail_errno(path_, errno);
  // A new file's name must outlive a loss of power as well.
  const FileDescriptor folder(open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || fsync(folder.get()) != 0) return fail_errno(directory_, errno);
  file_ = std::move(file);
  unflushed_ = kBeatsPerFlush;  // The first beat is flushed.
  return {};
}

Result<void> Heartbeat::write(const std::string& line) {
  ssize_t put = 0;
  do {
    put = pwrite(file_.get(), line.data(), line.size(), 0);
  } while (put < 0 && errno == EINTR);
  if (put != static_cast<ssize_t>(line.size())) return fail_errno(path_, put < 0 ? errno : ENOSPC);
  if (++unflushed_ < kBeatsPerFlush) return {};
  if (fdatasync(file_.get()) != 0) return fail_errno(path_, errno);
  unflushed_ = 0;
  return {};
}

Result<void> Heartbeat::beat(Instant now) {
  // A directory that was moved away, or a file that was removed, takes no beat that counts.
  struct stat named{};
  struct stat held{};
  if (file_ && (lstat(path_.c_str(), &named) != 0 || fstat(file_.get(), &held) != 0 ||
                named.st_ino != held.st_ino || named.st_dev != held.st_dev))
    file_ = {};
  if (!file_) BS_TRY_VOID(open_file());
  const Beat beat{.at = now, .pid = static_cast<std::uint32_t>(getpid()), .started = started_};
  auto written = write(render_beat(beat));
  if (!written) file_ = {};
  return written;
}

}  // namespace backstop::os
