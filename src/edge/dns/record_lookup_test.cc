#include "edge/dns/record_lookup.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

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

// One record of the name that was asked for.
std::string record(char type, const std::string& data) {
  return text_of({0xC0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, static_cast<int>(data.size())}) + data;
}

// A name server on loopback that knows "a.": two addresses, two exchangers, a text.  Nobody has
// another name, and about "quiet." it is silent.
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
  bool is_asked() const { return is_asked_; }

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
      is_asked_ = true;
      if (const std::string reply = reply_to(question); !reply.empty())
        sendto(socket_, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }

  static std::string reply_to(const std::string& question) {
    const std::size_t end = question.find('\0', 12);
    const char type = question[end + 2];
    const bool known = question.substr(12, end - 12) == text_of({1, 'a'});
    if (question.substr(13, 5) == "quiet") return "";
    std::string answers;
    if (known && type == kA) answers = record(kA, text_of({192, 0, 2, 1}));
    if (known && type == kAaaa)
      answers = record(kAaaa, text_of({0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
    if (known && type == kTxt) answers = record(kTxt, text_of({3}) + "x y");
    // Preference 20 and 10; the second name ends in the one that was asked for.
    if (known && type == kMx)
      answers = record(kMx, text_of({0, 20, 1, 'z', 0})) +
                record(kMx, text_of({0, 10, 2, 'm', 'x', 0xC0, 12}));
    const char count = type == kMx ? 2 : 1;
    return question.substr(0, 2) + text_of({0x85, known ? 0x80 : 0x83, 0, 1, 0}) +
           (answers.empty() ? '\0' : count) + std::string(4, '\0') +
           question.substr(12, end + 5 - 12) + answers;
  }

  int socket_;
  unsigned port_ = 0;
  std::atomic<bool> is_closing_{false};
  std::atomic<bool> is_asked_{false};
  std::thread thread_;
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
      record(kMx, text_of({0, 10, 2, 'm', 'x', 0xC0, 12}));
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
