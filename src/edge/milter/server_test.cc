#include "edge/milter/server.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "edge/milter/connection.h"
#include "edge/milter/direct_answers.h"
#include "milter_client/client.h"
#include "testing/fake_answers.h"
#include "testing/fake_clock.h"
#include "testing/fake_log.h"
#include "testing/fake_permits.h"
#include "testing/fixed_surroundings.h"

namespace backstop::milter {
namespace {

namespace wire = milter_client;
using config::Endpoint;
using milter_client::Client;
using milter_client::Outcome;
using testing::FakeAnswers;

constexpr std::string_view kOrdinary =
    "Received: from x\nFrom: a@example.net\nTo: b@example.com\nSubject: hi\nMessage-ID: "
    "<1@example.net>\n\n"
    "Hello.\n";

crypto::Secret secret_of(std::uint8_t byte) {
  const std::array<std::uint8_t, 32> bytes = [&] {
    std::array<std::uint8_t, 32> all{};
    all.fill(byte);
    return all;
  }();
  return crypto::Secret(bytes);
}

std::shared_ptr<const proof::KeyRing> one_key_ring() {
  auto key = std::make_shared<const proof::Key>(
      proof::KeyInfo{.id = 7, .state = proof::KeyState::Emitting, .created = {}, .emits_until = {}},
      secret_of(7));
  return std::make_shared<const proof::KeyRing>(
      secret_of(1), std::vector<std::shared_ptr<const proof::Key>>{key});
}

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    std::string name = ::testing::TempDir() + "milter-XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    auto config = std::make_shared<config::Config>();
    config->domains.emplace("example.com", config::Domain{.name = "example.com",
                                                          .mode = policy::Mode::Enforce,
                                                          .signing_since = Instant{},
                                                          .coverage = policy::Coverage::Covered});
    surroundings_.set({config, one_key_ring()});
    options_.listen = {unix_endpoint()};
  }
  ~ServerTest() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string path() const { return folder_ + "/milter.sock"; }
  Endpoint unix_endpoint() const {
    return {.kind = Endpoint::Kind::Unix, .path = path(), .address = {}, .port = 0};
  }
  static Endpoint inet_endpoint(std::string_view address = "127.0.0.1") {
    return {
        .kind = Endpoint::Kind::Inet, .path = "", .address = *IpAddress::parse(address), .port = 0};
  }
  Result<void> try_start() {
    auto started = Server::start(
        options_,
        {.clock = clock_, .surroundings = surroundings_, .answers = *answers_, .log = log_});
    if (!started) return tl::unexpected(started.error());
    server_ = *std::move(started);
    return {};
  }
  void start() {
    const auto started = try_start();
    ASSERT_TRUE(started) << started.error().text();
  }
  Client client(const milter_client::Offer& offer = {}) {
    auto made = Client::connect(server_->endpoints().front(), offer);
    EXPECT_TRUE(made) << made.error().text();
    return *std::move(made);
  }
  static Outcome send_outgoing(Client& client) {
    return client.send("<a@example.com>", {"<x@example.net>"}, kOrdinary, "alice");
  }
  // Waits, without bound on time but the test runner's, until something has become so.
  static void eventually(const std::function<bool()>& so) {
    while (!so())
      std::this_thread::yield();
  }

  std::string folder_;
  testing::FakeClock clock_;
  testing::FakeLog log_;
  testing::FixedSurroundings surroundings_;
  testing::FakePermits permits_{one_key_ring()};
  DirectAnswers direct_{permits_};
  ports::Answers* answers_ = &direct_;
  ServerOptions options_;
  std::unique_ptr<Server> server_;
};

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
  const auto second = Server::start(
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
  auto second = Server::start(
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

TEST(Activation, ReadsWhatSystemdHandsOver) {
  const auto sockets = parse_activation("42", "2", "milter:other", 42);
  ASSERT_EQ(sockets.size(), 2u);
  EXPECT_EQ(sockets[0].descriptor, 3);
  EXPECT_EQ(sockets[0].name, "milter");
  EXPECT_EQ(sockets[1].descriptor, 4);
  EXPECT_EQ(sockets[1].name, "other");
  EXPECT_EQ(parse_activation("42", "2", "", 42)[1].name, "");
}

TEST(Activation, TakesNothingThatIsNotMeantForIt) {
  EXPECT_TRUE(parse_activation("41", "1", "x", 42).empty());
  EXPECT_TRUE(parse_activation("", "", "", 42).empty());
  EXPECT_TRUE(parse_activation("42", "-1", "", 42).empty());
  EXPECT_TRUE(parse_activation("42", "1x", "", 42).empty());
  EXPECT_TRUE(parse_activation("42", "100000", "", 42).empty());
}

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

// --- Bad peers

class BadPeerTest : public ServerTest {
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

TEST_F(ServerTest, LeavesFurtherConnectionsInTheKernelsQueueUntilThereIsRoom) {
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

TEST_F(ServerTest, AwaitsAnAnswerFromAnotherThread) {
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

TEST_F(ServerTest, GoesOnUnsignedWhenTheAnswerComesTooLate) {
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

TEST_F(ServerTest, TakesAnAnswerThatComesAfterItsConnectionOrServerIsGone) {
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

// --- Stopping

TEST_F(ServerTest, LetsAMessageInFlightEndWhenItStops) {
  start();
  Client idle = client();
  idle.begin({});
  Client mta = client();
  mta.begin({});
  mta.mail("<a@example.com>", "alice");
  mta.rcpt("<x@example.net>");
  mta.header("From", "a@example.com");
  mta.eoh();
  server_->stop();
  EXPECT_TRUE(idle.awaits_close());
  EXPECT_FALSE(Client::connect(unix_endpoint()));
  EXPECT_FALSE(std::filesystem::exists(path()));
  EXPECT_EQ(mta.eom().inserted.size(), 1u);
  EXPECT_TRUE(mta.awaits_close());
  server_->wait();
}

TEST_F(ServerTest, EndsAMessageThatTakesTooLongWhenItStops) {
  options_.limits.drain = std::chrono::milliseconds(30);
  start();
  Client mta = client();
  mta.begin({});
  mta.mail("<a@example.com>", "alice");
  mta.rcpt("<x@example.net>");
  mta.header("From", "a@example.com");
  mta.eoh();
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

TEST_F(ServerTest, AcknowledgesQuicklyAfterEveryReadSoThatNagleNeverStallsPostfix) {
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
  acknowledge_quickly(ours);
  EXPECT_EQ(tcp_option(ours, TCP_QUICKACK), 1);
  for (const int fd : {listener, peer, ours})
    ::close(fd);
}

}  // namespace
}  // namespace backstop::milter
