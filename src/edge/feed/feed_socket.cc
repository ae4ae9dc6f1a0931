#include "edge/feed/feed_socket.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/base/feed_limits.h"

namespace backstop::feed {
namespace {

tl::unexpected<Error> failure(const std::string& path, std::string_view what) {
  const Errc code = errno == EACCES || errno == EPERM ? Errc::Denied : Errc::Unavailable;
  return tl::unexpected<Error>(
      Error{code, path, fmt::format("{}: {}", what, std::strerror(errno))});
}

// SAFETY: sockaddr_un is made to be passed as a sockaddr.
const sockaddr* plain(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

// A socket of an earlier life: it is there, and nobody listens.
bool is_left_behind(const std::string& path, const sockaddr_un& address) {
  struct stat about{};
  if (lstat(path.c_str(), &about) != 0 || !S_ISSOCK(about.st_mode)) return false;
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return false;
  const bool is_refused =
      connect(probe, plain(address), sizeof(address)) != 0 && errno == ECONNREFUSED;
  close(probe);
  return is_refused;
}

}  // namespace

Result<FeedSocket> FeedSocket::listen(const std::string& path, std::uint32_t mode) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path))
    return fail(Errc::Unavailable, path, "is too long for the path of a socket");
  std::memcpy(address.sun_path, path.data(), path.size());
  FeedSocket out(path, socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (out.fd_ < 0) return failure(path, "cannot be made");
  if (is_left_behind(path, address)) unlink(path.c_str());
  // Nobody may connect before it has its permissions.
  const mode_t before = umask(0177);
  const int bound = bind(out.fd_, plain(address), sizeof(address));
  umask(before);
  if (bound != 0) {
    out.path_.clear();  // It is not ours to remove.
    if (errno == EADDRINUSE)
      return fail(Errc::Exists, path, "something is there already; stop it or remove it");
    return failure(path, "cannot be made");
  }
  if (chmod(path.c_str(), mode) != 0) return failure(path, "cannot be given its permissions");
  if (::listen(out.fd_, SOMAXCONN) != 0) return failure(path, "cannot be listened at");
  return out;
}

FeedSocket::~FeedSocket() {
  while (!clients_.empty())
    drop(clients_.size() - 1);
  if (fd_ < 0) return;
  close(fd_);
  if (!path_.empty()) unlink(path_.c_str());
}

FeedSocket::FeedSocket(FeedSocket&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      clients_(std::move(other.clients_)) {}

void FeedSocket::drop(std::size_t at) {
  close(clients_[at].fd);
  clients_.erase(clients_.begin() + static_cast<std::ptrdiff_t>(at));
}

bool FeedSocket::flush(Client& client) {
  while (!client.waiting.empty()) {
    const ssize_t sent = ::send(client.fd, client.waiting.data(), client.waiting.size(),
                                MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    client.waiting.erase(0, static_cast<std::size_t>(sent));
  }
  return true;
}

unsigned FeedSocket::send(std::string_view line) {
  unsigned slow = 0;
  for (std::size_t i = clients_.size(); i-- > 0;) {
    Client& client = clients_[i];
    const bool has_room = client.waiting.size() + line.size() < limits::kFeedClientBytes;
    if (has_room) {
      client.waiting += line;
      client.waiting += '\n';
    } else {
      ++slow;
    }
    if (!has_room || !flush(client)) drop(i);
  }
  return slow;
}

void FeedSocket::append_polled(std::vector<pollfd>& polled) const {
  polled.push_back({.fd = fd_, .events = POLLIN, .revents = 0});
  for (const Client& client : clients_) {
    const int out = client.waiting.empty() ? 0 : POLLOUT;
    polled.push_back({.fd = client.fd, .events = static_cast<short>(POLLIN | out), .revents = 0});
  }
}

void FeedSocket::on_polled(const std::vector<pollfd>& polled) {
  for (const pollfd& one : polled) {
    if (one.revents == 0 || one.fd == fd_) continue;
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      if (clients_[i].fd != one.fd) continue;
      // Nothing is to be said here: what comes is thrown away, and the end is the end.
      std::array<char, 512> nothing{};
      const ssize_t got = (one.revents & (POLLIN | POLLHUP | POLLERR)) != 0
                              ? recv(one.fd, nothing.data(), nothing.size(), MSG_DONTWAIT)
                              : 1;
      const bool has_gone = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
      if (has_gone || !flush(clients_[i])) drop(i);
      break;
    }
  }
  accept_all();
}

void FeedSocket::accept_all() {
  for (;;) {
    const int fd = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    if (clients_.size() >= limits::kFeedClients) {
      close(fd);
      continue;
    }
    clients_.push_back({.fd = fd, .waiting = {}});
  }
}

}  // namespace backstop::feed
