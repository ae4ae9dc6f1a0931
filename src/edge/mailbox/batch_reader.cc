#include "edge/mailbox/batch_reader.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "core/base/limits.h"
#include "edge/mailbox/reading_state.h"

namespace backstop::mailbox {
namespace {

namespace fs = std::filesystem;

bool is_folder(const std::string& path) {
  struct stat status{};
  return path != "-" && ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

std::uint64_t bytes_in_folder(const std::string& path) {
  std::uint64_t bytes = 0;
  std::size_t files = 0;
  std::error_code error;
  fs::recursive_directory_iterator entries(path, fs::directory_options::skip_permission_denied,
                                           error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    if (++files > limits::kMailboxFiles) break;
    std::error_code ignored;
    if (!entries->is_regular_file(ignored)) continue;
    const std::uintmax_t size = entries->file_size(ignored);
    if (!ignored) bytes += size;
  }
  return bytes;
}

}  // namespace

void ReadingState::step() {
  Source* const innermost = sources_.back().get();
  const std::size_t depth = sources_.size();
  if (innermost->step(*this) == Source::Step::More) return;
  // What it pushed in its last step stays.
  sources_.erase(sources_.begin() + static_cast<std::ptrdiff_t>(depth - 1));
}

struct BatchReader::State {
  std::vector<std::string> paths;
  std::size_t at = 0;
  ReadingState reading;

  void open_next() {
    const std::string& path = paths[at++];
    if (is_folder(path)) return reading.push(make_folder_source(path));
    auto stream =
        open_file({.folder = AT_FDCWD, .name = path, .path = path}, reading.builder.disk_bytes());
    if (!stream) return reading.unreadable(path, 0, stream.error());
    read_opened(reading, {.stream = *std::move(stream), .source = path, .path = path});
  }
};

BatchReader::BatchReader(std::vector<std::string> paths) : state_(std::make_unique<State>()) {
  state_->paths = std::move(paths);
}

BatchReader::~BatchReader() = default;

bool BatchReader::next(Batch& batch) {
  // What the caller still holds is let go first, so that its buffer can be used again.
  batch = Batch{};
  ReadingState& reading = state_->reading;
  BatchBuilder& builder = reading.builder;
  while (!builder.has_closed()) {
    if (!reading.is_done()) {
      reading.step();
    } else if (state_->at < state_->paths.size()) {
      state_->open_next();
    } else {
      builder.finish();
      if (!builder.has_closed()) return false;
    }
    if (builder.is_full()) builder.close();
  }
  batch = builder.take();
  return true;
}

std::uint64_t BatchReader::total_bytes() const {
  std::uint64_t bytes = 0;
  for (const std::string& path : state_->paths) {
    struct stat status{};
    if (path == "-" || ::stat(path.c_str(), &status) != 0) return 0;
    if (S_ISREG(status.st_mode)) bytes += static_cast<std::uint64_t>(status.st_size);
    if (S_ISDIR(status.st_mode)) bytes += bytes_in_folder(path);
  }
  return bytes;
}

}  // namespace backstop::mailbox
