// Takes connections off the listening sockets and gives each to the least busy loop.
#pragma once

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <vector>

#include "edge/milter/listener.h"
#include "edge/milter/loop.h"

namespace backstop::milter {

// Lives in the thread of the first loop, but for wake().
class Acceptor : public std::enable_shared_from_this<Acceptor> {
 public:
  // REQUIRES: at least one loop; all outlive the acceptor's last call.
  Acceptor(Listener listener, std::vector<std::shared_ptr<Loop>> loops);

  const config::Endpoint& endpoint() const { return listener_.endpoint(); }
  // From any thread before the loops start, else from the first loop.
  void start();
  // There is room again below ServerLimits::connections.  Any thread.
  void wake();
  // Listens no more, and removes the socket's path.
  void close();

 private:
  void await_connection();
  void accept_some();
  void pause();

  Listener listener_;
  std::vector<std::shared_ptr<Loop>> loops_;
  LoopWorld& world_;
  Descriptor socket_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock> pause_;
  std::atomic<bool> full_{false};
  bool failing_ = false;
  bool closed_ = false;
};

}  // namespace backstop::milter
