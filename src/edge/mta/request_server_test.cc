#include "edge/mta/request_server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "edge/door/direct_answers.h"
#include "testing/fake_clock.h"
#include "testing/fake_log.h"
#include "testing/fake_permits.h"
#include "testing/fixed_surroundings.h"
#include "testing/temporary_directory.h"

namespace backstop::mta {
namespace {

class RequestServerTest : public ::testing::Test {
 protected:
  RequestServerTest() {
    config::Doors& doors = options_.doors;
    doors.socketmap = {endpoint("map.sock")};
    doors.policy = {endpoint("policy.sock")};
    doors.line = {endpoint("line.sock")};
    doors.rspamd = {endpoint("rspamd.sock")};
  }

  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
  config::Endpoint endpoint(const std::string& name) const {
    return *config::parse_endpoint("unix:" + path(name));
  }
  void start() {
    auto started = start_request_server(
        options_,
        {.clock = clock_, .surroundings = surroundings_, .answers = answers_, .log = log_});
    ASSERT_TRUE(started) << started.error().text();
    server_ = *std::move(started);
  }
  int connect(const std::string& name) const {
    const int peer = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path(name).copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return peer;
  }
  static void say(int peer, std::string_view text) {
    ASSERT_EQ(::send(peer, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  // Until `bytes` have come, or the server has closed.
  static std::string hear(int peer, std::size_t bytes) {
    std::string out;
    char buffer[4096];
    while (out.size() < bytes) {
      const ssize_t got = ::recv(peer, buffer, sizeof buffer, 0);
      if (got <= 0) break;
      out.append(buffer, static_cast<std::size_t>(got));
    }
    return out;
  }
  static std::string hear_all(int peer) { return hear(peer, std::string::npos); }

  testing::TemporaryDirectory folder_;
  testing::FakeClock clock_;
  testing::FakeLog log_;
  testing::FixedSurroundings surroundings_;
  testing::FakePermits permits_{nullptr};
  door::DirectAnswers answers_{permits_};
  RequestServerOptions options_;
  std::unique_ptr<door::Server> server_;
};

constexpr std::string_view kMapRequest = "20:unsign a@example.com,";
constexpr std::string_view kMapReply = "9:NOTFOUND ,";

TEST_F(RequestServerTest, EachSocketLeadsToItsOwnProtocol) {
  start();
  EXPECT_EQ(server_->endpoints().size(), 4u);
  const int map = connect("map.sock");
  say(map, kMapRequest);
  EXPECT_EQ(hear(map, kMapReply.size()), kMapReply);
  const int policy = connect("policy.sock");
  say(policy, "request=smtpd_access_policy\nprotocol_state=RCPT\nrecipient=a@example.com\n\n");
  EXPECT_EQ(hear(policy, 14), "action=DUNNO\n\n");
  const int line = connect("line.sock");
  say(line, "verify a@example.com\n");
  EXPECT_EQ(hear_all(line), "none");
  const int rspamd = connect("rspamd.sock");
  say(rspamd, "CHECK RSPAMC/1.3\r\nContent-length: 0\r\nFrom: <>\r\n\r\n");
  EXPECT_TRUE(hear_all(rspamd).starts_with("RSPAMD/1.3 0 EX_OK\r\n"));
  for (const int peer : {map, policy, line, rspamd})
    ::close(peer);
}

TEST_F(RequestServerTest, MapConnectionCarriesManyRequests) {
  start();
  const int map = connect("map.sock");
  for (int i = 0; i < 100; ++i) {
    say(map, kMapRequest);
    ASSERT_EQ(hear(map, kMapReply.size()), kMapReply);
  }
  ::close(map);
}

TEST_F(RequestServerTest, SocketsHaveTheModeThatIsConfigured) {
  options_.doors.socket_mode = 0620;
  start();
  struct stat made{};
  ASSERT_EQ(::stat(path("policy.sock").c_str(), &made), 0);
  EXPECT_EQ(made.st_mode & 0777U, 0620U);
}

TEST_F(RequestServerTest, PeerThatSpeaksSomethingElseIsDroppedWithALine) {
  start();
  const int map = connect("map.sock");
  say(map, "GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(hear_all(map), "");
  ::close(map);
  while (log_.count("socketmap: dropped peer=") == 0)
    std::this_thread::yield();
}

TEST_F(RequestServerTest, StopEndsIdleConnectionsAndRemovesTheSockets) {
  options_.limits.drain_idle = std::chrono::milliseconds(20);
  start();
  const int map = connect("map.sock");
  say(map, kMapRequest);
  EXPECT_EQ(hear(map, kMapReply.size()), kMapReply);
  server_->stop();
  server_->wait();
  EXPECT_EQ(hear_all(map), "");
  EXPECT_FALSE(std::filesystem::exists(path("map.sock")));
  ::close(map);
}

TEST_F(RequestServerTest, LeavesNothingBehindWhenOneOfSeveralPlacesFails) {
  options_.doors.rspamd = {*config::parse_endpoint("inet:192.0.2.77:0")};
  EXPECT_FALSE(start_request_server(
      options_,
      {.clock = clock_, .surroundings = surroundings_, .answers = answers_, .log = log_}));
  EXPECT_FALSE(std::filesystem::exists(path("map.sock")));
}

}  // namespace
}  // namespace backstop::mta
