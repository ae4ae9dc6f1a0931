// A name server on loopback, for tests of what asks DNS.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace backstop::testing {

// A question of DNS (RFC 1035 §4.1), as far as a test needs it.
struct NameQuestion {
  std::string id;    // Two bytes.
  std::string name;  // With dots between, as it was asked.
  char type = 0;
  std::string whole;  // The question's own section, to be said again.

  // A reply: `answers` are records, ready made; of a name that nobody has where `is_known` is
  // false.
  std::string reply(bool is_known, std::string_view answers, char count) const {
    std::string out = id + '\x85' + (is_known ? '\x80' : '\x83') + std::string("\0\1\0", 3);
    return out + (answers.empty() ? '\0' : count) + std::string(4, '\0') + whole +
           std::string(answers);
  }
  // A record of the name that was asked for, of the class IN, for a minute.
  static std::string record(char type, const std::string& data) {
    std::string out("\xc0\x0c\0?\0\1\0\0\0\x3c", 10);
    out[3] = type;
    out += static_cast<char>(data.size() >> 8U);
    out += static_cast<char>(data.size() & 0xffU);
    return out + data;
  }
};

class NameServer {
 public:
  // "" is silence.  Called in a thread of its own.
  using Answer = std::function<std::string(const NameQuestion&)>;

  explicit NameServer(Answer answer)
      : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), answer_(std::move(answer)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    socklen_t size = sizeof address;
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~NameServer() {
    is_closing_ = true;
    thread_.join();
    close(socket_);
  }
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  static constexpr std::size_t kHeader = 12;

  void serve() {
    while (!is_closing_) {
      pollfd polled{.fd = socket_, .events = POLLIN, .revents = 0};
      if (poll(&polled, 1, 20) <= 0) continue;
      std::string asked(2000, '\0');
      sockaddr_in from{};
      socklen_t size = sizeof from;
      const ssize_t length = recvfrom(socket_, asked.data(), asked.size(), 0,
                                      reinterpret_cast<sockaddr*>(&from), &size);
      if (length < 17) continue;
      asked.resize(static_cast<std::size_t>(length));
      if (const std::string reply = answer_(read(asked)); !reply.empty())
        sendto(socket_, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }

  static NameQuestion read(const std::string& asked) {
    NameQuestion out;
    out.id = asked.substr(0, 2);
    std::size_t at = kHeader;
    while (at < asked.size() && asked[at] != 0) {
      const auto length = static_cast<unsigned char>(asked[at]);
      if (!out.name.empty()) out.name += '.';
      out.name += asked.substr(at + 1, length);
      at += 1U + length;
    }
    if (at + 5 > asked.size()) return out;
    out.type = asked[at + 2];
    out.whole = asked.substr(kHeader, at + 5 - kHeader);
    return out;
  }

  int socket_;
  unsigned port_ = 0;
  const Answer answer_;
  std::atomic<bool> is_closing_{false};
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace backstop::testing
