// Peers that misbehave, wait, or are many; answers that are late; and TCP.
#include <fcntl.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "edge/door/connection.h"
#include "milter_door/running_server.h"

namespace backstop::milter {
namespace {

using ServerPeersTest = RunningServer;

// --- Bad peers

class BadPeerTest : public RunningServer {
 protected:
  int raw_socket() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof address.sun_path - 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return fd;
  }
  // Sends the bytes and waits for the end.
  void expect_dropped_after(const std::string& bytes, std::string_view why) {
    const auto lines = log_.size();
    const int fd = raw_socket();
    EXPECT_EQ(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
    char buffer[4096];
    while (::recv(fd, buffer, sizeof buffer, 0) > 0)
      continue;
    ::close(fd);
    eventually([&] { return server_->connections() == 0; });
    ASSERT_EQ(log_.size(), lines + 1) << log_.text();
    EXPECT_NE(log_.lines().back().text.find(why), std::string::npos) << log_.text();
    EXPECT_NE(log_.lines().back().text.find(fmt::format("peer=unix:pid:{}", ::getpid())),
              std::string::npos);
  }
};

TEST_F(BadPeerTest, DropsEachWithOneLineThatNamesWhyAndWho) {
  start();
  const std::string hello = wire::negotiate() + wire::connect("x", "192.0.2.1");
  expect_dropped_after("EHLO somebody\r\n", "over the limit");
  expect_dropped_after(wire::number(0x7fffffff) + "B", "over the limit");
  expect_dropped_after(std::string(4, '\0') + "O", "without a command");
  expect_dropped_after(wire::packet('O', "short"), "negotiation");
  expect_dropped_after(wire::mail("<>"), "out of order");
  expect_dropped_after(hello + wire::end_of_message(), "out of order");
  expect_dropped_after(hello + wire::packet('M', "<no end"), "envelope");
  expect_dropped_after(hello + wire::packet('!'), "does not have");
}

TEST_F(BadPeerTest, DropsAPeerThatNeverNegotiates) {
  options_.limits.negotiation = std::chrono::milliseconds(30);
  start();
  expect_dropped_after("", "nothing that begins");
}

TEST_F(BadPeerTest, DropsAPeerThatStopsInItsNegotiation) {
  options_.limits.negotiation = std::chrono::milliseconds(30);
  start();
  expect_dropped_after(wire::negotiate().substr(0, 9), "nothing that begins");
}

TEST_F(BadPeerTest, DropsAPeerThatFallsSilent) {
  options_.limits.idle = std::chrono::milliseconds(30);
  start();
  expect_dropped_after(wire::negotiate() + wire::connect("x", "192.0.2.1") + wire::mail("<a@b>"),
                       "silent");
}

TEST_F(BadPeerTest, TellsOfAMessageThatIsGivenUpWithItsConnection) {
  start();
  const std::string hello = wire::negotiate() + wire::connect("x", "192.0.2.1");
  expect_dropped_after(hello + wire::packet('!'), "does not have");
  EXPECT_EQ(passed_by_, 0) << "no message had begun";
  expect_dropped_after(hello + wire::mail("<a@b>") + wire::packet('!'), "does not have");
  EXPECT_EQ(passed_by_, 1);
}

TEST_F(BadPeerTest, NamesAPeerThatGoesAwayWithinAPacket) {
  start();
  const int fd = raw_socket();
  const std::string bytes = wire::negotiate() + wire::mail("<a@b>").substr(0, 7);
  ASSERT_EQ(::send(fd, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  ::close(fd);
  eventually([&] { return log_.size() == 1; });
  EXPECT_EQ(log_.count("within a packet"), 1u);
}

TEST_F(BadPeerTest, SaysNothingOfAPeerThatComesAndGoes) {
  start();
  ::close(raw_socket());
  const int fd = raw_socket();
  const std::string bytes = wire::negotiate() + wire::quit();
  ASSERT_EQ(::send(fd, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  char buffer[4096];
  while (::recv(fd, buffer, sizeof buffer, 0) > 0)
    continue;
  ::close(fd);
  eventually([&] { return server_->connections() == 0; });
  EXPECT_EQ(log_.size(), 0u) << log_.text();
}

TEST_F(BadPeerTest, ServesOthersWhileOnePeerDoesNotReadItsReplies) {
  options_.threads = 1;
  start();
  const int fd = raw_socket();
  ASSERT_EQ(::fcntl(fd, F_SETFL, O_NONBLOCK), 0);
  // Commands that are each replied to, until neither side takes more.
  std::string bytes = wire::negotiate(6, wire::kEveryAction, 0) + wire::connect("x", "192.0.2.1");
  for (int i = 0; i < 1000; ++i)
    bytes += wire::packet('U', std::string_view("X\0", 2));
  std::size_t stuck = 0;
  std::string rest = bytes;
  while (stuck < 1000) {
    const ssize_t sent = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      rest.erase(0, static_cast<std::size_t>(sent));
      // Cut between packets, so that what follows stays in order.
      if (rest.empty()) rest = bytes.substr(bytes.size() - 7000);
      stuck = 0;
    } else {
      ++stuck;
      std::this_thread::yield();
    }
  }
  Client mta = client();
  mta.begin({});
  EXPECT_EQ(send_outgoing(mta).inserted.size(), 1u);
  ::close(fd);
}

// --- Limits

TEST_F(ServerPeersTest, LeavesFurtherConnectionsInTheKernelsQueueUntilThereIsRoom) {
  options_.limits.connections = 2;
  start();
  std::optional<Client> first = client();
  Client second = client();
  std::atomic<bool> served{false};
  std::thread third([&] {
    Client late = client();
    late.begin({});
    served = send_outgoing(late).inserted.size() == 1;
    late.quit();
  });
  eventually([&] { return server_->connections() == 2; });
  EXPECT_FALSE(served);
  first.reset();
  third.join();
  EXPECT_TRUE(served);
}

// --- Answers

TEST_F(ServerPeersTest, AwaitsAnAnswerFromAnotherThread) {
  FakeAnswers held(FakeAnswers::When::Held, permits_.permit({}));
  answers_ = &held;
  start();
  Client mta = client();
  mta.begin({});
  std::thread answerer([&] {
    eventually([&] { return held.asked() == 1; });
    held.release();
  });
  EXPECT_EQ(send_outgoing(mta).inserted.size(), 1u);
  answerer.join();
}

TEST_F(ServerPeersTest, GoesOnUnsignedWhenTheAnswerComesTooLate) {
  options_.limits.ask_wait = std::chrono::milliseconds(30);
  FakeAnswers held(FakeAnswers::When::Held, permits_.permit({}));
  answers_ = &held;
  start();
  Client mta = client();
  mta.begin({});
  const Outcome outcome = send_outgoing(mta);
  EXPECT_TRUE(outcome.passed());
  EXPECT_TRUE(outcome.inserted.empty());
  EXPECT_EQ(log_.count("signing-unavailable"), 1u) << log_.text();
  held.release();  // Too late: no effect.
  EXPECT_TRUE(mta.send("<a@example.net>", {"<b@example.com>"}, kOrdinary).passed());
}

TEST_F(ServerPeersTest, TakesAnAnswerThatComesAfterItsConnectionOrServerIsGone) {
  FakeAnswers held(FakeAnswers::When::Held, permits_.permit({}));
  answers_ = &held;
  options_.limits.drain = std::chrono::milliseconds(1);
  start();
  {
    Client mta = client();
    mta.begin({});
    mta.mail("<a@example.com>", "alice");
    mta.rcpt("<x@example.net>");
    mta.header("From", "a@example.com");
    mta.write_raw(wire::end_of_headers());
    eventually([&] { return held.asked() == 1; });
  }
  server_.reset();
  held.release();
}

// --- TCP

// Our end of the connection whose other end is `peer`.
int server_side(int peer) {
  sockaddr_in wanted{};
  socklen_t bytes = sizeof wanted;
  ::getsockname(peer, reinterpret_cast<sockaddr*>(&wanted), &bytes);
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename());
    sockaddr_in found{};
    bytes = sizeof found;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&found), &bytes) == 0 &&
        found.sin_family == AF_INET && found.sin_port == wanted.sin_port) {
      return fd;
    }
  }
  return -1;
}

int tcp_option(int fd, int option) {
  int value = 0;
  socklen_t bytes = sizeof value;
  EXPECT_EQ(::getsockopt(fd, IPPROTO_TCP, option, &value, &bytes), 0);
  return value;
}

TEST_F(ServerPeersTest, AcknowledgesQuicklyAfterEveryReadSoThatNagleNeverStallsPostfix) {
  options_.listen = {inet_endpoint()};
  start();
  Client mta = client();
  const int ours = server_side(mta.socket());
  ASSERT_GE(ours, 0);
  EXPECT_EQ(tcp_option(ours, TCP_NODELAY), 1);
  mta.begin({});
  // Our replies put the kernel back to delayed acknowledgement; only saying it again after the
  // next read, to which nothing is replied, brings this back to 1.
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(send_outgoing(mta).passed());
    mta.write_raw(wire::abort());
    eventually([&] { return tcp_option(ours, TCP_QUICKACK) == 1; });
  }
}

TEST(AcknowledgeQuickly, UndoesWhatAReplyDid) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  socklen_t bytes = sizeof address;
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &bytes);
  const int peer = ::socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_EQ(::connect(peer, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const int ours = ::accept(listener, nullptr, nullptr);
  char byte = 'x';
  for (int i = 0; i < 20; ++i) {
    ::send(peer, &byte, 1, 0);
    ::recv(ours, &byte, 1, 0);
    ::send(ours, &byte, 1, 0);
    ::recv(peer, &byte, 1, 0);
  }
  EXPECT_EQ(tcp_option(ours, TCP_QUICKACK), 0)
      << "this kernel does not delay: nothing is proved here";
  door::acknowledge_quickly(ours);
  EXPECT_EQ(tcp_option(ours, TCP_QUICKACK), 1);
  for (const int fd : {listener, peer, ours})
    ::close(fd);
}

}  // namespace
}  // namespace backstop::milter
