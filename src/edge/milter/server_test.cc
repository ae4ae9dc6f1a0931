#include "edge/milter/server.h"

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

#include "milter_door/running_server.h"

namespace backstop::milter {
namespace {

using ServerTest = RunningServer;

constexpr std::chrono::hours kNever{1};  // A test that had to wait for it would be ended.

// --- Mail through every kind of socket

TEST_F(ServerTest, SignsOutgoingMailOverAUnixSocket) {
  start();
  Client mta = client();
  mta.begin({});
  const Outcome outcome = send_outgoing(mta);
  EXPECT_TRUE(outcome.passed());
  ASSERT_EQ(outcome.inserted.size(), 1u);
  EXPECT_EQ(outcome.inserted[0].index, 0u);
  EXPECT_EQ(outcome.inserted[0].name, "Backstop-Token");
}

TEST_F(ServerTest, ServesIpv4AndIpv6WithAPortTheKernelChose) {
  for (const char* address : {"127.0.0.1", "::1"}) {
    options_.listen = {inet_endpoint(address)};
    start();
    EXPECT_NE(server_->endpoints().front().port, 0);
    Client mta = client();
    mta.begin({});
    EXPECT_EQ(send_outgoing(mta).inserted.size(), 1u);
    server_.reset();
  }
}

TEST_F(ServerTest, ServesManyMessagesAndClientsOverOneConnection) {
  start();
  Client mta = client();
  for (int i = 0; i < 5; ++i) {
    mta.begin({});
    for (int j = 0; j < 5; ++j)
      EXPECT_EQ(send_outgoing(mta).inserted.size(), 1u);
    EXPECT_EQ(mta.send("<a@example.net>", {"<b@example.com>"}, kOrdinary).reply, 'a');
    mta.end_client();
  }
  EXPECT_EQ(server_->connections(), 1u);
}

TEST_F(ServerTest, ServesAnOldMtaThatKnowsNoneOfTheExtensions) {
  start();
  Client mta = client({.version = 2, .actions = 0x3f, .steps = 0x7f});
  EXPECT_EQ(mta.version(), 2u);
  mta.begin({});
  EXPECT_EQ(send_outgoing(mta).inserted.size(), 1u);
}

TEST_F(ServerTest, ServesManyConnectionsAtOnceOnAllThreads) {
  start();
  std::vector<std::thread> mtas;
  std::atomic<int> good{0};
  for (int i = 0; i < 16; ++i) {
    mtas.emplace_back([&] {
      for (int j = 0; j < 20; ++j) {
        Client mta = client();
        mta.begin({});
        if (send_outgoing(mta).inserted.size() == 1 && send_outgoing(mta).inserted.size() == 1)
          ++good;
        mta.quit();
      }
    });
  }
  for (auto& mta : mtas)
    mta.join();
  EXPECT_EQ(good, 320);
  eventually([&] { return server_->connections() == 0; });
}

TEST_F(ServerTest, TakesNewSurroundingsForTheNextMessage) {
  start();
  Client mta = client();
  mta.begin({});
  EXPECT_EQ(send_outgoing(mta).inserted.size(), 1u);
  surroundings_.set({std::make_shared<const config::Config>(), nullptr});
  EXPECT_EQ(send_outgoing(mta).inserted.size(), 0u);
}

TEST_F(ServerTest, TakesABodyOfManyChunks) {
  start();
  Client mta = client();
  mta.begin({});
  const Outcome outcome =
      mta.send("<>", {"<b@example.com>"},
               "From: MAILER-DAEMON@x\nContent-Type: multipart/report; boundary=b\n\n" +
                   std::string(5'000'000, 'x'));
  EXPECT_TRUE(outcome.passed());
}

// --- Life

// Does not come back until it is let go.
class WaitingSurroundings final : public ports::SurroundingsSource {
 public:
  transaction::Surroundings current() const override {
    asked_ = true;
    asked_.notify_all();
    let_go_.wait(false);
    return {std::make_shared<const config::Config>(), nullptr};
  }
  void await_question() const { asked_.wait(false); }
  void let_go() {
    let_go_ = true;
    let_go_.notify_all();
  }

 private:
  mutable std::atomic<bool> asked_{false};
  std::atomic<bool> let_go_{false};
};

TEST_F(ServerTest, SaysThatEveryThreadAnswersAndWhenOneDoesNot) {
  WaitingSurroundings stuck;
  auto server = start_server(
      options_, {.clock = clock_, .surroundings = stuck, .answers = *answers_, .log = log_});
  ASSERT_TRUE(server) << server.error().text();
  EXPECT_TRUE((*server)->answers());
  eventually([&] { return (*server)->answers(); });
  std::thread mta([&] {
    auto client = Client::connect((*server)->endpoints().front());
    if (client) send_outgoing(*client);
  });
  stuck.await_question();
  eventually([&] { return !(*server)->answers(); });
  EXPECT_FALSE((*server)->answers());
  stuck.let_go();
  eventually([&] { return (*server)->answers(); });
  mta.join();
}

// --- Paths

TEST_F(ServerTest, GivesTheSocketItsModeAndRemovesItAtTheEnd) {
  options_.socket_mode = 0620;
  start();
  struct stat found{};
  ASSERT_EQ(::stat(path().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0620u);
  server_.reset();
  EXPECT_NE(::stat(path().c_str(), &found), 0);
}

TEST_F(ServerTest, ReplacesASocketNobodyAnswersAt) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path().copy(address.sun_path, sizeof address.sun_path - 1);
  const int left = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(left, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(left);
  start();
  Client mta = client();
  EXPECT_FALSE(mta.closed());
}

TEST_F(ServerTest, RefusesAPathAtWhichAnotherDaemonAnswers) {
  start();
  const auto second = start_server(
      options_,
      {.clock = clock_, .surroundings = surroundings_, .answers = *answers_, .log = log_});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::Exists);
  Client mta = client();
  mta.begin({});
  EXPECT_EQ(send_outgoing(mta).inserted.size(), 1u);
}

TEST_F(ServerTest, NeverRemovesAFileThatIsNoSocket) {
  std::ofstream(path()) << "precious";
  const auto started = try_start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Errc::Exists);
  EXPECT_TRUE(std::filesystem::is_regular_file(path()));
}

TEST_F(ServerTest, LeavesAPathAloneThatAnotherDaemonHasTakenOver) {
  start();
  ASSERT_EQ(::unlink(path().c_str()), 0);
  auto second = start_server(
      options_,
      {.clock = clock_, .surroundings = surroundings_, .answers = *answers_, .log = log_});
  ASSERT_TRUE(second);
  server_.reset();
  EXPECT_TRUE(std::filesystem::is_socket(path()));
}

TEST_F(ServerTest, SaysWhatIsWrongWithAPlaceToListen) {
  options_.listen = {
      {.kind = Endpoint::Kind::Unix, .path = folder_ + "/none/x.sock", .address = {}, .port = 0}};
  auto started = try_start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Errc::NotFound);
  EXPECT_NE(started.error().text().find("folder"), std::string::npos) << started.error().text();
  options_.listen = {inet_endpoint("192.0.2.77")};
  started = try_start();
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().text().find("192.0.2.77"), std::string::npos);
}

TEST_F(ServerTest, LeavesNothingBehindWhenOneOfSeveralPlacesFails) {
  options_.listen = {unix_endpoint(), inet_endpoint("192.0.2.77")};
  ASSERT_FALSE(try_start());
  EXPECT_FALSE(std::filesystem::exists(path()));
}

// --- systemd

TEST_F(ServerTest, ServesASocketHandedOverAndLeavesItsPath) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path().copy(address.sun_path, sizeof address.sun_path - 1);
  const int given = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(given, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(given, 10), 0);
  options_.listen = {{.kind = Endpoint::Kind::Systemd, .path = "milter", .address = {}, .port = 0}};
  options_.activated = {{.descriptor = given, .name = "milter"}};
  start();
  auto mta = Client::connect(unix_endpoint());
  ASSERT_TRUE(mta);
  mta->begin({});
  EXPECT_EQ(send_outgoing(*mta).inserted.size(), 1u);
  server_.reset();
  EXPECT_TRUE(std::filesystem::is_socket(path()));
  ::close(given);
}

TEST_F(ServerTest, SaysWhenSystemdHandedNothingOver) {
  options_.listen = {{.kind = Endpoint::Kind::Systemd, .path = "milter", .address = {}, .port = 0}};
  options_.activated = {{.descriptor = 0, .name = "other"}};
  const auto started = try_start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Errc::NotFound);
}

// --- Stopping

TEST_F(ServerTest, LetsAMessageInFlightEndWhenItStops) {
  start();
  Client idle = client();
  idle.begin({});
  Client mta = client_in_message();
  server_->stop();
  EXPECT_TRUE(idle.awaits_close());
  EXPECT_FALSE(Client::connect(unix_endpoint()));
  EXPECT_FALSE(std::filesystem::exists(path()));
  EXPECT_EQ(mta.eom().inserted.size(), 1u);
  EXPECT_TRUE(mta.awaits_close());
  server_->wait();
}

TEST_F(ServerTest, ServesAMessageThatTheMtaHeldBackWhenItStopped) {
  options_.limits.drain_idle = kNever;
  options_.limits.drain = kNever;
  start();
  Client before_connect = client();
  Client between_messages = client();
  between_messages.begin({});
  EXPECT_EQ(send_outgoing(between_messages).inserted.size(), 1u);
  server_->stop();
  eventually([&] { return !std::filesystem::exists(path()); });
  before_connect.begin({});
  EXPECT_EQ(send_outgoing(before_connect).inserted.size(), 1u);
  EXPECT_EQ(send_outgoing(before_connect).inserted.size(), 1u);
  EXPECT_EQ(send_outgoing(between_messages).inserted.size(), 1u);
  before_connect.quit();
  between_messages.quit();
  server_->wait();
}

TEST_F(ServerTest, ClosesAtOnceWhatNeverNegotiatedWhenItStops) {
  options_.limits.drain_idle = kNever;
  options_.limits.drain = kNever;
  start();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path().copy(address.sun_path, sizeof address.sun_path - 1);
  const int silent = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::connect(silent, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  eventually([&] { return server_->connections() == 1; });
  server_->stop();
  server_->wait();
  ::close(silent);
}

TEST_F(ServerTest, GivesAConnectionThatStaysSilentUpBeforeTheOthersWhenItStops) {
  options_.limits.drain = kNever;
  start();
  Client silent = client();
  silent.begin({});
  Client mta = client_in_message();
  server_->stop();
  EXPECT_TRUE(silent.awaits_close());
  EXPECT_EQ(mta.eom().inserted.size(), 1u);
  EXPECT_TRUE(mta.awaits_close());
  server_->wait();
  EXPECT_EQ(log_.count("dropped"), 0u) << log_.text();
}

TEST_F(ServerTest, EndsAMessageThatTakesTooLongWhenItStops) {
  options_.limits.drain = std::chrono::milliseconds(30);
  start();
  Client mta = client_in_message();
  server_->stop();
  server_->wait();
  EXPECT_TRUE(mta.awaits_close());
}

TEST_F(ServerTest, StopsFromManyThreadsAtOnce) {
  start();
  Client mta = client();
  std::vector<std::thread> stoppers;
  for (int i = 0; i < 8; ++i)
    stoppers.emplace_back([&] { server_->stop(); });
  for (auto& stopper : stoppers)
    stopper.join();
  server_->wait();
  EXPECT_TRUE(mta.awaits_close());
}

TEST_F(ServerTest, LeavesNoDescriptorOpen) {
  const auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  const auto before = descriptors();
  start();
  {
    Client mta = client();
    mta.begin({});
    send_outgoing(mta);
  }
  server_.reset();
  EXPECT_EQ(descriptors(), before);
}

}  // namespace
}  // namespace backstop::milter
