// A unix socket at which programs listen to the feed: each gets the lines from its connection on.
// One that does not read is dropped, so that it keeps nobody waiting.
//
// Not thread-safe.
#pragma once

#include <poll.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace backstop::feed {

class FeedSocket {
 public:
  // Takes the place of a socket there that nobody listens at.  Errors: Errc::Exists when somebody
  // does, or something else has the name; Errc::Denied; Errc::Unavailable; `where` is the path.
  static Result<FeedSocket> listen(const std::string& path, std::uint32_t mode);
  // Closes all, and removes the socket.
  ~FeedSocket();
  FeedSocket(FeedSocket&& other) noexcept;
  FeedSocket& operator=(FeedSocket&&) = delete;

  // To every client; never waits.  Returns how many were too slow, and are dropped.
  unsigned send(std::string_view line);
  std::size_t clients() const { return clients_.size(); }

  // What to poll for, appended; then what came of it.
  void append_polled(std::vector<pollfd>& polled) const;
  void on_polled(const std::vector<pollfd>& polled);

 private:
  struct Client {
    int fd = -1;
    std::string waiting;
  };
  FeedSocket(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  void accept_all();
  // False when the client has gone or is too slow.
  static bool flush(Client& client);
  void drop(std::size_t at);

  std::string path_;
  int fd_ = -1;
  std::vector<Client> clients_;
};

}  // namespace backstop::feed
