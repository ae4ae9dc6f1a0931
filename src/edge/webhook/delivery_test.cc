#include "edge/webhook/delivery.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

#include "testing/fake_clock.h"

namespace backstop::webhook {
namespace {

// Takes every document but "stuck", to which it answers 500.
class Receiver {
 public:
  Receiver() {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(at);
    // SAFETY: how a socket's address is given; the size says which it is.
    auto* const any = reinterpret_cast<sockaddr*>(&at);
    EXPECT_EQ(bind(listening_, any, size), 0);
    EXPECT_EQ(listen(listening_, 5), 0);
    EXPECT_EQ(getsockname(listening_, any, &size), 0);
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~Receiver() {
    shutdown(listening_, SHUT_RDWR);
    thread_.join();
    close(listening_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
  void run() {
    for (;;) {
      const int peer = accept(listening_, nullptr, nullptr);
      if (peer < 0) return;
      std::string text;
      std::array<char, 4096> buffer{};
      // Documents here have five bytes.
      while (text.find("\r\n\r\n") == std::string::npos ||
             text.size() < text.find("\r\n\r\n") + 4 + 5) {
        const ssize_t got = recv(peer, buffer.data(), buffer.size(), 0);
        if (got <= 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(got));
      }
      const std::string answer =
          std::string(text.ends_with("stuck") ? "HTTP/1.1 500 No" : "HTTP/1.1 204 Yes") +
          "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
      close(peer);
    }
  }

  int listening_ = socket(AF_INET, SOCK_STREAM, 0);
  unsigned port_ = 0;
  std::thread thread_;
};

class Counting final : public DeliveryObserver {
 public:
  void on_delivered() override { add(delivered_); }
  void on_waiting(std::string_view) override { add(waiting_); }
  void on_given_up(std::string_view) override {}
  void on_dropped(std::string_view) override {}
  bool await_delivered(unsigned count) {
    std::unique_lock lock(mutex_);
    return wake_.wait_for(lock, std::chrono::seconds(30), [&] { return delivered_ >= count; });
  }
  bool await_waiting(unsigned count) {
    std::unique_lock lock(mutex_);
    return wake_.wait_for(lock, std::chrono::seconds(30), [&] { return waiting_ >= count; });
  }

 private:
  void add(unsigned& count) {
    {
      const std::scoped_lock lock(mutex_);
      ++count;
    }
    wake_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable wake_;
  unsigned delivered_ = 0;
  unsigned waiting_ = 0;
};

// The last wait is longer than anybody waits here: what is behind it is let by, or never comes.
constexpr std::array<std::chrono::milliseconds, 4> kWaits = {
    std::chrono::milliseconds(1), std::chrono::milliseconds(1), std::chrono::milliseconds(1),
    std::chrono::hours(1)};

class DeliveryTest : public ::testing::Test {
 protected:
  std::unique_ptr<Delivery> open() {
    return Delivery::open({.target = {.url = receiver_.url(), .ca_file = "", .key = nullptr},
                           .spool_path = "",
                           .waits = kWaits},
                          clock_, observer_)
        .value();
  }
  ::backstop::testing::FakeClock clock_;
  Receiver receiver_;
  Counting observer_;
};

TEST_F(DeliveryTest, OneThatTheReceiverChokesOnKeepsNoOtherWaiting) {
  const auto delivery = open();
  delivery->add("stuck");
  delivery->add("good1");
  delivery->add("good2");
  delivery->begin();
  EXPECT_TRUE(observer_.await_delivered(2));
  EXPECT_EQ(delivery->waiting(), 1u) << "it is not given up for that";
}

TEST_F(DeliveryTest, WhatComesWhileItWaitsAloneIsLetByAtOnce) {
  const auto delivery = open();
  delivery->add("stuck");
  delivery->begin();
  ASSERT_TRUE(observer_.await_waiting(limits::kWebhookTriesInFront));
  delivery->add("good1");
  EXPECT_TRUE(observer_.await_delivered(1));
}

}  // namespace
}  // namespace backstop::webhook
