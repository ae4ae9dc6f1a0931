#include "edge/dns/record_lookup.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "testing/name_server.h"

namespace backstop::dns {
namespace {

constexpr char kA = 1;
constexpr char kMx = 15;
constexpr char kTxt = 16;
constexpr char kAaaa = 28;

std::string text_of(std::initializer_list<int> bytes) {
  std::string out;
  for (const int byte : bytes)
    out += static_cast<char>(byte);
  return out;
}

using ::backstop::testing::NameQuestion;

// Knows "a.": two addresses, two exchangers, a text.  Nobody has another name; about "quiet." it is
// silent, and "broken." is somebody's who fails.
class NameServer {
 public:
  std::string address() const { return server_.address(); }
  bool is_asked() const { return is_asked_; }

 private:
  std::string reply_to(const NameQuestion& question) {
    is_asked_ = true;
    const char type = question.type;
    const bool known = question.name == "a";
    if (question.name == "quiet") return "";
    if (question.name == "broken") {
      std::string out = question.reply(true, "", 0);
      out[3] = '\x82';  // SERVFAIL
      return out;
    }
    std::string answers;
    if (known && type == kA) answers = NameQuestion::record(kA, text_of({192, 0, 2, 1}));
    if (known && type == kAaaa)
      answers = NameQuestion::record(
          kAaaa, text_of({0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
    if (known && type == kTxt) answers = NameQuestion::record(kTxt, text_of({3}) + "x y");
    // Preference 20 and 10; the second name ends in the one that was asked for.
    if (known && type == kMx)
      answers = NameQuestion::record(kMx, text_of({0, 20, 1, 'z', 0})) +
                NameQuestion::record(kMx, text_of({0, 10, 2, 'm', 'x', 0xC0, 12}));
    return question.reply(known, answers, type == kMx ? 2 : 1);
  }

  std::atomic<bool> is_asked_{false};
  ::backstop::testing::NameServer server_{
      [this](const NameQuestion& question) { return reply_to(question); }};
};

TEST(RecordLookup, EachKindOfRecordIsFound) {
  const NameServer server;
  RecordLookup lookup({.servers = server.address()});
  EXPECT_EQ(lookup.texts("a").value(), std::vector<std::string>{"x y"});
  EXPECT_EQ(lookup.exchangers("a").value(), (std::vector<std::string>{"mx.a", "z"}));
  const auto addresses = lookup.addresses("a");
  ASSERT_EQ(addresses.value().size(), 2U);
  EXPECT_EQ(addresses->at(0).text(), "192.0.2.1");
  EXPECT_EQ(addresses->at(1).text(), "2001:db8::1");
}

TEST(RecordLookup, ANameThatDoesNotExistHasNothing) {
  const NameServer server;
  RecordLookup lookup({.servers = server.address()});
  EXPECT_TRUE(lookup.texts("b").value().empty());
  EXPECT_TRUE(lookup.addresses("b").value().empty());
  EXPECT_TRUE(lookup.exchangers("b").value().empty());
}

TEST(RecordLookup, AServerThatFailsIsNoAnswer) {
  const NameServer server;
  RecordLookup lookup({.servers = server.address()});
  EXPECT_EQ(lookup.texts("broken").error().code, Errc::Unavailable);
}

TEST(RecordLookup, SilenceIsNoAnswer) {
  const NameServer server;
  RecordLookup lookup({.servers = server.address(), .wait = std::chrono::milliseconds(200)});
  EXPECT_EQ(lookup.texts("quiet").error().code, Errc::Unavailable);
}

TEST(RecordLookup, WhatIsCancelledEndsAndNothingIsAskedAfterIt) {
  const NameServer server;
  RecordLookup lookup({.servers = server.address(), .wait = std::chrono::hours(1)});
  std::thread stopping([&] {
    while (!server.is_asked())
      std::this_thread::yield();
    lookup.cancel();
  });
  EXPECT_EQ(lookup.texts("quiet").error().code, Errc::Unavailable);
  stopping.join();
  EXPECT_EQ(lookup.texts("a").error().code, Errc::Unavailable);
}

TEST(RecordLookup, WhatIsNoNameIsNotAsked) {
  RecordLookup lookup;
  EXPECT_EQ(lookup.texts("").error().code, Errc::Invalid);
  EXPECT_EQ(lookup.addresses(std::string(2000, 'a')).error().code, Errc::Invalid);
}

TEST(RecordLookup, ABrokenMessageHasNoMoreThanItHolds) {
  const std::string whole =
      text_of({1, 2, 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 1, 'a', 0, 0, 15, 0, 1}) +
      NameQuestion::record(kMx, text_of({0, 10, 2, 'm', 'x', 0xC0, 12}));
  const std::vector<std::uint8_t> bytes(whole.begin(), whole.end());
  ASSERT_EQ(parse_exchanger_answer(bytes).size(), 1U);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(parse_exchanger_answer(std::span(bytes).first(size)).empty()) << size;
    EXPECT_TRUE(parse_address_answer(std::span(bytes).first(size)).empty()) << size;
  }
  EXPECT_TRUE(parse_address_answer(bytes).empty()) << "an exchanger is no address";
  auto looping = bytes;
  looping.back() = static_cast<std::uint8_t>(bytes.size() - 2);
  EXPECT_TRUE(parse_exchanger_answer(looping).empty()) << "a name that points at itself";
}

}  // namespace
}  // namespace backstop::dns
