#include "edge/smtp/reply.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace backstop::smtp {
namespace {

TEST(SmtpReply, IsTheSameHoweverItIsCut) {
  const std::string bytes = "250-mx.example.com\r\n250-SIZE 10\r\n250 DSN\r\n550 5.1.1 No\n";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    ReplyReader reader;
    std::vector<Reply> replies;
    for (std::string_view piece :
         {std::string_view(bytes).substr(0, cut), std::string_view(bytes).substr(cut)}) {
      while (!piece.empty()) {
        auto reply = reader.next(piece);
        ASSERT_TRUE(reply);
        if (*reply) replies.push_back(**std::move(reply));
      }
    }
    ASSERT_EQ(replies.size(), 2U);
    EXPECT_EQ(replies[0].code, 250U);
    EXPECT_EQ(replies[0].lines, (std::vector<std::string>{"mx.example.com", "SIZE 10", "DSN"}));
    EXPECT_TRUE(replies[0].positive());
    EXPECT_EQ(replies[1].text(), "550 5.1.1 No");
  }
}

TEST(SmtpReply, MayEndBehindItsCode) {
  ReplyReader reader;
  std::string_view bytes = "354\r\n";
  const auto reply = reader.next(bytes);
  ASSERT_TRUE(reply && *reply);
  EXPECT_TRUE((*reply)->intermediate());
  EXPECT_EQ((*reply)->lines, std::vector<std::string>{""});
}

TEST(SmtpReply, OfAnotherProtocolIsNone) {
  for (const std::string_view text : {"SSH-2.0-OpenSSH\r\n", "+OK ready\r\n", "25 ok\r\n",
                                      "650 ok\r\n", "250_ok\r\n", "\r\n", "250-a\r\n550 b\r\n"}) {
    ReplyReader reader;
    std::string_view bytes = text;
    const auto reply = reader.next(bytes);
    ASSERT_FALSE(reply) << text;
    EXPECT_EQ(reply.error().code, Errc::Invalid);
  }
}

TEST(SmtpReply, IsBounded) {
  ReplyReader long_line;
  const std::string line(limits::kSmtpReplyLineBytes + 1, '2');
  std::string_view bytes = line;
  EXPECT_EQ(long_line.next(bytes).error().code, Errc::Limit);
  std::string many;
  for (std::size_t i = 0; i <= limits::kSmtpReplyLines; ++i)
    many += "250-x\r\n";
  ReplyReader many_lines;
  bytes = many;
  EXPECT_EQ(many_lines.next(bytes).error().code, Errc::Limit);
}

}  // namespace
}  // namespace backstop::smtp
