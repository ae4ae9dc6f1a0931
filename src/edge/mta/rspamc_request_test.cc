#include "edge/mta/rspamc_request.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/limits.h"

namespace backstop::mta {
namespace {

constexpr std::string_view kMessage =
    "From MAILER-DAEMON Sat Nov 21 16:00:00 2026\n"
    "X-Envelope-To: alice@example.com\n"
    "Received: from mx.example.net ([192.0.2.1])\n"
    "\tby mx.example.com with esmtp (Exim 4.96)\n"
    "\tid 1vAbCd-000001-00\n"
    "\tfor alice@example.com;\n"
    "\tSat, 21 Nov 2026 16:00:00 +0000\n"
    "Received: by mx.example.net (Postfix)\n"
    "X-Envelope-From: <somebody@example.net>\n"
    "Subject: Undelivered Mail\n"
    " Returned to Sender\n"
    "\n"
    "Hello.\n"
    "From the start.\n";

std::string request(std::string_view message) {
  return "CHECK RSPAMC/1.3\r\nContent-length: " + std::to_string(message.size()) +
         "\r\nQueue-Id: 1vAbCd-000001-00\r\nFrom: <>\r\nRecipient-Number: 1\r\n"
         "Rcpt: <alice@example.com>\r\nHelo: mx.example.net\r\nHostname: mx.example.net\r\n"
         "IP: 192.0.2.1\r\nUser: bob\r\n\r\n" +
         std::string(message);
}

class Told final : public MessageSink {
 public:
  void on_field(std::string_view name, std::string_view raw) override {
    text += "[" + std::string(name) + "]" + std::string(raw) + "\n";
  }
  void on_header_end() override { text += "--\n"; }
  void on_body(std::string_view bytes) override { text += bytes; }
  std::string text;
};

std::string split(const std::vector<std::string_view>& pieces) {
  Told told;
  RspamcMessage message(told);
  for (const std::string_view piece : pieces)
    message.feed(piece);
  message.finish();
  return told.text;
}

TEST(RspamcHead, GivesTheEnvelope) {
  RspamcHeadReader reader;
  const std::string bytes = request(kMessage);
  std::string_view input = bytes;
  const auto head = reader.next(input);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->content_length, kMessage.size());
  EXPECT_EQ(input, kMessage);
  EXPECT_EQ(head->queue_id, "1vAbCd-000001-00");
  EXPECT_EQ(head->sender, "<>");
  EXPECT_EQ(head->recipients, std::vector<std::string>{"<alice@example.com>"});
  EXPECT_EQ(head->host_name, "mx.example.net");
  EXPECT_EQ(head->client, "192.0.2.1");
  EXPECT_EQ(head->user, "bob");
}

TEST(RspamcHead, IsTheSameHoweverItIsCut) {
  const std::string bytes = request("");
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    RspamcHeadReader reader;
    std::string_view first = std::string_view(bytes).substr(0, cut);
    std::string_view second = std::string_view(bytes).substr(cut);
    auto head = reader.next(first);
    if (!head) head = reader.next(second);
    ASSERT_TRUE(head) << cut;
    EXPECT_EQ(head->recipients.size(), 1u);
    EXPECT_EQ(head->user, "bob");
  }
}

TEST(RspamcHead, ComplainsOfWhatIsNoneAndOfTooMuch) {
  for (const std::string& bytes :
       {std::string("GET / HTTP/1.1\r\n"), std::string("CHECK SPAMC/1.2\r\n"),
        std::string("CHECK RSPAMC/1.3\r\n\r\n"),
        std::string("CHECK RSPAMC/1.3\r\nContent-length: -1\r\n"),
        std::string("CHECK RSPAMC/1.3\r\nContent-length: 99999999999999999999999\r\n"),
        std::string("CHECK RSPAMC/1.3\r\nno colon\r\n"),
        std::string(limits::kRspamcLineBytes + 1, 'C')}) {
    RspamcHeadReader reader;
    std::string_view input = bytes;
    EXPECT_FALSE(reader.next(input));
    EXPECT_NE(reader.complaint(), "") << bytes.substr(0, 60);
  }
}

TEST(RspamcHead, CountsRecipientsBeyondThoseItKeeps) {
  std::string bytes = "CHECK RSPAMC/1.3\r\nContent-length: 0\r\n";
  for (std::size_t i = 0; i < limits::kTransactionRecipients + 7; ++i)
    bytes += "Rcpt: <a@example.com>\r\n";
  bytes += "\r\n";
  RspamcHeadReader reader;
  std::string_view input = bytes;
  const auto head = reader.next(input);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->recipients.size(), limits::kTransactionRecipients);
  EXPECT_EQ(head->more_recipients, 7u);
}

TEST(RspamcMessage, LeavesOutWhatEximPutOnTopAndNothingElse) {
  EXPECT_EQ(split({kMessage}),
            "[Received] by mx.example.net (Postfix)\n"
            "[X-Envelope-From] <somebody@example.net>\n"
            "[Subject] Undelivered Mail\n Returned to Sender\n"
            "--\n"
            "Hello.\nFrom the start.\n");
}

TEST(RspamcMessage, IsTheSameHoweverItIsCut) {
  for (const std::string_view message :
       {kMessage, std::string_view("From x Sat\n\nbody\n"), std::string_view(""),
        std::string_view("no header at all\nsecond line\n"),
        std::string_view("X-Envelope-From: <a@b.c>\nX-Envelope-To: d@e.f\nReceived: x\n\n"),
        std::string_view("Subject: x\nX-Envelope-To: d@e.f\nReceived: x\n\ntext")}) {
    const std::string whole = split({message});
    for (std::size_t cut = 0; cut <= message.size(); ++cut)
      EXPECT_EQ(split({message.substr(0, cut), message.substr(cut)}), whole) << cut;
  }
}

TEST(RspamcMessage, KeepsTheFieldsOfAMessageThatAreNotOnTop) {
  EXPECT_EQ(split({"Subject: x\nX-Envelope-To: d@e.f\nReceived: x\n\ntext"}),
            "[Subject] x\n[X-Envelope-To] d@e.f\n[Received] x\n--\ntext");
}

TEST(RspamcReply, IsWhatEximReads) {
  EXPECT_EQ(render_rspamc_reply(RspamcAction::Reject, {"Backstop-Verdict: forged; kind=bounce"}),
            "RSPAMD/1.3 0 EX_OK\r\n"
            "Metric: default; True; 15.00 / 10.00 / 20.00\r\n"
            "Action: reject\r\n"
            "Backstop-Verdict: forged; kind=bounce\r\n");
  EXPECT_EQ(render_rspamc_reply(RspamcAction::None, {}),
            "RSPAMD/1.3 0 EX_OK\r\n"
            "Metric: default; False; 0.00 / 10.00 / 20.00\r\n"
            "Action: no action\r\n");
}

TEST(RspamcReply, LetsNoTextOpenALineOfItsOwn) {
  EXPECT_EQ(render_rspamc_reply(RspamcAction::None, {"A: b\r\nAction: reject"}),
            "RSPAMD/1.3 0 EX_OK\r\n"
            "Metric: default; False; 0.00 / 10.00 / 20.00\r\n"
            "Action: no action\r\nA: b  Action: reject\r\n");
}

}  // namespace
}  // namespace backstop::mta
