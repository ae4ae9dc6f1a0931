// What asks for keys of selectors, real and fake: the real one asks a small name server of ours.
#include <gtest/gtest.h>

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
#include "testing/name_server.h"

namespace backstop {
namespace {

const Instant kNow = parse_instant("2026-11-21T12:00:00Z").value();

// TXT records it was given, NXDOMAIN for the rest, silence for some.
class NameServer {
 public:
  std::string address() const { return server_.address(); }
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
  std::string reply_to(const testing::NameQuestion& question) {
    const std::string name = ascii::lower(question.name);
    const std::scoped_lock lock(mutex_);
    asked_.insert(name);
    if (silent_.contains(name)) return "";
    const auto record = zone_.find(name);
    if (record == zone_.end()) return question.reply(false, "", 0);
    std::string data;
    for (std::size_t i = 0; i < record->second.size(); i += 200) {
      const std::string piece = record->second.substr(i, 200);
      data += static_cast<char>(piece.size());
      data += piece;
    }
    return question.reply(true, testing::NameQuestion::record(kTxt, data), 1);
  }

  static constexpr char kTxt = 16;

  mutable std::mutex mutex_;
  std::map<std::string, std::string> zone_;
  std::set<std::string> silent_;
  std::set<std::string> asked_;
  testing::NameServer server_{
      [this](const testing::NameQuestion& question) { return reply_to(question); }};
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
