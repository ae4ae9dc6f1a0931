// For the tests of Session: message flows that say what they were told and do what a test scripted.
#pragma once

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "edge/milter/session.h"
#include "milter_client/wire.h"
#include "testing/fake_clock.h"
#include "testing/fake_log.h"

namespace backstop::milter {

namespace wire = milter_client;
namespace tx = transaction;
using wire::operator""s;

// What a session made of its bytes, one line an event; and what it is told to do at each.
struct Script {
  std::vector<std::string> events;
  std::vector<tx::Client> clients;
  // By the first word of the event's line: effects to give back, once each time.
  std::map<std::string, tx::Effects> effects;
  std::map<std::string, std::function<void()>> throws;
  bool answers_recipients = false;
};

class ScriptedFlow final : public door::MessageFlow {
 public:
  explicit ScriptedFlow(Script& script) : script_(script) {}

  void on(const tx::Event& event, Instant, tx::Effects& effects) override {
    const std::string line = std::visit([](const auto& e) { return describe(e); }, event);
    script_.events.push_back(line);
    const std::string word = line.substr(0, line.find(' '));
    if (word == "answered") waiting_ = false;
    if (script_.throws.contains(word)) script_.throws[word]();
    for (const tx::Effect& effect : script_.effects[word]) {
      if (std::holds_alternative<tx::AskPermit>(effect)) waiting_ = true;
      effects.push_back(effect);
    }
  }
  bool waiting() const override { return waiting_; }
  bool finished() const override { return false; }

 private:
  static std::string describe(const tx::MailFrom& e) {
    return fmt::format("mail {} auth={}", e.sender, e.authenticated);
  }
  static std::string describe(const tx::RcptTo& e) { return fmt::format("rcpt {}", e.recipient); }
  static std::string describe(const tx::HeaderField& e) {
    return fmt::format("header {}:{}", e.name, e.raw);
  }
  static std::string describe(const tx::EndOfHeaders&) { return "eoh"; }
  static std::string describe(const tx::BodyChunk& e) { return fmt::format("body {}", e.bytes); }
  static std::string describe(const tx::EndOfMessage&) { return "eom"; }
  static std::string describe(const tx::Aborted&) { return "aborted"; }
  static std::string describe(const tx::Answered& e) {
    return e.answer ? "answered permit" : "answered " + std::string(name_of(e.answer.error().code));
  }

  Script& script_;
  bool waiting_ = false;
};

class ScriptedSource final : public door::MessageSource {
 public:
  explicit ScriptedSource(Script& script) : script_(script) {}
  std::unique_ptr<door::MessageFlow> begin(const tx::Client& client) override {
    script_.clients.push_back(client);
    if (script_.throws.contains("begin")) script_.throws["begin"]();
    return std::make_unique<ScriptedFlow>(script_);
  }
  bool answers_recipients() const override { return script_.answers_recipients; }

 private:
  Script& script_;
};

constexpr std::uint32_t kAllNoReply = 0x80 | 0x1000 | 0x4000 | 0x8000;

// A session over scripted flows; its tests derive from this.
class ScriptedSession : public ::testing::Test {
 protected:
  // What was answered to these bytes, as "ccs".
  std::string say(const std::string& bytes) {
    last_.clear();
    session_.on_bytes(bytes, last_);
    return wire::reply_commands(last_);
  }
  std::string answer(Result<tx::SigningPermit> permit) {
    last_.clear();
    session_.on_answer(std::move(permit), last_);
    return wire::reply_commands(last_);
  }
  // Negotiates as Postfix does and connects a client.
  void begin(std::uint32_t actions = wire::kEveryAction, std::uint32_t steps = wire::kEveryStep) {
    ASSERT_EQ(say(wire::negotiate(6, actions, steps)), "O");
    ASSERT_EQ(say(wire::macros('C', {{"j", "mx"}, {"{daemon_name}", "smtpd"}}) +
                  wire::connect("client.example.net", "192.0.2.1")),
              (steps & 0x1000) != 0 ? "" : "c");
  }
  std::string message() {
    return wire::mail("<a@example.net>") + wire::recipient("<b@example.com>") +
           wire::header("Subject", "hi") + wire::end_of_headers() + wire::body("text\r\n") +
           wire::end_of_message();
  }
  static tx::Effects reply(tx::ReplyKind kind, unsigned code = 0, std::string enhanced = "",
                           std::string text = "") {
    return {tx::Reply{
        .kind = kind, .code = code, .enhanced = std::move(enhanced), .text = std::move(text)}};
  }
  void expect_dropped(Defect defect) {
    EXPECT_TRUE(session_.over());
    ASSERT_TRUE(session_.defect());
    EXPECT_EQ(*session_.defect(), defect) << sentence_of(*session_.defect());
    EXPECT_EQ(say(message()), "");
  }

  testing::FakeClock clock_;
  testing::FakeLog log_;
  Script script_;
  ScriptedSource source_{script_};
  SessionWorld world_{.clock = clock_, .log = log_, .messages = source_};
  Session session_{world_};
  std::string last_;
};

}  // namespace backstop::milter
