// What reaches the transaction of a message, and what becomes of it.
#include <gtest/gtest.h>

#include <new>

#include "core/base/limits.h"
#include "milter_door/scripted_session.h"

namespace backstop::milter {
namespace {

using SessionMessageTest = ScriptedSession;

// --- What reaches the transaction

TEST_F(SessionMessageTest, PassesAddressesOnAsTheyStand) {
  begin();
  say(wire::packet('M', "\"odd sender\"@example.net\0SIZE=99\0"s) +
      wire::packet('R', "<\"prvs=0785f64625=alice\"@example.com>\0NOTIFY=NEVER\0"s) +
      wire::recipient("bare@example.com"));
  EXPECT_EQ(script_.events,
            (std::vector<std::string>{"mail \"odd sender\"@example.net auth=",
                                      "rcpt <\"prvs=0785f64625=alice\"@example.com>",
                                      "rcpt bare@example.com"}));
}

TEST_F(SessionMessageTest, TakesAnEmptyMailArgumentForTheNullSender) {
  begin();
  say(wire::mail("") + wire::abort() + wire::packet('M', "") + wire::abort() + wire::mail("<>"));
  EXPECT_EQ(script_.events, (std::vector<std::string>{"mail  auth=", "aborted",
                                                      "mail  auth=", "aborted", "mail <> auth="}));
}

TEST_F(SessionMessageTest, NeverSkipsARecipientWhoseMailerIsError) {
  begin();
  say(wire::mail("<>") +
      wire::macros('R', {{"{rcpt_mailer}", "error"}, {"{rcpt_addr}", "b@virtual.example"}}) +
      wire::recipient("<b@virtual.example>"));
  EXPECT_EQ(script_.events.back(), "rcpt <b@virtual.example>");
}

TEST_F(SessionMessageTest, KeepsALeadingSpaceOutOfItsOwnFieldsAndPassesOthersOn) {
  begin();
  script_.effects["eom"] = {tx::InsertField{.name = "A", .value = "b"}};
  say(wire::mail("<>") + wire::header("Subject", " led by a space") + wire::end_of_headers() +
      wire::end_of_message());
  EXPECT_EQ(script_.events[1], "header Subject: led by a space");
  EXPECT_NE(last_.find("A\0b\0"s), std::string::npos);
}

TEST_F(SessionMessageTest, ChangesTheSenderAtTheEndOfTheMessageWhereTheServerLetsIt) {
  script_.effects["eom"] = {tx::ChangeSender{{"prvs=1799d94d41=anna smith", "example.com"}}};
  const std::string change = wire::packet('e', "<\"prvs=1799d94d41=anna smith\"@example.com>\0"s);
  begin();
  say(wire::mail("<a@example.com>") + wire::end_of_headers() + wire::end_of_message());
  EXPECT_TRUE(last_.find(change) != std::string::npos);
  Session other(world_);
  std::string out;
  other.on_bytes(wire::negotiate(6, 0x3f) + wire::connect("client", "192.0.2.1") +
                     wire::mail("<a@example.com>") + wire::end_of_headers() +
                     wire::end_of_message(),
                 out);
  EXPECT_EQ(out.find(change), std::string::npos);
}

// Nothing but ENVID: what the client asks for is the client's.  Postfix leaves other parameters as
// they are and warns of them; any other server forgets what is not said again.
TEST_F(SessionMessageTest, ChangesNoParameterOfTheSenderButItsEnvelopeId) {
  const std::string mail =
      wire::packet('M', "<a@example.com>\0SIZE=99\0Ret=HDRS\0BODY=8BITMIME\0BY=120;R\0X-BY=1\0"s);
  const struct {
    std::string server, mail, want;
  } cases[] = {
      {"Postfix 3.7.11", mail, "ENVID=caa5xbblnmaq"},
      {"8.17.1.9", mail, "ENVID=caa5xbblnmaq Ret=HDRS BODY=8BITMIME BY=120;R"},
      {"", mail, "ENVID=caa5xbblnmaq Ret=HDRS BODY=8BITMIME BY=120;R"},
      {"8.17.1.9", wire::mail("<a@example.com>"), "ENVID=caa5xbblnmaq"},
  };
  script_.effects["eom"] = {tx::ChangeSender{{"a", "example.com"}, "caa5xbblnmaq"}};
  say(wire::negotiate());
  for (const auto& c : cases) {
    if (!c.server.empty()) say(wire::macros('C', {{"v", c.server}}));
    say(wire::connect("client", "192.0.2.1"));
    say(c.mail + wire::end_of_headers() + wire::end_of_message());
    EXPECT_NE(last_.find(wire::packet('e', "<a@example.com>\0"s + c.want + '\0')),
              std::string::npos)
        << c.server;
    say(wire::quit_new_connection());
  }
}

// Without parameters every server keeps those of the client.
TEST_F(SessionMessageTest, NamesNoParameterWhereOnlyTheSenderChanges) {
  script_.effects["eom"] = {tx::ChangeSender{{"prvs=1799d94d41=a", "example.com"}}};
  begin();
  say(wire::packet('M', "<a@example.com>\0RET=HDRS\0"s) + wire::end_of_headers() +
      wire::end_of_message());
  EXPECT_NE(last_.find(wire::packet('e', "<prvs=1799d94d41=a@example.com>\0"s)), std::string::npos);
}

TEST_F(SessionMessageTest, KnowsTheClientOfEveryFamily) {
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

TEST_F(SessionMessageTest, DropsAConnectWhoseAddressIsNone) {
  say(wire::negotiate());
  say(wire::connect("client", "not an address"));
  expect_dropped(Defect::MalformedConnect);
}

// --- Macros

TEST_F(SessionMessageTest, ForgetsALoginWithItsMessage) {
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

TEST_F(SessionMessageTest, TakesALoginFromTheMacrosOfMailOnly) {
  begin();
  say(wire::macros('C', {{"{auth_authen}", "mallory"}}) +
      wire::macros('R', {{"{auth_authen}", "mallory"}}) + wire::mail("<x@y>"));
  EXPECT_EQ(script_.events.back(), "mail <x@y> auth=");
}

TEST_F(SessionMessageTest, KeepsTheDaemonNameForAllMessagesOfAConnection) {
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

TEST_F(SessionMessageTest, LogsByTheQueueIdEvenWhenItArrivesLate) {
  begin();
  script_.effects["eom"] = record();
  say(wire::macros('M', {{"i", "-"}}) + wire::mail("<>") + wire::macros('R', {{"i", "-"}}) +
      wire::recipient("<b@c>") + wire::macros('N', {{"i", "4Bx1"}}) + wire::end_of_headers() +
      wire::end_of_message());
  ASSERT_EQ(log_.size(), 1u);
  EXPECT_TRUE(log_.lines()[0].text.starts_with("4Bx1: ")) << log_.text();
}

TEST_F(SessionMessageTest, LogsByAnIdOfItsOwnWhereThereIsNone) {
  begin();
  script_.effects["eom"] = record();
  say(message() + message());
  ASSERT_EQ(log_.size(), 2u);
  EXPECT_TRUE(log_.lines()[0].text.starts_with("s1: "));
  EXPECT_TRUE(log_.lines()[1].text.starts_with("s2: "));
}

TEST_F(SessionMessageTest, NeverLogsAMessageUnderTheIdOfTheOneBefore) {
  begin();
  script_.effects["eom"] = record();
  say(wire::macros('M', {{"i", "Q1"}}) + message() + message());
  EXPECT_TRUE(log_.lines()[1].text.starts_with("s1: ")) << log_.text();
}

TEST_F(SessionMessageTest, TakesNoQueueIdThatCouldForgeALogLine) {
  begin();
  script_.effects["eom"] = record();
  for (const std::string& id : {"4B\r\n1"s, "4B: decision=accept x"s, "\x1b[2J"s, "4\xc3\xa9"s}) {
    say(wire::macros('N', {{"i", id}}) + message());
    EXPECT_TRUE(log_.lines().back().text.starts_with("s")) << log_.text();
  }
}

TEST_F(SessionMessageTest, LogsNotesEscaped) {
  begin();
  script_.effects["eom"] = {
      tx::Note{.reason = policy::Reason::ClockSkew, .detail = "a\x01zb"},
      tx::Note{.reason = policy::Reason::ForeignVerdictRemoved, .detail = "c"}};
  say(message());
  EXPECT_EQ(log_.lines()[0].text, "s1: note=clock-skew detail=a\\x01zb");
  EXPECT_EQ(log_.lines()[0].level, ports::LogLevel::Warning);
  EXPECT_EQ(log_.lines()[1].text, "s1: note=foreign-verdict-removed detail=c") << log_.text();
}

// --- Questions

TEST_F(SessionMessageTest, HoldsReplyAndEverythingAfterItUntilTheAnswer) {
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

TEST_F(SessionMessageTest, ChangesTheMessageWhenTheEndOfItAsked) {
  begin();
  script_.effects["eom"] = {tx::AskPermit{}};
  script_.effects["answered"] = {tx::InsertField{.name = "Backstop-Token", .value = "t"}};
  EXPECT_EQ(say(message()), "cc");
  EXPECT_EQ(answer(tx::SigningPermit{}), "ic");
  EXPECT_FALSE(session_.in_message());
}

TEST_F(SessionMessageTest, AsksAtACommandWithoutReply) {
  begin();
  script_.effects["mail"] = {tx::AskPermit{}};
  EXPECT_EQ(say(message()), "");
  EXPECT_EQ(answer(fail(Errc::Unavailable, "", "late")), "ccc");
  EXPECT_EQ(script_.events[1], "answered unavailable");
}

TEST_F(SessionMessageTest, AsksInABodyThatCameWithTheEndOfMessage) {
  begin();
  script_.effects["body"] = {tx::AskPermit{}};
  EXPECT_EQ(say(wire::mail("<a@b>") + wire::end_of_headers() + wire::end_of_message("tail")), "c");
  EXPECT_EQ(answer(tx::SigningPermit{}), "c");
  EXPECT_EQ(script_.events.back(), "eom");
  EXPECT_FALSE(session_.in_message());
}

TEST_F(SessionMessageTest, IgnoresAnAnswerNobodyAskedFor) {
  begin();
  EXPECT_EQ(answer(tx::SigningPermit{}), "");
  EXPECT_TRUE(script_.events.empty());
}

TEST_F(SessionMessageTest, DropsAPeerThatSendsTooMuchWhileAnAnswerIsAwaited) {
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

TEST_F(SessionMessageTest, LetsAMessagePassWhoseJudgementThrows) {
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

TEST_F(SessionMessageTest, TellsThatAMessagePassedWithoutUs) {
  std::vector<Instant> passed;
  world_.on_passed_by = [&](Instant at) { passed.push_back(at); };
  begin();
  EXPECT_EQ(say(message()), "ccc");
  EXPECT_TRUE(passed.empty());
  script_.throws = {{"eom", [] { throw std::bad_alloc(); }}};
  say(message());
  EXPECT_EQ(passed, std::vector{clock_.now()});
}

TEST_F(SessionMessageTest, LetsAMessagePassUnchangedWhateverWasThrown) {
  begin();
  script_.throws = {{"eom", [] { throw 7; }}};
  EXPECT_EQ(say(message()), "cca");
}

}  // namespace
}  // namespace backstop::milter
