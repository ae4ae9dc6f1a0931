#include "edge/smtp/client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "core/base/limits.h"

namespace backstop::smtp {
namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SocketAddress socket_address(const IpAddress& address, std::uint16_t port) {
  SocketAddress out;
  if (address.family() == IpAddress::Family::V4) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(out.storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, address.bytes().data(), sizeof(v4.sin_addr));
    out.size = sizeof(sockaddr_in);
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(out.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, address.bytes().data(), sizeof(v6.sin6_addr));
    out.size = sizeof(sockaddr_in6);
  }
  return out;
}

// How often one that may be stopped looks whether it is.
constexpr std::chrono::milliseconds kStopLook{200};

tl::unexpected<Error> fail_of_system(const std::string& where, std::chrono::seconds wait) {
  const int error = errno;
  if (error == EAGAIN || error == EWOULDBLOCK || error == EINPROGRESS)
    return fail(Errc::Unavailable, where, fmt::format("no answer within {} seconds", wait.count()));
  return fail(Errc::Unavailable, where, std::strerror(error));
}

}  // namespace

std::string Server::text() const {
  return address.family() == IpAddress::Family::V6 ? fmt::format("[{}]:{}", address.text(), port)
                                                   : fmt::format("{}:{}", address.text(), port);
}

struct Client::Socket {
  int file = -1;
  std::string name;
  std::chrono::seconds wait{};
  const std::atomic<bool>* stopped = nullptr;
  ReplyReader reader;
  std::string unread;

  ~Socket() {
    if (file >= 0) close(file);
  }
};

bool is_taken(const Server& server) {
  const SocketAddress at = socket_address(server.address, server.port);
  const int file = ::socket(at.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (file < 0) return false;
  const int reuse = 1;  // What was closed a moment ago is nobody's.
  setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof(reuse));
  const bool taken = bind(file, at.get(), at.size) != 0 && errno == EADDRINUSE;
  close(file);
  return taken;
}

Client::Client(std::unique_ptr<Socket> socket) : socket_(std::move(socket)) {}
Client::Client(Client&& other) noexcept = default;
Client::~Client() = default;

Result<Client> Client::connect(const Server& server) {
  auto socket = std::make_unique<Socket>();
  socket->name = server.text();
  socket->wait = server.wait;
  socket->stopped = server.stopped;
  const SocketAddress to = socket_address(server.address, server.port);
  socket->file = ::socket(to.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket->file < 0) return fail_of_system(socket->name, server.wait);
  // Of connect(2) as well (socket(7)).
  const timeval wait{.tv_sec = server.wait.count(), .tv_usec = 0};
  setsockopt(socket->file, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
  setsockopt(socket->file, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
  if (server.source) {
    const SocketAddress from = socket_address(*server.source, 0);
    if (bind(socket->file, from.get(), from.size) != 0)
      return fail(Errc::Unavailable, server.source->text(),
                  fmt::format("is no address to connect from: {}", std::strerror(errno)));
  }
  if (::connect(socket->file, to.get(), to.size) != 0)
    return fail_of_system(socket->name, server.wait);
  Client client(std::move(socket));
  BS_TRY(const Reply greeting, client.read());
  if (!greeting.positive())
    return fail(Errc::Unavailable, client.socket_->name,
                fmt::format("greets with {}", greeting.text()));
  return client;
}

Result<Reply> Client::command(std::string_view line) {
  if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
    return fail(Errc::Invalid, "", "a command is one line");
  BS_TRY_VOID(write(std::string(line) + "\r\n"));
  return read();
}

Result<Reply> Client::data(std::string_view content) {
  BS_TRY(Reply begun, command("DATA"));
  if (!begun.intermediate()) return begun;
  std::string out;
  while (!content.empty()) {
    const auto end = content.find('\n');
    std::string_view line = content.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with('.')) out += '.';
    out.append(line).append("\r\n");
    content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
  }
  BS_TRY_VOID(write(out + ".\r\n"));
  return read();
}

Result<void> Client::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = send(socket_->file, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return fail_of_system(socket_->name, socket_->wait);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<Reply> Client::read() {
  std::array<char, 4096> buffer{};
  const auto until = std::chrono::steady_clock::now() + socket_->wait;
  for (;;) {
    std::string_view rest = socket_->unread;
    auto reply = socket_->reader.next(rest);
    socket_->unread = std::string(rest);
    if (!reply) {
      if (reply.error().where.empty()) reply.error().where = socket_->name;
      return tl::unexpected<Error>(reply.error());
    }
    if (*reply) return **std::move(reply);
    // However slowly it comes.
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    pollfd ready{.fd = socket_->file, .events = POLLIN, .revents = 0};
    const auto look = socket_->stopped == nullptr ? left : std::min(left, kStopLook);
    const int polled = look.count() > 0 ? poll(&ready, 1, static_cast<int>(look.count())) : 0;
    if (polled < 0 && errno == EINTR) continue;
    if (socket_->stopped != nullptr && *socket_->stopped)
      return fail(Errc::Unavailable, socket_->name, "not waited for any longer");
    if (polled == 0 && look < left) continue;
    if (polled == 0) errno = EAGAIN;
    if (polled <= 0) return fail_of_system(socket_->name, socket_->wait);
    const ssize_t got = recv(socket_->file, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_of_system(socket_->name, socket_->wait);
    if (got == 0) return fail(Errc::Unavailable, socket_->name, "closed the connection");
    socket_->unread.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace backstop::smtp
