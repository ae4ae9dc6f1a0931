#include "edge/milter/session.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "milter_door/scripted_session.h"

namespace backstop::milter {
namespace {

using SessionTest = ScriptedSession;

// --- Negotiation

TEST_F(SessionTest, AsksForWhatItNeedsAndForFewMacros) {
  say(wire::negotiate());
  EXPECT_EQ(wire::take_reply(last_)->payload,
            wire::number(6) + wire::number(0x171) + wire::number(0xd782) + wire::number(0) +
                "j {daemon_name} v\0"s + wire::number(2) + "i {auth_authen}\0"s + wire::number(3) +
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
  script_.effects["header"] = reply(tx::ReplyKind::Defer, 451, "4.7.1", "later");
  EXPECT_EQ(say(wire::mail("<a@b>") + wire::recipient("<c@d>") + wire::header("A", "b")), "ccc");
  EXPECT_EQ(say(wire::end_of_headers()), "y");
}

TEST_F(SessionTest, RefusesARecipientAloneAndGoesOnWithTheOthers) {
  begin(wire::kEveryAction, 0);
  script_.effects["rcpt"] = reply(tx::ReplyKind::Defer, 451, "4.7.1", "later");
  EXPECT_EQ(say(wire::mail("<a@b>") + wire::recipient("<c@d>")), "cy");
  script_.effects.erase("rcpt");
  EXPECT_EQ(say(wire::recipient("<e@f>") + wire::header("A", "b") + wire::end_of_headers()), "ccc");
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

}  // namespace
}  // namespace backstop::milter
