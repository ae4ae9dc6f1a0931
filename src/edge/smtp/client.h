// One conversation with an SMTP server, for commands that try what a mail server does, and for the
// canary.  It waits for each answer; no thread that serves mail may use it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/ip.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "edge/smtp/reply.h"

namespace backstop::smtp {

struct Server {
  IpAddress address;
  std::uint16_t port = 25;
  // The address of ours to come from; nothing leaves it to the kernel.
  std::optional<IpAddress> source = {};
  std::chrono::seconds wait = limits::kSmtpWait;  // For each whole reply.
  // Once true, whatever is waited for ends as Errc::Unavailable within a moment; may be null.
  const std::atomic<bool>* stopped = nullptr;
  std::string text() const;  // "127.0.0.1:25"
};

// Does any program of this host listen there?
bool is_taken(const Server& server);

// Each waits at most Server::wait for a whole reply.  Errors: Errc::Unavailable when the
// connection cannot be made, breaks or is silent; those of ReplyReader.
class Client {
 public:
  // Connects and takes the greeting, which is an error unless it is positive.
  static Result<Client> connect(const Server& server);
  ~Client();
  Client(Client&& other) noexcept;
  Client& operator=(Client&&) = delete;

  // One command, without its line end.  Errors also: Errc::Invalid when `line` holds one.
  Result<Reply> command(std::string_view line);
  // DATA, the message and its end: `content` with any line ends, dots doubled here (RFC 5321
  // §4.5.2).  The reply to DATA when it is not 354.
  Result<Reply> data(std::string_view content);

 private:
  struct Socket;
  explicit Client(std::unique_ptr<Socket> socket);
  Result<Reply> read();
  Result<void> write(std::string_view bytes);

  std::unique_ptr<Socket> socket_;
};

}  // namespace backstop::smtp
