#include "core/reading/plain_bounce.h"

#include <gtest/gtest.h>

#include "core/reading/text_lines.h"

namespace backstop::reading {
namespace {

PlainBounce read_text(std::string_view text) {
  PlainBounce bounce;
  LineSplitter lines;
  const auto on_line = [&bounce](std::string_view line) { bounce.on_line(line); };
  lines.feed(text, on_line);
  lines.finish(on_line);
  bounce.on_text_end();
  return bounce;
}

TEST(PlainBounceTest, PostfixRecipientsHaveTheirAnswer) {
  const PlainBounce bounce = read_text(
      "This is the mail system at host mx.example.org.\n\nI'm sorry to have to inform you that "
      "your "
      "message could not\nbe delivered.\n\n<bob@example.net> (expanded from <info@example.com>): "
      "host\n    mx.example.net[192.0.2.1] said: 550 5.1.1 no\n\n<carol@example.net>: 4.2 "
      "broken\n");
  EXPECT_EQ(bounce.product(), Product::Postfix);
  EXPECT_EQ(bounce.reporting_mta(), "mx.example.org");
  EXPECT_TRUE(bounce.states_outcome());
  ASSERT_EQ(bounce.recipients().size(), 2U);
  EXPECT_EQ(bounce.recipients()[0].address, "bob@example.net");
  EXPECT_EQ(bounce.recipients()[0].status, "5.1.1");
  EXPECT_EQ(bounce.recipients()[0].diagnostic, "host mx.example.net[192.0.2.1] said: 550 5.1.1 no");
  EXPECT_EQ(bounce.recipients()[1].address, "carol@example.net");
}

TEST(PlainBounceTest, EximDelaysAreDelays) {
  const PlainBounce bounce = read_text(
      "A message that you sent has not yet been delivered to one or more of its\nrecipients\n\n"
      "  bob@example.net\n    Delay reason: time out\n");
  EXPECT_EQ(bounce.product(), Product::Exim);
  EXPECT_TRUE(bounce.delayed());
  ASSERT_EQ(bounce.recipients().size(), 1U);
  EXPECT_EQ(bounce.recipients()[0].action, "delayed");
}

TEST(PlainBounceTest, FirstProductStays) {
  const PlainBounce bounce = read_text(
      "Hi. This is the qmail-send program at a.\n\n<b@c>:\nRemote said: This is the mail system at "
      "host x.\n");
  EXPECT_EQ(bounce.product(), Product::Qmail);
  ASSERT_EQ(bounce.recipients().size(), 1U);
}

TEST(PlainBounceTest, OrdinaryTextIsOfNoProduct) {
  const PlainBounce bounce = read_text("Hello,\n\nyour message could not be read: x@y\n<z>: 1\n");
  EXPECT_EQ(bounce.product(), Product::None);
  EXPECT_FALSE(bounce.states_outcome());
}

TEST(PlainBounceTest, RecipientsAreBounded) {
  std::string text = "Hi. This is the qmail-send program at a.\n\n";
  for (std::size_t i = 0; i < limits::kReportRecipients + 9; ++i)
    text += "<b@c>:\nno\n\n";
  EXPECT_EQ(read_text(text).recipients().size(), limits::kReportRecipients);
}

}  // namespace
}  // namespace backstop::reading
