#include "edge/store/sample_ring.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/escape.h"
#include "core/base/sample_limits.h"

namespace backstop::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".mbox";

struct SampleFile {
  fs::path path;
  std::uint64_t bytes = 0;
};

// Ours alone, the oldest first: their names begin with their time.
std::vector<SampleFile> list_files(const std::string& directory) {
  std::vector<SampleFile> out;
  std::error_code error;
  for (fs::directory_iterator each(directory, error), end; !error && each != end;
       each.increment(error)) {
    std::error_code ignored;
    if (each->path().extension() != kSuffix || !each->is_regular_file(ignored)) continue;
    out.push_back({each->path(), each->file_size(ignored)});
  }
  std::ranges::sort(out, {}, &SampleFile::path);
  return out;
}

Instant minute_of(Instant at) {
  return std::chrono::floor<std::chrono::minutes>(at);
}

// "20261122T013026Z"
std::string render_stamp(Instant at) {
  std::string out;
  for (const char c : render_instant(at))
    if (c != '-' && c != ':') out += c;
  return out;
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool begins_as_from(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of('>'), line.size()));
  return line.starts_with("From ");
}

}  // namespace

std::string render_sample(const transaction::KeepSample& sample, std::string_view queue_id,
                          Instant at) {
  std::string out = fmt::format("From MAILER-DAEMON {:%a %b %e %H:%M:%S %Y}\n", at);
  out += fmt::format(
      "Backstop-Sample: at={}; queue={}; client={}; recipient={}; verdict={}; reason={}; cut={}\n",
      render_instant(at), escape_log(queue_id), escape_log(sample.client),
      escape_log(sample.recipient), sample.verdict, sample.reasons, sample.is_cut ? "yes" : "no");
  std::string_view rest = sample.bytes;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (begins_as_from(line)) out += '>';
    out.append(line).append("\n");
  }
  return out += '\n';
}

std::optional<std::uint64_t> SampleRing::find_free_room(const std::string& directory) {
  struct statvfs room{};
  if (::statvfs(directory.c_str(), &room) != 0) return std::nullopt;
  return static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize;
}

SampleRing::SampleRing(const std::string& directory, SampleLimits limits, OnTrouble on_trouble,
                       FreeRoom free_room)
    : directory_(fmt::format("{}/{}", directory, kSampleDirectory)),
      on_trouble_(std::move(on_trouble)),
      free_room_(std::move(free_room)),
      limits_(limits),
      thread_([this] { run(); }) {}

SampleRing::~SampleRing() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void SampleRing::limit(SampleLimits limits) {
  const std::scoped_lock lock(mutex_);
  limits_ = limits;
}

bool SampleRing::has_room_locked(Instant now) const {
  const unsigned used = minute_of(now) == minute_ ? in_minute_ : 0;
  const bool is_full = is_full_ && minute_of(now) == full_minute_;
  return used < limits_.per_minute && waiting_.size() < limits::kSampleQueue && !is_full;
}

bool SampleRing::has_room(Instant now) const {
  const std::scoped_lock lock(mutex_);
  return has_room_locked(now);
}

bool SampleRing::keep(transaction::KeepSample sample, std::string_view queue_id, Instant now) {
  {
    const std::scoped_lock lock(mutex_);
    if (!has_room_locked(now)) return false;
    if (minute_of(now) != minute_) in_minute_ = 0;
    minute_ = minute_of(now);
    ++in_minute_;
    waiting_.push_back({std::move(sample), std::string(queue_id), now});
  }
  changed_.notify_all();
  return true;
}

void SampleRing::flush() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.empty() && !tidy_at_ && !is_writing_; });
}

std::uint64_t SampleRing::kept() const {
  const std::scoped_lock lock(mutex_);
  return kept_;
}

void SampleRing::tidy(Instant now) {
  {
    const std::scoped_lock lock(mutex_);
    tidy_at_ = now;
  }
  changed_.notify_all();
}

void SampleRing::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return is_stopping_ || tidy_at_ || !waiting_.empty(); });
    if (waiting_.empty() && !tidy_at_) return;
    const auto tidy_at = std::exchange(tidy_at_, std::nullopt);
    std::optional<Waiting> next;
    if (!waiting_.empty()) {
      next = std::move(waiting_.front());
      waiting_.pop_front();
    }
    const std::uint64_t bytes_max = limits_.bytes;
    is_writing_ = true;
    lock.unlock();
    if (tidy_at) drop_oldest(bytes_max, *tidy_at);
    if (next) write(*next, bytes_max);
    lock.lock();
    is_writing_ = false;
    changed_.notify_all();
  }
}

void SampleRing::tell(const std::string& trouble) {
  if (trouble == trouble_) return;
  trouble_ = trouble;
  on_trouble_(trouble);
}

// Ends with room for one file more.
void SampleRing::drop_oldest(std::uint64_t bytes_max, Instant now) {
  std::vector<SampleFile> files = list_files(directory_);
  std::uint64_t bytes = 0;
  for (const SampleFile& file : files)
    bytes += file.bytes;
  const std::string oldest = render_stamp(now - limits::kSampleDays);
  for (const SampleFile& file : files) {
    const bool is_old = file.path.filename().string() < oldest;
    if (bytes <= bytes_max && !is_old) break;
    std::error_code ignored;
    if (fs::remove(file.path, ignored)) bytes -= file.bytes;
    if (file.path == path_) path_.clear();
  }
}

bool SampleRing::open_file(Instant now) {
  if (::mkdir(directory_.c_str(), 0700) != 0 && errno != EEXIST) {
    tell(fmt::format("{}: {}", directory_, std::strerror(errno)));
    return false;
  }
  for (unsigned number = 0;; ++number) {
    path_ = fmt::format("{}/{}-{:02}{}", directory_, render_stamp(now), number, kSuffix);
    const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) {
      ::close(file);
      file_bytes_ = 0;
      begun_ = now;
      return true;
    }
    if (errno == EEXIST && number < 99) continue;
    tell(fmt::format("{}: {}", path_, std::strerror(errno)));
    path_.clear();
    return false;
  }
}

void SampleRing::write(const Waiting& waiting, std::uint64_t bytes_max) {
  const fs::path above = fs::path(directory_).parent_path();
  const auto room = free_room_(above.string());
  if (!room || *room < limits::kSampleFreeBytes) {
    {
      const std::scoped_lock lock(mutex_);
      is_full_ = true;
      full_minute_ = minute_of(waiting.at);
    }
    return tell(
        fmt::format("{}: the disk has too little room; nothing is sampled until it has {} "
                    "MiB free",
                    directory_, limits::kSampleFreeBytes / 1024 / 1024));
  }
  const std::string text = render_sample(waiting.sample, waiting.queue_id, waiting.at);
  const std::uint64_t of_file = std::max<std::uint64_t>(bytes_max / limits::kSampleFiles, 1);
  const bool is_full = file_bytes_ > 0 && file_bytes_ + text.size() > of_file;
  // A file is as old as its first message, so that none outlives its time by a file's span.
  const bool is_old = waiting.at >= begun_ + Days{1};
  if (path_.empty() || is_full || is_old) {
    drop_oldest(bytes_max - std::min(bytes_max, of_file), waiting.at);
    if (!open_file(waiting.at)) return;
  }
  const int file = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
  const bool written = file >= 0 && write_all(file, text);
  const int why = errno;
  if (file >= 0) ::close(file);
  if (!written) {
    tell(fmt::format("{}: {}", path_, std::strerror(why)));
    path_.clear();  // What is cut stays the last of its file.
    return;
  }
  file_bytes_ += text.size();
  tell("");
  const std::scoped_lock lock(mutex_);
  ++kept_;
}

}  // namespace backstop::store
