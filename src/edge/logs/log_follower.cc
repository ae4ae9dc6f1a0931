#include "edge/logs/log_follower.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "core/base/limits.h"

namespace backstop::logs {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;

}  // namespace

struct LogFollower::File {
  explicit File(int descriptor) : fd(descriptor) {}
  ~File() { ::close(fd); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int fd;
  dev_t device = 0;
  ino_t inode = 0;
  off_t offset = 0;
  std::string unfinished;  // The start of a line whose end is not there yet.
  bool overlong = false;   // That line is too long; its rest is passed over.
};

LogFollower::LogFollower(std::string path, From from, LogZone zone)
    : path_(std::move(path)), from_(from), parser_(Instant{}, zone) {}
LogFollower::~LogFollower() = default;
LogFollower::LogFollower(LogFollower&&) noexcept = default;
LogFollower& LogFollower::operator=(LogFollower&&) noexcept = default;

bool LogFollower::open_file(bool from_start, std::string& trouble) {
  const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) {
    trouble = std::strerror(errno);
    return false;
  }
  auto file = std::make_unique<File>(fd);
  struct stat status{};
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    trouble = "is no regular file";
    return false;
  }
  file->device = status.st_dev;
  file->inode = status.st_ino;
  if (!from_start) {
    file->offset = status.st_size;
    // Where somebody is in the middle of a line, the rest of it is no line.
    char last = '\n';
    if (status.st_size > 0 && pread(fd, &last, 1, status.st_size - 1) == 1) {
      file->overlong = last != '\n';
    }
  }
  file_ = std::move(file);
  return true;
}

bool LogFollower::was_replaced() const {
  struct stat status{};
  if (stat(path_.c_str(), &status) != 0) return false;
  return status.st_dev != file_->device || status.st_ino != file_->inode;
}

void LogFollower::read_file(Polled& polled, const std::function<void(const LogLine&)>& on_line) {
  File& file = *file_;
  struct stat status{};
  if (fstat(file.fd, &status) == 0 && status.st_size < file.offset) {
    file.offset = 0;
    file.unfinished.clear();
    file.overlong = false;
  }
  const auto finish = [&](std::string_view line) {
    ++polled.lines;
    if (const auto parsed = parser_.parse(line)) {
      ++polled.parsed;
      on_line(*parsed);
    }
  };
  std::vector<char> buffer(kReadBytes);
  for (std::size_t total = 0; total < limits::kLogPollBytes;) {
    const ssize_t got = pread(file.fd, buffer.data(), buffer.size(), file.offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) polled.trouble = std::strerror(errno);
    if (got <= 0) return;
    file.offset += got;
    total += static_cast<std::size_t>(got);
    std::string_view text(buffer.data(), static_cast<std::size_t>(got));
    for (std::size_t end = text.find('\n'); end != text.npos; end = text.find('\n')) {
      if (file.overlong) {
        ++polled.lines;
      } else if (file.unfinished.empty()) {
        finish(text.substr(0, end));
      } else {
        finish(file.unfinished.append(text.substr(0, end)));
      }
      file.unfinished.clear();
      file.overlong = false;
      text.remove_prefix(end + 1);
    }
    if (!file.overlong) file.unfinished.append(text);
    if (file.unfinished.size() > limits::kLogLineBytes) {
      file.unfinished.clear();
      file.overlong = true;
    }
  }
  polled.more = true;
}

LogFollower::Polled LogFollower::poll(Instant now,
                                      const std::function<void(const LogLine&)>& on_line) {
  parser_.set_now(now);
  Polled polled;
  if (file_ == nullptr && !open_file(seen_before_ || from_ == From::Start, polled.trouble)) {
    // Once it was looked for and missing, whatever appears is new.
    seen_before_ = true;
    return polled;
  }
  seen_before_ = true;
  read_file(polled, on_line);
  if (polled.more || !was_replaced()) return polled;
  // Whoever held it open may have written between the last read and the renaming.
  read_file(polled, on_line);
  if (polled.more) return polled;
  file_.reset();
  if (open_file(true, polled.trouble)) read_file(polled, on_line);
  return polled;
}

}  // namespace backstop::logs
