// Gives lines to a file and to whoever listens at a socket, in a thread of its own, so that nobody
// who has a line waits for a disk or a peer.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "core/base/result.h"
#include "edge/feed/feed_file.h"
#include "edge/feed/feed_socket.h"

namespace backstop::feed {

// Called from the stream's thread.
class StreamObserver {
 public:
  virtual ~StreamObserver() = default;
  // The line is in the file.
  virtual void on_written() = 0;
  // It could not be; it is gone there.
  virtual void on_not_written(std::string_view sentence) = 0;
  // So many listeners were too slow, and are dropped.
  virtual void on_slow(unsigned clients) = 0;
};

struct StreamOptions {
  std::string file;    // "": none.
  std::string socket;  // "": none.
  std::uint32_t socket_mode = 0660;
  // For what else becomes of each line, in the same thread.
  std::function<void(std::string_view)> also = {};
};

class FeedStream {
 public:
  // `observer` outlives it.  Errors: as of FeedSocket::listen; Errc::Unavailable.
  static Result<std::unique_ptr<FeedStream>> start(StreamOptions options, StreamObserver& observer);
  // stop().
  ~FeedStream();
  FeedStream(const FeedStream&) = delete;
  FeedStream& operator=(const FeedStream&) = delete;

  // `line`: without its end, no line end in it.  Any thread; never waits.  False when
  // limits::kFeedQueue lines wait: it is gone.
  bool push(std::string line);
  // The file is opened anew before the next line.  Any thread.
  void reopen();
  // After what was pushed before is written.
  void stop();

 private:
  FeedStream(StreamOptions options, std::optional<FeedSocket> socket, int wake,
             StreamObserver& observer);
  void run();
  void wake() const;
  void give(std::string_view line);

  const StreamOptions options_;
  StreamObserver& observer_;
  FeedFile file_;
  std::optional<FeedSocket> socket_;
  const int wake_;  // An eventfd.

  std::mutex mutex_;  // Guards what follows.
  std::deque<std::string> lines_;
  bool is_to_reopen_ = false;
  bool is_stopping_ = false;

  std::thread thread_;
};

}  // namespace backstop::feed
