#include "core/survey/message_head.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace backstop::survey {
namespace {

std::string time_of(std::string_view message, std::string_view from_line = {}) {
  const auto time = find_time(find_head(message), from_line);
  return time ? render_instant(*time) : "none";
}

TEST(MessageHead, TheHeaderEndsBehindTheFirstEmptyLine) {
  EXPECT_EQ(find_head("A: b\n\nbody\n\n").bytes, 6U);
  EXPECT_EQ(find_head("A: b\r\n\r\nbody").bytes, 8U);
  EXPECT_EQ(find_head("\n\nA: b\n\nbody").bytes, 8U);
  EXPECT_EQ(find_head("A: b\nC: d").bytes, 9U);
  EXPECT_EQ(find_head("").bytes, 0U);
  EXPECT_EQ(find_head("A: b\rC: d\r\rbody").bytes, 11U);
  EXPECT_EQ(find_head("A: b\rFrom: d\r\rbody").from, " d");
}

TEST(MessageHead, OnlySoMuchOfAHeaderIsLookedAt) {
  std::string message;
  while (message.size() <= 2 * limits::kHeaderBytesPerBlock)
    message += "Filler: of a header that never ends\n";
  EXPECT_EQ(find_head(message).bytes, limits::kHeaderBytesPerBlock);
}

TEST(MessageHead, TheTopmostFieldOfEachNameCountsWithItsFolds) {
  const std::string message =
      "RECEIVED: from a by b\r\n\tfor c;\r\n Sat, 21 Nov 2026 03:04:05 +0100\r\n"
      "Received: from x; Fri, 20 Nov 2026 01:01:01 +0000\r\n"
      "From: First <a@one.test>\r\n (and more)\r\nFrom: b@two.test\r\nTo: c@three.test\r\n"
      "Toto: no\r\nSubject:Hello\r\n\r\nDate: none of it\r\n";
  const MessageHead head = find_head(message);
  EXPECT_EQ(head.from, " First <a@one.test>\r\n (and more)\r");
  EXPECT_EQ(head.to, " c@three.test\r");
  EXPECT_EQ(head.subject, "Hello\r");
  EXPECT_EQ(head.date, "");
  EXPECT_EQ(time_of(message), "2026-11-21T02:04:05Z");
}

TEST(MessageHead, TheFromLineComesBeforeReceivedAndThatBeforeDate) {
  const std::string message =
      "Received: from a; Fri, 20 Nov 2026 01:01:01 +0000\nDate: Thu, 19 Nov 2026 01:01:01 "
      "+0000\n\n";
  EXPECT_EQ(time_of(message, "bob@else.test Sat Nov 21 23:59:59 2026"), "2026-11-21T23:59:59Z");
  EXPECT_EQ(time_of(message, "- Sat Nov 21 23:59:59 2026"), "2026-11-21T23:59:59Z");
  EXPECT_EQ(time_of(message, "1789@xxx Sat Nov 21 23:59:59 +0200 2026"), "2026-11-21T21:59:59Z");
  EXPECT_EQ(time_of(message, "-"), "2026-11-20T01:01:01Z");
  EXPECT_EQ(time_of("Received: from a; nonsense\nDate: 19 Nov 2026 01:01:01 +0000\n\n"),
            "2026-11-19T01:01:01Z");
  EXPECT_EQ(time_of("Received: no semicolon\n\n"), "none");
  EXPECT_EQ(time_of(""), "none");
}

}  // namespace
}  // namespace backstop::survey
