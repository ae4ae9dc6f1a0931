#include "edge/webhook/spool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <utility>

#include "core/base/feed_limits.h"

namespace backstop::webhook {
namespace {

constexpr std::string_view kName = "backstop-spool-1 ";
constexpr std::size_t kDigits = 20;
constexpr std::size_t kHeadBytes = kName.size() + kDigits + 1;
constexpr std::size_t kCopyBytes = 64 * 1024;
// A time of ten digits, a blank, the line and its end.
constexpr std::size_t kLineRoom = limits::kSpoolLineBytes + 32;

std::string render_head(std::uint64_t offset) {
  return fmt::format("{}{:020}\n", kName, offset);
}

std::string render_line(std::string_view text, Instant at) {
  return fmt::format("{} {}\n", at.time_since_epoch().count(), text);
}

bool write_at(int fd, std::string_view text, std::uint64_t at) {
  while (!text.empty()) {
    const ssize_t wrote = pwrite(fd, text.data(), text.size(), static_cast<off_t>(at));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(wrote));
    at += static_cast<std::uint64_t>(wrote);
  }
  return true;
}

// As much as there is, at most `bytes`; nothing when it cannot be read.
std::optional<std::string> read_at(int fd, std::uint64_t at, std::size_t bytes) {
  std::string out(bytes, '\0');
  std::size_t got = 0;
  while (got < bytes) {
    const ssize_t count = pread(fd, out.data() + got, bytes - got, static_cast<off_t>(at + got));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  out.resize(got);
  return out;
}

int make_file(const std::string& path, int flags) {
  if (path.empty()) return memfd_create("backstop-spool", MFD_CLOEXEC);
  return open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
}

}  // namespace

tl::unexpected<Error> Spool::error(std::string_view what) const {
  const Errc code = errno == EACCES || errno == EPERM || errno == EROFS ? Errc::Denied
                    : errno == ENOENT                                   ? Errc::NotFound
                                                                        : Errc::Unavailable;
  return tl::unexpected<Error>(Error{code, path_.empty() ? "memory" : path_,
                                     fmt::format("{}: {}", what, std::strerror(errno))});
}

Result<Spool> Spool::open(std::string path, std::size_t bytes_max) {
  Spool spool(std::move(path), -1, bytes_max);
  spool.fd_ = make_file(spool.path_, 0);
  if (spool.fd_ < 0) return spool.error("cannot be opened");
  BS_TRY_VOID(spool.take_over());
  return spool;
}

Spool::~Spool() {
  if (fd_ >= 0) close(fd_);
}

Spool::Spool(Spool&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      bytes_max_(other.bytes_max_),
      offset_(other.offset_),
      size_(other.size_),
      waiting_(other.waiting_),
      was_damaged_(other.was_damaged_) {}

Result<void> Spool::begin() {
  if (ftruncate(fd_, 0) != 0 || !write_at(fd_, render_head(kHeadBytes), 0))
    return error("cannot be written");
  offset_ = size_ = kHeadBytes;
  waiting_ = 0;
  return {};
}

Result<void> Spool::take_over() {
  struct stat about{};
  if (fstat(fd_, &about) != 0) return error("cannot be looked at");
  size_ = static_cast<std::uint64_t>(about.st_size);
  if (size_ == 0) return begin();
  const auto head = read_at(fd_, 0, kHeadBytes);
  if (!head) return error("cannot be read");
  bool is_good = head->size() == kHeadBytes && head->starts_with(kName) && head->back() == '\n';
  if (is_good) {
    const char* const first = head->data() + kName.size();
    const auto [stop, wrong] = std::from_chars(first, first + kDigits, offset_);
    is_good = wrong == std::errc() && stop == first + kDigits && offset_ >= kHeadBytes;
  }
  if (!is_good) {
    was_damaged_ = true;
    const std::string aside = path_ + ".damaged";
    if (rename(path_.c_str(), aside.c_str()) != 0) return error("cannot be moved aside");
    close(fd_);
    fd_ = make_file(path_, O_EXCL);
    if (fd_ < 0) return error("cannot be made");
    return begin();
  }
  // All was delivered, and the process died before it could write so.
  if (offset_ > size_) return begin();
  std::uint64_t end = offset_;
  for (std::uint64_t at = offset_; at < size_;) {
    const auto piece = read_at(fd_, at, kCopyBytes);
    if (!piece || piece->empty()) return error("cannot be read");
    for (std::size_t i = 0; i < piece->size(); ++i) {
      if ((*piece)[i] != '\n') continue;
      ++waiting_;
      end = at + i + 1;
    }
    at += piece->size();
  }
  if (end == size_) return {};
  was_damaged_ = true;  // It died within a line.
  size_ = end;
  if (ftruncate(fd_, static_cast<off_t>(end)) != 0) return error("cannot be cut");
  return {};
}

Result<void> Spool::append(std::string_view text, Instant at) {
  if (text.size() > limits::kSpoolLineBytes)
    return fail(Errc::Limit, path_, "the line is too long for the spool");
  const std::string line = render_line(text, at);
  if (size_ - offset_ + line.size() > bytes_max_)
    return fail(Errc::Limit, path_, fmt::format("{} bytes wait already", size_ - offset_));
  return write_line(line);
}

Result<void> Spool::put_last() {
  BS_TRY(const std::optional<Line> line, front());
  if (!line || waiting_ < 2) return {};
  BS_TRY_VOID(write_line(render_line(line->text, line->at)));
  return pop();
}

Result<void> Spool::write_line(std::string_view line) {
  if (size_ + line.size() > 2 * bytes_max_) BS_TRY_VOID(make_room());
  if (!write_at(fd_, line, size_)) {
    auto failed = error("cannot be written");
    [[maybe_unused]] const int cut = ftruncate(fd_, static_cast<off_t>(size_));
    return failed;
  }
  size_ += line.size();
  ++waiting_;
  return {};
}

Result<std::optional<Spool::Line>> Spool::front() const {
  if (waiting_ == 0) return std::nullopt;
  const auto piece = read_at(fd_, offset_, kLineRoom);
  if (!piece) return error("cannot be read");
  const std::string_view line = std::string_view(*piece).substr(0, piece->find('\n'));
  Line out;
  std::int64_t seconds = 0;
  const auto [stop, wrong] = std::from_chars(line.data(), line.data() + line.size(), seconds);
  // What is no line of ours is delivered to nobody.
  if (wrong != std::errc() || stop == line.data() + line.size() || *stop != ' ') return out;
  out.at = Instant{Seconds{seconds}};
  out.text = line.substr(static_cast<std::size_t>(stop - line.data()) + 1);
  return out;
}

Result<void> Spool::pop() {
  const auto piece = read_at(fd_, offset_, kLineRoom);
  if (!piece) return error("cannot be read");
  const std::size_t end = piece->find('\n');
  // A line that is longer than any of ours: nothing behind it can be told apart.
  if (end == piece->npos || waiting_ <= 1) return begin();
  --waiting_;
  return write_offset(offset_ + end + 1);
}

Result<void> Spool::write_offset(std::uint64_t offset) {
  offset_ = offset;
  if (!write_at(fd_, render_head(offset), 0)) return error("cannot be written");
  return {};
}

// A file of what waits alone takes the place of this one.
Result<void> Spool::make_room() {
  const std::string beside = path_.empty() ? "" : path_ + ".new";
  const int fresh = make_file(beside, O_TRUNC);
  if (fresh < 0) return error("cannot be made anew");
  std::uint64_t to = kHeadBytes;
  bool is_good = write_at(fresh, render_head(kHeadBytes), 0);
  for (std::uint64_t at = offset_; is_good && at < size_;) {
    const auto piece = read_at(fd_, at, kCopyBytes);
    is_good = piece && !piece->empty() && write_at(fresh, *piece, to);
    if (!is_good) break;
    at += piece->size();
    to += piece->size();
  }
  is_good = is_good &&
            (path_.empty() || (fsync(fresh) == 0 && rename(beside.c_str(), path_.c_str()) == 0));
  if (!is_good) {
    auto failed = error("cannot be made anew");
    close(fresh);
    return failed;
  }
  close(fd_);
  fd_ = fresh;
  offset_ = kHeadBytes;
  size_ = to;
  return {};
}

}  // namespace backstop::webhook
