#include "edge/feed/feed_stream.h"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "core/base/feed_limits.h"

namespace backstop::feed {

Result<std::unique_ptr<FeedStream>> FeedStream::start(StreamOptions options,
                                                      StreamObserver& observer) {
  std::optional<FeedSocket> socket;
  if (!options.socket.empty()) {
    BS_TRY(FeedSocket listening, FeedSocket::listen(options.socket, options.socket_mode));
    socket.emplace(std::move(listening));
  }
  const int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake < 0)
    return fail(Errc::Unavailable, "feed",
                fmt::format("cannot be begun: {}", std::strerror(errno)));
  return std::unique_ptr<FeedStream>(
      new FeedStream(std::move(options), std::move(socket), wake, observer));
}

FeedStream::FeedStream(StreamOptions options, std::optional<FeedSocket> socket, int wake,
                       StreamObserver& observer)
    : options_(std::move(options)),
      observer_(observer),
      file_(options_.file),
      socket_(std::move(socket)),
      wake_(wake),
      thread_([this] { run(); }) {}

FeedStream::~FeedStream() {
  stop();
  close(wake_);
}

void FeedStream::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t wrote = write(wake_, &one, sizeof(one));
}

bool FeedStream::push(std::string line) {
  {
    const std::scoped_lock lock(mutex_);
    if (lines_.size() >= limits::kFeedQueue) return false;
    lines_.push_back(std::move(line));
  }
  wake();
  return true;
}

void FeedStream::reopen() {
  const std::scoped_lock lock(mutex_);
  is_to_reopen_ = true;
}

void FeedStream::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
  }
  wake();
  if (thread_.joinable()) thread_.join();
}

void FeedStream::give(std::string_view line) {
  if (socket_) {
    if (const unsigned slow = socket_->send(line); slow > 0) observer_.on_slow(slow);
  }
  if (!options_.file.empty()) {
    const auto written = file_.append(line);
    if (written) {
      observer_.on_written();
    } else {
      observer_.on_not_written(written.error().text());
    }
  }
  if (options_.also) options_.also(line);
}

void FeedStream::run() {
  std::vector<pollfd> polled;
  for (;;) {
    polled.assign(1, {.fd = wake_, .events = POLLIN, .revents = 0});
    if (socket_) socket_->append_polled(polled);
    if (poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) return;
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t got = read(wake_, &count, sizeof(count));
    if (socket_) socket_->on_polled(polled);
    std::deque<std::string> lines;
    bool is_last = false;
    {
      const std::scoped_lock lock(mutex_);
      lines.swap(lines_);
      if (std::exchange(is_to_reopen_, false)) file_.close();
      is_last = is_stopping_;
    }
    for (const std::string& line : lines)
      give(line);
    if (is_last) return;
  }
}

}  // namespace backstop::feed
