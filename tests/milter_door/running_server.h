// For the tests of Server: one that runs, on sockets in a folder of the test's own.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "edge/door/direct_answers.h"
#include "edge/milter/server.h"
#include "milter_client/client.h"
#include "testing/fake_answers.h"
#include "testing/fake_clock.h"
#include "testing/fake_log.h"
#include "testing/fake_permits.h"
#include "testing/fixed_surroundings.h"

namespace backstop::milter {

namespace wire = milter_client;
using config::Endpoint;
using milter_client::Client;
using milter_client::Outcome;
using testing::FakeAnswers;

inline constexpr std::string_view kOrdinary =
    "Received: from x\nFrom: a@example.net\nTo: b@example.com\nSubject: hi\nMessage-ID: "
    "<1@example.net>\n\n"
    "Hello.\n";

inline crypto::Secret secret_of(std::uint8_t byte) {
  const std::array<std::uint8_t, 32> bytes = [&] {
    std::array<std::uint8_t, 32> all{};
    all.fill(byte);
    return all;
  }();
  return crypto::Secret(bytes);
}

inline std::shared_ptr<const proof::KeyRing> one_key_ring() {
  auto key = std::make_shared<const proof::Key>(
      proof::KeyInfo{.id = 7, .state = proof::KeyState::Emitting, .created = {}, .emits_until = {}},
      secret_of(7));
  return std::make_shared<const proof::KeyRing>(
      secret_of(1), std::vector<std::shared_ptr<const proof::Key>>{key});
}

// A server with real transactions behind it, in a folder of its own; its tests derive from this.
class RunningServer : public ::testing::Test {
 protected:
  RunningServer() {
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
    options_.limits.drain_idle = std::chrono::milliseconds(20);  // Tests leave connections open.
  }
  ~RunningServer() override {
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
    auto started = start_server(options_, {.clock = clock_,
                                           .surroundings = surroundings_,
                                           .answers = *answers_,
                                           .log = log_,
                                           .on_passed_by = [this](Instant) { ++passed_by_; }});
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
  // Connected, and past the headers of a message from alice.
  Client client_in_message() {
    Client mta = client();
    mta.begin({});
    mta.mail("<a@example.com>", "alice");
    mta.rcpt("<x@example.net>");
    mta.header("From", "a@example.com");
    mta.header("Message-ID", "<1@example.com>");
    mta.eoh();
    return mta;
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
  door::DirectAnswers direct_{permits_};
  ports::Answers* answers_ = &direct_;
  ServerOptions options_;
  std::atomic<int> passed_by_{0};
  std::unique_ptr<door::Server> server_;
};

}  // namespace backstop::milter
