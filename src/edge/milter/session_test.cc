#include "edge/milter/session.h"

#include <gtest/gtest.h>

#include <fmt/core.h>

#include <functional>
#include <map>
#include <new>

#include "core/base/limits.h"
#include "milter_client/wire.h"
#include "testing/fake_clock.h"
#include "testing/fake_log.h"

namespace backstop::milter {
namespace {

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
};

class ScriptedFlow final : public MessageFlow {
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
    return e.permit ? "answered permit" : "answered " + std::string(name_of(e.permit.error().code));
  }

  Script& script_;
  bool waiting_ = false;
};

class ScriptedSource final : public MessageSource {
 public:
  explicit ScriptedSource(Script& script) : script_(script) {}
  std::unique_ptr<MessageFlow> begin(const tx::Client& client) override {
    script_.clients.push_back(client);
    if (script_.throws.contains("begin")) script_.throws["begin"]();
    return std::make_unique<ScriptedFlow>(script_);
  }

 private:
  Script& script_;
};

constexpr std::uint32_t kAllNoReply = 0x80 | 0x1000 | 0x4000 | 0x8000;

class SessionTest : public ::testing::Test {
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

// --- Negotiation

TEST_F(SessionTest, AsksForWhatItNeedsAndForFewMacros) {
  say(wire::negotiate());
  EXPECT_EQ(wire::take_reply(last_)->payload,
            wire::number(6) + wire::number(0x131) + wire::number(0xd782) + wire::number(0) +
                "j {daemon_name}\0"s + wire::number(2) + "i {auth_authen}\0"s + wire::number(3) +
                "i\0"s + wire::number(6) + "i\0"s + wire::number(5) + "i\0"s);
  EXPECT_EQ(log_.size(), 0u);
}

TEST_F(SessionTest, NeverAsksForRejectedRecipientsNorForLeadingSpace) {
  say(wire::negotiate());
  const std::string steps = wire::take_reply(last_)->payload.substr(8, 4);
  EXPECT_EQ(steps[1] & 0x10, 0);  // HDR_LEADSPC
  EXPECT_EQ(steps[2] & 0x08, 0);  // RCPT_REJ
}

TEST_F(SessionTest, NeverAsksForMoreThanIsOffered) {
  say(wire::negotiate(2, 0x3f, 0x7f));
  EXPECT_EQ(wire::take_reply(last_)->payload,
            wire::number(2) + wire::number(0x31) + wire::number(0x2));
}

TEST_F(SessionTest, SpeaksTheOlderOfBothVersions) {
  say(wire::negotiate(9, wire::kEveryAction, 0));
  EXPECT_EQ(wire::take_reply(last_)->payload.substr(0, 4), wire::number(6));
}

TEST_F(SessionTest, DropsAPeerOlderThanVersionTwo) {
  say(wire::negotiate(1, 0xf, 0));
  expect_dropped(Defect::OldVersion);
}

TEST_F(SessionTest, SaysOnceWhatAnMtaDoesNotLetItDo) {
  say(wire::negotiate(6, 0x1, wire::kEveryStep));
  EXPECT_EQ(log_.count("cannot be removed"), 1u);
  EXPECT_EQ(log_.count("nothing can be held"), 1u);
  EXPECT_EQ(log_.count("no token"), 0u);
  Session second(world_);
  std::string out;
  second.on_bytes(wire::negotiate(6, 0x1, wire::kEveryStep), out);
  EXPECT_EQ(log_.size(), 1u);
  Session third(world_);
  third.on_bytes(wire::negotiate(6, 0x0, wire::kEveryStep), out);
  EXPECT_EQ(log_.size(), 2u);
  EXPECT_EQ(log_.count("no token"), 1u);
}

TEST_F(SessionTest, BreaksNothingWhereAnActionIsMissing) {
  begin(0);
  script_.effects["eom"] = {tx::RemoveField{.name = "Backstop-Verdict", .occurrence = 1},
                            tx::InsertField{.name = "Backstop-Verdict", .value = "x"},
                            tx::Hold{.why = "y"}};
  EXPECT_EQ(say(message()), "ccc");
}

// --- Replies

TEST_F(SessionTest, RepliesOnlyToEndOfHeadersBodyAndEndOfMessageWhenNoMoreIsAwaited) {
  begin();
  EXPECT_EQ(say(message()), "ccc");
  EXPECT_EQ(script_.events,
            (std::vector<std::string>{"mail <a@example.net> auth=", "rcpt <b@example.com>",
                                      "header Subject:hi", "eoh", "body text\r\n", "eom"}));
}

TEST_F(SessionTest, RepliesToEveryCommandOfAnMtaThatAwaitsIt) {
  begin(wire::kEveryAction, wire::kEveryStep & ~kAllNoReply);
  EXPECT_EQ(say(message()), "cccccc");
  EXPECT_EQ(say(wire::packet('H', "helo\0"s) + wire::packet('U', "XYZ\0"s)), "cc");
}

TEST_F(SessionTest, RepliesToEachNoReplyStepByItself) {
  const struct {
    std::uint32_t missing;
    std::string want;
  } cases[] = {{0x4000, "cccc"}, {0x8000, "cccc"}, {0x80, "cccc"}, {0, "ccc"}};
  for (const auto& c : cases) {
    Session session(world_);
    std::string out;
    session.on_bytes(wire::negotiate(6, wire::kEveryAction, wire::kEveryStep & ~c.missing) +
                         wire::connect("x", "192.0.2.1"),
                     out);
    out.clear();
    session.on_bytes(message(), out);
    EXPECT_EQ(wire::reply_commands(out), c.want) << c.missing;
  }
}

TEST_F(SessionTest, IsTheSameHoweverTheBytesAreCut) {
  const std::string bytes = wire::negotiate() + wire::connect("c", "192.0.2.1") +
                            wire::macros('M', {{"i", "Q1"}}) + message() + message() + wire::quit();
  script_.effects["eom"] = {tx::InsertField{.name = "A", .value = "b"}};
  const std::string want = say(bytes);
  const std::string want_bytes = last_;
  ASSERT_EQ(want, "Occicccic");
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    Session session(world_);
    std::string out;
    session.on_bytes(std::string_view(bytes).substr(0, cut), out);
    session.on_bytes(std::string_view(bytes).substr(cut), out);
    ASSERT_EQ(out, want_bytes) << cut;
    ASSERT_TRUE(session.over());
  }
}

TEST_F(SessionTest, TellsAnEarlyAcceptAtTheNextReplyThatIsAwaited) {
  begin();
  script_.effects["mail"] = reply(tx::ReplyKind::Accept);
  EXPECT_EQ(say(wire::mail("<a@b>") + wire::recipient("<c@d>") + wire::header("A", "b")), "");
  EXPECT_TRUE(session_.in_message());
  EXPECT_EQ(say(wire::end_of_headers()), "a");
  EXPECT_FALSE(session_.in_message());
  EXPECT_EQ(script_.events, (std::vector<std::string>{"mail <a@b> auth="}));
  EXPECT_EQ(say(wire::abort() + wire::mail("<e@f>")), "");
  EXPECT_EQ(script_.events.back(), "mail <e@f> auth=");
}

TEST_F(SessionTest, AcceptsAtMailWhereThatIsAwaited) {
  begin(wire::kEveryAction, 0);
  script_.effects["mail"] = reply(tx::ReplyKind::Accept);
  EXPECT_EQ(say(wire::mail("<a@b>")), "a");
}

TEST_F(SessionTest, PassesOverWhatStillComesOfAnAcceptedMessage) {
  begin();
  script_.effects["eoh"] = reply(tx::ReplyKind::Accept);
  EXPECT_EQ(say(message()), "aaa");
  EXPECT_EQ(script_.events.back(), "eoh");
  EXPECT_EQ(say(message()), "aaa");
  EXPECT_EQ(script_.clients.size(), 2u);
}

TEST_F(SessionTest, TakesANewMessageRightAfterAnAccept) {
  begin();
  script_.effects["eoh"] = reply(tx::ReplyKind::Accept);
  EXPECT_EQ(say(wire::mail("<a@b>") + wire::end_of_headers()), "a");
  EXPECT_EQ(say(wire::mail("<c@d>") + wire::end_of_headers()), "a");
  EXPECT_EQ(script_.clients.size(), 2u);
}

TEST_F(SessionTest, SkipsTheBodyWhereThatWasNegotiated) {
  begin();
  script_.effects["eoh"] = reply(tx::ReplyKind::SkipBody);
  EXPECT_EQ(say(wire::mail("<a@b>") + wire::end_of_headers() + wire::body("one")), "cs");
  EXPECT_EQ(say(wire::end_of_message()), "c");
  EXPECT_EQ(script_.events, (std::vector<std::string>{"mail <a@b> auth=", "eoh", "eom"}));
}

TEST_F(SessionTest, DropsTheRestOfTheBodyWhereSkipWasNotNegotiated) {
  begin(wire::kEveryAction, wire::kEveryStep & ~0x400u);
  script_.effects["body"] = reply(tx::ReplyKind::SkipBody);
  EXPECT_EQ(say(wire::mail("<a@b>") + wire::end_of_headers() + wire::body("one") +
                wire::body("two") + wire::end_of_message("three")),
            "cccc");
  EXPECT_EQ(script_.events,
            (std::vector<std::string>{"mail <a@b> auth=", "eoh", "body one", "eom"}));
}

TEST_F(SessionTest, SkipsOneMessageOnly) {
  begin();
  script_.effects["eoh"] = reply(tx::ReplyKind::SkipBody);
  say(message());
  script_.effects.clear();
  script_.events.clear();
  say(message());
  EXPECT_EQ(script_.events[4], "body text\r\n");
}

TEST_F(SessionTest, RefusesAtEndOfMessageWithCodeAndText) {
  begin();
  script_.effects["eom"] = reply(tx::ReplyKind::Refuse, 550, "5.7.1", "not ours, 100 %");
  EXPECT_EQ(say(message()), "ccy");
  wire::take_reply(last_);
  wire::take_reply(last_);
  EXPECT_EQ(wire::take_reply(last_)->payload, "550 5.7.1 not ours, 100 %%\0"s);
  EXPECT_FALSE(session_.in_message());
  EXPECT_EQ(say(message()), "ccy");
}

TEST_F(SessionTest, KeepsAnEarlyRefusalForAReplyThatConcernsTheWholeMessage) {
  begin(wire::kEveryAction, 0);
  script_.effects["rcpt"] = reply(tx::ReplyKind::Defer, 451, "4.7.1", "later");
  EXPECT_EQ(say(wire::mail("<a@b>") + wire::recipient("<c@d>") + wire::header("A", "b")), "ccc");
  EXPECT_EQ(say(wire::end_of_headers()), "y");
}

TEST_F(SessionTest, ChangesTheMessageBeforeTheReplyToItsEnd) {
  begin();
  script_.effects["eom"] = {tx::RemoveField{.name = "Backstop-Verdict", .occurrence = 2},
                            tx::RemoveField{.name = "Backstop-Verdict", .occurrence = 1},
                            tx::Hold{.why = "held"},
                            tx::InsertField{.name = "Backstop-Verdict", .value = "late"}};
  EXPECT_EQ(say(message()), "ccmmqic");
}

TEST_F(SessionTest, ChangesNothingBeforeTheEndOfMessage) {
  begin();
  for (const char* word : {"mail", "rcpt", "header", "eoh", "body"}) {
    script_.effects[word] = {tx::InsertField{.name = "A", .value = "b"}, tx::Hold{.why = "c"}};
  }
  EXPECT_EQ(say(message()), "ccc");
}

TEST_F(SessionTest, TakesBodyBytesThatComeWithTheEndOfMessage) {
  begin();
  say(wire::mail("<a@b>") + wire::end_of_headers() + wire::end_of_message("tail"));
  EXPECT_EQ(script_.events,
            (std::vector<std::string>{"mail <a@b> auth=", "eoh", "body tail", "eom"}));
}

// --- What reaches the transaction

TEST_F(SessionTest, PassesAddressesOnAsTheyStand) {
  begin();
  say(wire::packet('M', "\"odd sender\"@example.net\0SIZE=99\0"s) +
      wire::packet('R', "<\"prvs=0785f64625=alice\"@example.com>\0NOTIFY=NEVER\0"s) +
      wire::recipient("bare@example.com"));
  EXPECT_EQ(script_.events,
            (std::vector<std::string>{"mail \"odd sender\"@example.net auth=",
                                      "rcpt <\"prvs=0785f64625=alice\"@example.com>",
                                      "rcpt bare@example.com"}));
}

TEST_F(SessionTest, TakesAnEmptyMailArgumentForTheNullSender) {
  begin();
  say(wire::mail("") + wire::abort() + wire::packet('M', "") + wire::abort() + wire::mail("<>"));
  EXPECT_EQ(script_.events, (std::vector<std::string>{"mail  auth=", "aborted",
                                                      "mail  auth=", "aborted", "mail <> auth="}));
}

TEST_F(SessionTest, NeverSkipsARecipientWhoseMailerIsError) {
  begin();
  say(wire::mail("<>") +
      wire::macros('R', {{"{rcpt_mailer}", "error"}, {"{rcpt_addr}", "b@virtual.example"}}) +
      wire::recipient("<b@virtual.example>"));
  EXPECT_EQ(script_.events.back(), "rcpt <b@virtual.example>");
}

TEST_F(SessionTest, KeepsALeadingSpaceOutOfItsOwnFieldsAndPassesOthersOn) {
  begin();
  script_.effects["eom"] = {tx::InsertField{.name = "A", .value = "b"}};
  say(wire::mail("<>") + wire::header("Subject", " led by a space") + wire::end_of_headers() +
      wire::end_of_message());
  EXPECT_EQ(script_.events[1], "header Subject: led by a space");
  EXPECT_NE(last_.find("A\0b\0"s), std::string::npos);
}

TEST_F(SessionTest, KnowsTheClientOfEveryFamily) {
  const struct {
    std::string host, address, want_name, want_address;
  } cases[] = {
      {"client.example.net", "192.0.2.1", "client.example.net", "192.0.2.1"},
      {"[192.0.2.1]", "192.0.2.1", "", "192.0.2.1"},
      {"client", "IPv6:2001:db8::1", "client", "2001:db8::1"},
      {"client", "2001:db8::1", "client", "2001:db8::1"},
      {"client", "fe80::1%eth0", "client", "fe80::1"},
      {"client", "::ffff:192.0.2.1", "client", "192.0.2.1"},
      {"localhost", "/run/socket", "localhost", ""},
      {"unknown", "", "", ""},
  };
  say(wire::negotiate());
  for (const auto& c : cases) {
    say(wire::connect(c.host, c.address) + wire::mail("<>") + wire::quit_new_connection());
    ASSERT_FALSE(session_.over()) << c.address;
    const tx::Client& client = script_.clients.back();
    EXPECT_EQ(client.name, c.want_name);
    EXPECT_EQ(client.address ? client.address->text() : "", c.want_address);
  }
}

TEST_F(SessionTest, DropsAConnectWhoseAddressIsNone) {
  say(wire::negotiate());
  say(wire::connect("client", "not an address"));
  expect_dropped(Defect::MalformedConnect);
}

// --- Macros

TEST_F(SessionTest, ForgetsALoginWithItsMessage) {
  begin();
  say(wire::macros('M', {{"{auth_authen}", "alice"}}) + message());
  say(message());
  say(wire::macros('M', {{"{auth_authen}", "bob"}}) + wire::mail("<x@y>") + wire::abort());
  say(wire::macros('M', {{"i", "Q"}}) + wire::mail("<x@y>"));
  std::vector<std::string> mails;
  for (const auto& event : script_.events) {
    if (event.starts_with("mail")) mails.push_back(event.substr(event.find("auth=")));
  }
  EXPECT_EQ(mails, (std::vector<std::string>{"auth=alice", "auth=", "auth=bob", "auth="}));
}

TEST_F(SessionTest, TakesALoginFromTheMacrosOfMailOnly) {
  begin();
  say(wire::macros('C', {{"{auth_authen}", "mallory"}}) +
      wire::macros('R', {{"{auth_authen}", "mallory"}}) + wire::mail("<x@y>"));
  EXPECT_EQ(script_.events.back(), "mail <x@y> auth=");
}

TEST_F(SessionTest, KeepsTheDaemonNameForAllMessagesOfAConnection) {
  begin();
  say(message() + message());
  ASSERT_EQ(script_.clients.size(), 2u);
  EXPECT_EQ(script_.clients[1].daemon_name, "smtpd");
  say(wire::quit_new_connection() + wire::connect("other", "192.0.2.2") + wire::mail("<>"));
  EXPECT_EQ(script_.clients[2].daemon_name, "");
  EXPECT_EQ(script_.clients[2].name, "other");
}

tx::Effects record() {
  tx::Record record;
  record.judgement.reasons = {policy::Reason::NothingReturned};
  return {record};
}

TEST_F(SessionTest, LogsByTheQueueIdEvenWhenItArrivesLate) {
  begin();
  script_.effects["eom"] = record();
  say(wire::macros('M', {{"i", "-"}}) + wire::mail("<>") + wire::macros('R', {{"i", "-"}}) +
      wire::recipient("<b@c>") + wire::macros('N', {{"i", "4Bx1"}}) + wire::end_of_headers() +
      wire::end_of_message());
  ASSERT_EQ(log_.size(), 1u);
  EXPECT_TRUE(log_.lines()[0].text.starts_with("4Bx1: ")) << log_.text();
}

TEST_F(SessionTest, LogsByAnIdOfItsOwnWhereThereIsNone) {
  begin();
  script_.effects["eom"] = record();
  say(message() + message());
  ASSERT_EQ(log_.size(), 2u);
  EXPECT_TRUE(log_.lines()[0].text.starts_with("s1: "));
  EXPECT_TRUE(log_.lines()[1].text.starts_with("s2: "));
}

TEST_F(SessionTest, NeverLogsAMessageUnderTheIdOfTheOneBefore) {
  begin();
  script_.effects["eom"] = record();
  say(wire::macros('M', {{"i", "Q1"}}) + message() + message());
  EXPECT_TRUE(log_.lines()[1].text.starts_with("s1: ")) << log_.text();
}

TEST_F(SessionTest, TakesNoQueueIdThatCouldForgeALogLine) {
  begin();
  script_.effects["eom"] = record();
  for (const std::string& id : {"4B\r\n1"s, "4B: decision=accept x"s, "\x1b[2J"s, "4\xc3\xa9"s}) {
    say(wire::macros('N', {{"i", id}}) + message());
    EXPECT_TRUE(log_.lines().back().text.starts_with("s")) << log_.text();
  }
}

TEST_F(SessionTest, LogsNotesEscaped) {
  begin();
  script_.effects["eom"] = {
      tx::Note{.reason = policy::Reason::ClockSkew, .detail = "a\x01zb"},
      tx::Note{.reason = policy::Reason::ForeignVerdictRemoved, .detail = "c"}};
  say(message());
  EXPECT_EQ(log_.lines()[0].text, "s1: note=clock-skew detail=a\\x01zb");
  EXPECT_EQ(log_.lines()[0].level, ports::LogLevel::Alarm);
  EXPECT_EQ(log_.lines()[1].level, ports::LogLevel::Warning);
}

// --- Order

TEST_F(SessionTest, SurvivesAbortsBetweenAndWithinMessages) {
  begin();
  EXPECT_EQ(say(wire::abort()), "");
  EXPECT_EQ(say(wire::mail("<a@b>") + wire::abort() + wire::abort() + message()), "ccc");
  EXPECT_EQ(script_.events[1], "aborted");
  EXPECT_FALSE(session_.over());
}

TEST_F(SessionTest, TellsTheTransactionWhenThePeerGoesAway) {
  for (const std::string& end : {wire::quit(), wire::quit_new_connection()}) {
    Session session(world_);
    std::string out;
    session.on_bytes(wire::negotiate() + wire::connect("x", "192.0.2.1") + wire::mail("<>") + end,
                     out);
    EXPECT_EQ(script_.events.back(), "aborted");
    script_.events.clear();
    EXPECT_EQ(session.over(), end == wire::quit());
    EXPECT_FALSE(session.defect());
  }
  begin();
  say(wire::mail("<>"));
  session_.on_end();
  EXPECT_EQ(script_.events.back(), "aborted");
  EXPECT_FALSE(session_.defect());
}

TEST_F(SessionTest, NamesAnEndWithinAPacket) {
  begin();
  say(wire::mail("<a@b>").substr(0, 8));
  session_.on_end();
  EXPECT_EQ(session_.defect(), Defect::ClosedWithinPacket);
}

TEST_F(SessionTest, DropsWhatIsOutOfOrder) {
  const std::string hello = wire::negotiate();
  const std::string client = hello + wire::connect("x", "192.0.2.1");
  const std::string mail = client + wire::mail("<>");
  const std::string sequences[] = {
      wire::mail("<>"),
      wire::connect("x", "192.0.2.1"),
      wire::macros('C', {}),
      wire::end_of_message(),
      hello + hello,
      hello + wire::mail("<>"),
      client + wire::connect("x", "192.0.2.1"),
      client + hello,
      client + wire::recipient("<a@b>"),
      client + wire::header("A", "b"),
      client + wire::end_of_headers(),
      client + wire::body("x"),
      client + wire::end_of_message(),
      client + wire::packet('T'),
      mail + wire::mail("<>"),
      mail + wire::body("x"),
      mail + wire::end_of_message(),
      mail + wire::header("A", "b") + wire::recipient("<a@b>"),
      mail + wire::end_of_headers() + wire::header("A", "b"),
      mail + wire::end_of_headers() + wire::end_of_headers(),
      mail + wire::end_of_headers() + wire::recipient("<a@b>"),
      mail + wire::end_of_headers() + wire::end_of_message() + wire::end_of_message(),
  };
  for (const std::string& bytes : sequences) {
    Session session(world_);
    std::string out;
    session.on_bytes(bytes, out);
    EXPECT_EQ(session.defect(), Defect::OutOfOrder) << &bytes - sequences;
  }
}

TEST_F(SessionTest, DropsMalformedPayloads) {
  const std::string client = wire::negotiate() + wire::connect("x", "192.0.2.1");
  const struct {
    std::string bytes;
    Defect want;
  } cases[] = {
      {wire::packet('O', "short"), Defect::MalformedNegotiation},
      {client + wire::packet('D', "Mx"), Defect::MalformedMacro},
      {wire::negotiate() + wire::packet('C', "x"), Defect::MalformedConnect},
      {client + wire::packet('M', "<a@b>"), Defect::MalformedEnvelope},
      {client + wire::mail("<>") + wire::packet('R', "<a@b>"), Defect::MalformedEnvelope},
      {client + wire::mail("<>") + wire::packet('L', "A"), Defect::MalformedHeader},
  };
  for (const auto& c : cases) {
    Session session(world_);
    std::string out;
    session.on_bytes(c.bytes, out);
    EXPECT_EQ(session.defect(), c.want) << sentence_of(c.want);
  }
}

// --- Questions

TEST_F(SessionTest, HoldsReplyAndEverythingAfterItUntilTheAnswer) {
  begin();
  script_.effects["eoh"] = {tx::AskPermit{}};
  script_.effects["answered"] = {};
  EXPECT_EQ(say(wire::mail("<a@b>") + wire::end_of_headers() + wire::body("x")), "");
  EXPECT_TRUE(session_.asking());
  EXPECT_EQ(say(wire::end_of_message()), "");
  EXPECT_EQ(script_.events.back(), "eoh");
  EXPECT_EQ(answer(tx::SigningPermit{}), "ccc");
  EXPECT_FALSE(session_.asking());
  EXPECT_EQ(script_.events, (std::vector<std::string>{"mail <a@b> auth=", "eoh", "answered permit",
                                                      "body x", "eom"}));
}

TEST_F(SessionTest, ChangesTheMessageWhenTheEndOfItAsked) {
  begin();
  script_.effects["eom"] = {tx::AskPermit{}};
  script_.effects["answered"] = {tx::InsertField{.name = "Backstop-Token", .value = "t"}};
  EXPECT_EQ(say(message()), "cc");
  EXPECT_EQ(answer(tx::SigningPermit{}), "ic");
  EXPECT_FALSE(session_.in_message());
}

TEST_F(SessionTest, AsksAtACommandWithoutReply) {
  begin();
  script_.effects["mail"] = {tx::AskPermit{}};
  EXPECT_EQ(say(message()), "");
  EXPECT_EQ(answer(fail(Errc::Unavailable, "", "late")), "ccc");
  EXPECT_EQ(script_.events[1], "answered unavailable");
}

TEST_F(SessionTest, AsksInABodyThatCameWithTheEndOfMessage) {
  begin();
  script_.effects["body"] = {tx::AskPermit{}};
  EXPECT_EQ(say(wire::mail("<a@b>") + wire::end_of_headers() + wire::end_of_message("tail")), "c");
  EXPECT_EQ(answer(tx::SigningPermit{}), "c");
  EXPECT_EQ(script_.events.back(), "eom");
  EXPECT_FALSE(session_.in_message());
}

TEST_F(SessionTest, IgnoresAnAnswerNobodyAskedFor) {
  begin();
  EXPECT_EQ(answer(tx::SigningPermit{}), "");
  EXPECT_TRUE(script_.events.empty());
}

TEST_F(SessionTest, DropsAPeerThatSendsTooMuchWhileAnAnswerIsAwaited) {
  begin();
  script_.effects["eoh"] = {tx::AskPermit{}};
  say(wire::mail("<a@b>") + wire::end_of_headers());
  for (std::size_t sent = 0; sent <= limits::kMilterQueuedBytes && !session_.over();
       sent += 65540) {
    say(wire::body(std::string(65535, 'x')));
  }
  expect_dropped(Defect::QueueFull);
  EXPECT_FALSE(session_.asking());
}

// --- Faults

TEST_F(SessionTest, LetsAMessagePassWhoseJudgementThrows) {
  begin();
  for (const char* word : {"begin", "mail", "rcpt", "header", "eoh", "body", "eom"}) {
    script_.throws = {{word, [] { throw std::bad_alloc(); }}};
    const auto lines = log_.size();
    const std::string replies = say(wire::macros('M', {{"i", "Q7"}}) + message());
    EXPECT_EQ(replies.size(), 3u) << word;
    EXPECT_EQ(replies.back(), 'a') << word;
    ASSERT_EQ(log_.size(), lines + 1) << word;
    EXPECT_EQ(log_.lines().back().level, ports::LogLevel::Error);
    EXPECT_TRUE(log_.lines().back().text.starts_with("Q7: fault=")) << log_.text();
  }
  script_.throws.clear();
  EXPECT_EQ(say(message()), "ccc");
}

TEST_F(SessionTest, LetsAMessagePassUnchangedWhateverWasThrown) {
  begin();
  script_.throws = {{"eom", [] { throw 7; }}};
  EXPECT_EQ(say(message()), "cca");
}

}  // namespace
}  // namespace backstop::milter
