#include "edge/door/acceptor.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

#include "core/base/limits.h"

namespace backstop::door {
namespace {

// Out of descriptors or memory: time for others to give some back.
constexpr std::chrono::milliseconds kPause{200};

// Errors of the connection that was to be accepted, not of ours (accept(2)).
bool concerns_peer(int error) {
  return error == ECONNABORTED || error == EINTR || error == EPROTO || error == ENETDOWN ||
         error == ENOPROTOOPT || error == EHOSTDOWN || error == ENONET || error == EHOSTUNREACH ||
         error == EOPNOTSUPP || error == ENETUNREACH;
}

}  // namespace

Acceptor::Acceptor(Listener listener, Door& door, std::vector<std::shared_ptr<Loop>> loops)
    : listener_(std::move(listener)),
      door_(door),
      loops_(std::move(loops)),
      world_(loops_.front()->world()),
      socket_(loops_.front()->context()),
      pause_(loops_.front()->context()) {}

void Acceptor::start() {
  // A descriptor of its own: the listener closes the other one.
  socket_.assign(::fcntl(listener_.descriptor(), F_DUPFD_CLOEXEC, 0));
  await_connection();
}

void Acceptor::await_connection() {
  socket_.async_wait(Descriptor::wait_read,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       if (!error && !self->closed_) self->accept_some();
                     });
}

void Acceptor::accept_some() {
  for (std::size_t taken = 0; taken < limits::kAcceptsAtOnce; ++taken) {
    if (world_.connections >= world_.limits.connections) {
      full_ = true;
      // One may have closed before it could see that we wait for it.
      if (world_.connections >= world_.limits.connections) return;
      full_ = false;
    }
    const int peer =
        ::accept4(socket_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (peer < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (peer < 0 && concerns_peer(errno)) continue;
    if (peer < 0) return pause();
    failing_ = false;
    ++world_.connections;
    Loop& loop = **std::ranges::min_element(
        loops_, [](const auto& a, const auto& b) { return a->load() < b->load(); });
    loop.adopt(peer, listener_.is_inet(), door_);
  }
  await_connection();
}

void Acceptor::pause() {
  if (!std::exchange(failing_, true)) {
    world_.log.write(ports::LogLevel::Error, fmt::format("{}: {} cannot accept: {}; trying again",
                                                         door_.name(), listener_.endpoint().text(),
                                                         std::system_category().message(errno)));
  }
  pause_.expires_after(kPause);
  pause_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error && !self->closed_) self->accept_some();
  });
}

void Acceptor::wake() {
  if (!full_.exchange(false)) return;
  boost::asio::post(loops_.front()->context(), [self = shared_from_this()] {
    if (!self->closed_) self->accept_some();
  });
}

void Acceptor::close() {
  if (std::exchange(closed_, true)) return;
  full_ = false;  // Nobody needs to wake us.
  listener_.close();
  pause_.cancel();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace backstop::door
