// What asks for keys of selectors, real and fake: the real one asks a small name server of ours.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "dkim_signer/dkim_signer.h"
#include "edge/dns/dkim_key_lookup.h"
#include "testing/fake_dkim_key_lookup.h"

namespace backstop {
namespace {

const Instant kNow = parse_instant("2026-11-21T12:00:00Z").value();

// A name server on loopback: TXT records it was given, NXDOMAIN for the rest, silence for some.
class NameServer {
 public:
  NameServer() : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
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
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  void publish(const std::string& where, std::string record) {
    const std::scoped_lock lock(mutex_);
    zone_[where] = std::move(record);
  }
  void fall_silent(const std::string& where) {
    const std::scoped_lock lock(mutex_);
    silent_.insert(where);
  }
  // Different names that were asked for.
  std::size_t asked() const {
    const std::scoped_lock lock(mutex_);
    return asked_.size();
  }

 private:
  void serve() {
    while (!is_closing_) {
      pollfd polled{.fd = socket_, .events = POLLIN, .revents = 0};
      if (poll(&polled, 1, 20) <= 0) continue;
      std::string question(2000, '\0');
      sockaddr_in from{};
      socklen_t size = sizeof from;
      const ssize_t length = recvfrom(socket_, question.data(), question.size(), 0,
                                      reinterpret_cast<sockaddr*>(&from), &size);
      if (length < 17) continue;
      question.resize(static_cast<std::size_t>(length));
      if (const std::string reply = reply_to(question); !reply.empty())
        sendto(socket_, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }

  std::string reply_to(const std::string& question) {
    std::string name;
    std::size_t at = 12;
    while (at < question.size() && question[at] != 0) {
      const auto length = static_cast<unsigned char>(question[at]);
      if (!name.empty()) name += '.';
      name += question.substr(at + 1, length);
      at += 1U + length;
    }
    name = ascii::lower(name);
    const std::scoped_lock lock(mutex_);
    asked_.insert(name);
    if (silent_.contains(name)) return "";
    const auto record = zone_.find(name);
    const bool found = record != zone_.end();
    std::string reply = question.substr(0, 2);
    reply += '\x85';
    reply += found ? '\x80' : '\x83';
    reply +=
        std::string("\0\1", 2) + std::string(found ? "\0\1" : "\0\0", 2) + std::string(4, '\0');
    reply += question.substr(12, at + 5 - 12);
    if (!found) return reply;
    std::string data;
    for (std::size_t i = 0; i < record->second.size(); i += 200) {
      const std::string piece = record->second.substr(i, 200);
      data += static_cast<char>(piece.size());
      data += piece;
    }
    reply += std::string("\xc0\x0c\0\x10\0\1\0\0\0\x3c", 10);
    reply += static_cast<char>(data.size() >> 8);
    reply += static_cast<char>(data.size() & 0xff);
    return reply + data;
  }

  int socket_;
  unsigned port_ = 0;
  std::atomic<bool> is_closing_{false};
  mutable std::mutex mutex_;
  std::map<std::string, std::string> zone_;
  std::set<std::string> silent_;
  std::set<std::string> asked_;
  std::thread thread_;
};

struct FakeWorld {
  testing::FakeDkimKeyLookup lookup;
  void publish(const std::string& where, const std::string& record) {
    lookup.publish(where, record);
  }
  void fall_silent(const std::string& where) { lookup.fall_silent(where); }
  std::size_t asked() const { return lookup.asked(); }
};
struct RealWorld {
  NameServer server;
  dns::DkimKeyLookup lookup{{.servers = server.address(), .wait = std::chrono::milliseconds(300)}};
  void publish(const std::string& where, const std::string& record) {
    server.publish(where, record);
  }
  void fall_silent(const std::string& where) { server.fall_silent(where); }
  std::size_t asked() const { return server.asked(); }
};

template <class World>
class DkimKeyLookupContract : public ::testing::Test {
 protected:
  Result<proof::DkimKeyAnswer> ask(const std::string& selector, Instant now = kNow) {
    std::mutex mutex;
    std::condition_variable told;
    std::optional<Result<proof::DkimKeyAnswer>> answer;
    world_.lookup.ask({"example.com", selector}, now, [&](Result<proof::DkimKeyAnswer> given) {
      const std::scoped_lock lock(mutex);
      EXPECT_FALSE(answer.has_value()) << "told twice";
      answer = std::move(given);
      told.notify_one();
    });
    std::unique_lock lock(mutex);
    EXPECT_TRUE(told.wait_for(lock, std::chrono::seconds(20), [&] { return answer.has_value(); }));
    return answer ? *answer : fail(Errc::Internal, "", "nobody answered");
  }
  World world_;
};
using Worlds = ::testing::Types<FakeWorld, RealWorld>;
TYPED_TEST_SUITE(DkimKeyLookupContract, Worlds);

TYPED_TEST(DkimKeyLookupContract, AKeyThatIsPublishedIsFoundAndRemembered) {
  const auto signer = testing::DkimSigner::rsa(2048);
  this->world_.publish("s1._domainkey.example.com", signer.record());
  for (int i = 0; i < 3; ++i) {
    const auto answer = this->ask("s1");
    ASSERT_TRUE(answer.has_value()) << answer.error().text();
    ASSERT_EQ(answer->keys.size(), 1U);
    EXPECT_TRUE(answer->keys.front().same_as(signer.key()));
  }
  EXPECT_EQ(this->world_.asked(), 1U);
}

TYPED_TEST(DkimKeyLookupContract, ANameThatDoesNotExistHasNoKey) {
  const auto answer = this->ask("junk");
  ASSERT_TRUE(answer.has_value()) << answer.error().text();
  EXPECT_TRUE(answer->keys.empty());
}

TYPED_TEST(DkimKeyLookupContract, ARecordThatIsNoKeyOrRevokedIsNone) {
  this->world_.publish("s1._domainkey.example.com", "v=spf1 -all");
  this->world_.publish("s2._domainkey.example.com", "v=DKIM1; p=");
  for (const char* selector : {"s1", "s2"}) {
    const auto answer = this->ask(selector);
    ASSERT_TRUE(answer.has_value());
    EXPECT_TRUE(answer->keys.empty());
  }
}

TYPED_TEST(DkimKeyLookupContract, AServerThatDoesNotAnswerIsUnavailable) {
  this->world_.fall_silent("s1._domainkey.example.com");
  const auto answer = this->ask("s1");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, Errc::Unavailable);
  EXPECT_FALSE(this->ask("s1").has_value()) << "remembered for a while";
  EXPECT_TRUE(this->ask("s2").has_value()) << "the next question is another";
}

TYPED_TEST(DkimKeyLookupContract, JunkSelectorsAreAskedForAFewTimesAnHour) {
  for (std::size_t i = 0; i < 3 * limits::kDkimQuestionsPerHour; ++i) {
    const auto answer = this->ask("junk" + std::to_string(i));
    ASSERT_TRUE(answer.has_value());
    EXPECT_TRUE(answer->keys.empty());
  }
  EXPECT_EQ(this->world_.asked(), limits::kDkimQuestionsPerHour);
}

TYPED_TEST(DkimKeyLookupContract, ManyThreadsMayAskAtOnce) {
  this->world_.publish("s1._domainkey.example.com", testing::DkimSigner::ed25519().record());
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto answer = this->ask("s1");
      EXPECT_TRUE(answer && answer->keys.size() == 1);
    });
  }
  for (std::thread& thread : threads)
    thread.join();
}

TEST(DkimKeyLookup, WhatIsOpenWhenItStopsIsAnswered) {
  NameServer server;
  server.fall_silent("s1._domainkey.example.com");
  std::atomic<int> told = 0;
  {
    dns::DkimKeyLookup lookup({.servers = server.address()});
    for (int i = 0; i < 2; ++i)
      lookup.ask({"example.com", "s1"}, kNow, [&](const Result<proof::DkimKeyAnswer>& answer) {
        EXPECT_FALSE(answer.has_value());
        ++told;
      });
  }
  EXPECT_EQ(told, 2);
}

TEST(DkimKeyLookup, AServerThatIsNotThereIsUnavailableAndNotAnAbsentKey) {
  std::mutex mutex;
  std::condition_variable told;
  std::optional<bool> is_error;
  dns::DkimKeyLookup lookup({.servers = "127.0.0.1:1"});
  lookup.ask({"example.com", "s1"}, kNow, [&](const Result<proof::DkimKeyAnswer>& answer) {
    const std::scoped_lock lock(mutex);
    is_error = !answer.has_value();
    told.notify_one();
  });
  std::unique_lock lock(mutex);
  ASSERT_TRUE(told.wait_for(lock, std::chrono::seconds(20), [&] { return is_error.has_value(); }));
  EXPECT_TRUE(*is_error);
}

}  // namespace
}  // namespace backstop
