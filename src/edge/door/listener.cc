#include "edge/door/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace backstop::door {
namespace {

constexpr int kSocketFlags = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;

tl::unexpected<Error> fail_errno(const config::Endpoint& endpoint, std::string_view what,
                                 int error) {
  Errc code = Errc::Unavailable;
  if (error == EACCES || error == EPERM || error == EROFS) code = Errc::Denied;
  if (error == ENOENT || error == ENOTDIR) code = Errc::NotFound;
  if (error == EADDRINUSE) code = Errc::Exists;
  return fail(code, endpoint.text(),
              fmt::format("{}: {}", what, std::system_category().message(error)));
}

Result<sockaddr_un> unix_address(const config::Endpoint& endpoint) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (endpoint.path.empty() || endpoint.path.size() >= sizeof address.sun_path) {
    return fail(Errc::Invalid, endpoint.text(),
                fmt::format("a socket's path has 1 to {} bytes", sizeof address.sun_path - 1));
  }
  endpoint.path.copy(address.sun_path, endpoint.path.size());
  return address;
}

// SAFETY: the sockets interface takes every address as sockaddr; the kernel looks at the family.
template <class Address>
sockaddr* as_sockaddr(Address& address) {
  return reinterpret_cast<sockaddr*>(&address);
}

// Removes a socket nobody listens at any more; anything else stays and is an error.
Result<void> remove_stale(const config::Endpoint& endpoint, sockaddr_un address) {
  struct stat found{};
  if (::lstat(endpoint.path.c_str(), &found) != 0) {
    if (errno == ENOENT) return {};
    return fail_errno(endpoint, "cannot look at the path", errno);
  }
  if (!S_ISSOCK(found.st_mode)) {
    return fail(
        Errc::Exists, endpoint.text(),
        "the path is taken by something that is no socket; remove it or choose another path");
  }
  const int probe = ::socket(AF_UNIX, kSocketFlags, 0);
  if (probe < 0) return fail_errno(endpoint, "cannot make a socket", errno);
  const int error = ::connect(probe, as_sockaddr(address), sizeof address) == 0 ? 0 : errno;
  ::close(probe);
  if (error != ECONNREFUSED && error != ENOENT) {
    return fail(Errc::Exists, endpoint.text(),
                error == 0 || error == EAGAIN
                    ? "another daemon answers there; stop it or choose another path"
                    : "cannot tell whether another daemon answers there: " +
                          std::system_category().message(error));
  }
  if (::unlink(endpoint.path.c_str()) != 0 && errno != ENOENT) {
    return fail_errno(endpoint, "cannot remove the socket left behind", errno);
  }
  return {};
}

// The address a socket is bound to, as an endpoint.
config::Endpoint bound_endpoint(int descriptor, config::Endpoint otherwise) {
  sockaddr_storage address{};
  socklen_t bytes = sizeof address;
  if (::getsockname(descriptor, as_sockaddr(address), &bytes) != 0) return otherwise;
  char text[INET6_ADDRSTRLEN] = {};
  std::uint16_t port = 0;
  if (address.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    ::inet_ntop(AF_INET, &in.sin_addr, text, sizeof text);
    port = ntohs(in.sin_port);
  } else if (address.ss_family == AF_INET6) {
    sockaddr_in6 in6{};
    std::memcpy(&in6, &address, sizeof in6);
    ::inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof text);
    port = ntohs(in6.sin6_port);
  } else {
    return otherwise;
  }
  const auto parsed = IpAddress::parse(text);
  if (!parsed) return otherwise;
  return {.kind = config::Endpoint::Kind::Inet, .path = "", .address = *parsed, .port = port};
}

}  // namespace

Listener::~Listener() {
  close();
}

Listener::Listener(Listener&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      is_inet_(other.is_inet_),
      owns_path_(std::exchange(other.owns_path_, false)),
      path_device_(other.path_device_),
      path_inode_(other.path_inode_),
      endpoint_(std::move(other.endpoint_)) {}

void Listener::close() {
  if (std::exchange(owns_path_, false)) {
    // Another daemon may have taken the path over meanwhile.
    struct stat found{};
    if (::lstat(endpoint_.path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode) &&
        found.st_dev == path_device_ && found.st_ino == path_inode_) {
      ::unlink(endpoint_.path.c_str());
    }
  }
  const int descriptor = std::exchange(descriptor_, -1);
  if (descriptor >= 0) ::close(descriptor);
}

Result<void> Listener::listen_now() {
  if (::listen(descriptor_, SOMAXCONN) != 0) return fail_errno(endpoint_, "cannot listen", errno);
  return {};
}

Result<void> Listener::bind_unix(std::uint32_t socket_mode) {
  BS_TRY(sockaddr_un address, unix_address(endpoint_));
  BS_TRY_VOID(remove_stale(endpoint_, address));
  descriptor_ = ::socket(AF_UNIX, kSocketFlags, 0);
  if (descriptor_ < 0) return fail_errno(endpoint_, "cannot make a socket", errno);
  if (::bind(descriptor_, as_sockaddr(address), sizeof address) != 0) {
    return fail_errno(endpoint_, errno == ENOENT ? "the folder is not there" : "cannot bind",
                      errno);
  }
  struct stat made{};
  if (::lstat(endpoint_.path.c_str(), &made) != 0)
    return fail_errno(endpoint_, "cannot bind", errno);
  owns_path_ = true;
  path_device_ = made.st_dev;
  path_inode_ = made.st_ino;
  // Nobody can connect before listen(), so the mode is in force for all.
  if (::chmod(endpoint_.path.c_str(), static_cast<mode_t>(socket_mode & 0777)) != 0) {
    return fail_errno(endpoint_, "cannot set the socket's mode", errno);
  }
  return listen_now();
}

Result<void> Listener::bind_inet() {
  const bool v6 = endpoint_.address.family() == IpAddress::Family::V6;
  is_inet_ = true;
  descriptor_ = ::socket(v6 ? AF_INET6 : AF_INET, kSocketFlags, 0);
  if (descriptor_ < 0) return fail_errno(endpoint_, "cannot make a socket", errno);
  const int on = 1;
  ::setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  int error = 0;
  if (v6) {
    ::setsockopt(descriptor_, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(endpoint_.port);
    std::memcpy(&address.sin6_addr, endpoint_.address.bytes().data(), sizeof address.sin6_addr);
    error = ::bind(descriptor_, as_sockaddr(address), sizeof address) == 0 ? 0 : errno;
  } else {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint_.port);
    std::memcpy(&address.sin_addr, endpoint_.address.bytes().data(), sizeof address.sin_addr);
    error = ::bind(descriptor_, as_sockaddr(address), sizeof address) == 0 ? 0 : errno;
  }
  if (error != 0) return fail_errno(endpoint_, "cannot bind", error);
  BS_TRY_VOID(listen_now());
  endpoint_ = bound_endpoint(descriptor_, endpoint_);
  return {};
}

Result<void> Listener::take_over(const ActivatedSocket& socket) {
  int listens = 0;
  int type = 0;
  socklen_t bytes = sizeof(int);
  ::getsockopt(socket.descriptor, SOL_SOCKET, SO_TYPE, &type, &bytes);
  bytes = sizeof(int);
  ::getsockopt(socket.descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &bytes);
  if (listens == 0 || type != SOCK_STREAM) {
    return fail(
        Errc::Invalid, endpoint_.text(),
        "what systemd handed over is no listening stream socket (ListenStream=, Accept=no)");
  }
  descriptor_ = ::fcntl(socket.descriptor, F_DUPFD_CLOEXEC, 0);
  if (descriptor_ < 0) return fail_errno(endpoint_, "cannot take the socket over", errno);
  if (::fcntl(descriptor_, F_SETFL, ::fcntl(descriptor_, F_GETFL) | O_NONBLOCK) != 0) {
    return fail_errno(endpoint_, "cannot take the socket over", errno);
  }
  endpoint_ = bound_endpoint(descriptor_, endpoint_);
  is_inet_ = endpoint_.kind == config::Endpoint::Kind::Inet;
  return {};
}

Result<std::vector<Listener>> open_listeners(const config::Endpoint& endpoint,
                                             std::uint32_t socket_mode,
                                             const std::vector<ActivatedSocket>& activated) {
  std::vector<Listener> listeners;
  if (endpoint.kind != config::Endpoint::Kind::Systemd) {
    Listener listener;
    listener.endpoint_ = endpoint;
    BS_TRY_VOID(endpoint.kind == config::Endpoint::Kind::Unix ? listener.bind_unix(socket_mode)
                                                              : listener.bind_inet());
    listeners.push_back(std::move(listener));
    return listeners;
  }
  for (const ActivatedSocket& socket : activated) {
    if (!endpoint.path.empty() && endpoint.path != socket.name) continue;
    Listener listener;
    listener.endpoint_ = endpoint;
    BS_TRY_VOID(listener.take_over(socket));
    listeners.push_back(std::move(listener));
  }
  if (listeners.empty()) {
    return fail(
        Errc::NotFound, endpoint.text(),
        "systemd handed over no such socket; start through the socket unit, or listen at a path");
  }
  return listeners;
}

}  // namespace backstop::door
