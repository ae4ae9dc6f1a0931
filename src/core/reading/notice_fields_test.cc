#include "core/reading/notice_fields.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/limits.h"

namespace backstop::reading {
namespace {

NoticeFields read(std::string_view text) {
  NoticeFields fields;
  fields.feed(text);
  fields.finish();
  return fields;
}

TEST(NoticeFieldsTest, AReceiptNamesItsRecipientAndMessage) {
  const NoticeFields fields = read(
      "Reporting-UA: pc; Mailer\r\nOriginal-Recipient: rfc822;alias@example.org\r\n"
      "Final-Recipient: rfc822;carla@example.org\r\nOriginal-Message-ID: <1@example.net>\r\n");
  ASSERT_EQ(fields.recipients().size(), 1U);
  EXPECT_EQ(fields.recipients()[0].address, "carla@example.org");
  EXPECT_EQ(fields.recipients()[0].original, "alias@example.org");
  EXPECT_EQ(fields.original_message_id(), "1@example.net");
}

TEST(NoticeFieldsTest, TheOriginalRecipientStandsInForTheFinalOne) {
  const NoticeFields fields = read("Original-Recipient: rfc822;alias@example.org");
  ASSERT_EQ(fields.recipients().size(), 1U);
  EXPECT_EQ(fields.recipients()[0].address, "alias@example.org");
}

TEST(NoticeFieldsTest, ARecipientOfAComplaintCountsOnce) {
  const NoticeFields fields = read(
      "Feedback-Type: abuse\r\nOriginal-Rcpt-To: <carla@example.org>\r\n"
      "Original-Rcpt-To: Carla@example.org\r\nRemoval-Recipient: bob@example.org\r\n"
      "Reporting-MTA: dns; mx.example.org\r\n");
  ASSERT_EQ(fields.recipients().size(), 2U);
  EXPECT_EQ(fields.recipients()[0].address, "carla@example.org");
  EXPECT_EQ(fields.recipients()[1].address, "bob@example.org");
  EXPECT_EQ(fields.reporting_mta(), "mx.example.org");
}

TEST(NoticeFieldsTest, RecipientsAreBounded) {
  std::string text;
  for (std::size_t i = 0; i < limits::kReportRecipients + 10; ++i)
    text += "Original-Rcpt-To: user" + std::to_string(i) + "@example.org\r\n";
  EXPECT_EQ(read(text).recipients().size(), limits::kReportRecipients);
}

}  // namespace
}  // namespace backstop::reading
