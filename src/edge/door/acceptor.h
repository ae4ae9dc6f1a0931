// Takes connections off the listening sockets and gives each to the least busy loop.
#pragma once

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <vector>

#include "edge/door/door.h"
#include "edge/door/listener.h"
#include "edge/door/loop.h"

namespace backstop::door {

// Lives in the thread of the first loop, but for wake().
class Acceptor : public std::enable_shared_from_this<Acceptor> {
 public:
  // REQUIRES: at least one loop; all, and the door, outlive the acceptor's last call.
  Acceptor(Listener listener, Door& door, std::vector<std::shared_ptr<Loop>> loops);

  const config::Endpoint& endpoint() const { return listener_.endpoint(); }
  // From any thread before the loops start, else from the first loop.
  void start();
  // There is room again below Limits::connections.  Any thread.
  void wake();
  // Listens no more, and removes the socket's path.
  void close();

 private:
  void await_connection();
  void accept_some();
  void pause();

  Listener listener_;
  Door& door_;
  std::vector<std::shared_ptr<Loop>> loops_;
  World& world_;
  Descriptor socket_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock> pause_;
  std::atomic<bool> full_{false};
  bool failing_ = false;
  bool closed_ = false;
};

}  // namespace backstop::door
