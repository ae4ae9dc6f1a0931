#include "core/reading/delivery_status.h"

#include <gtest/gtest.h>

namespace backstop::reading {
namespace {

std::vector<RecipientReport> read_status(std::string_view text) {
  DeliveryStatus status;
  status.feed(text);
  status.end_part();
  return status.take_recipients();
}

TEST(DeliveryStatusTest, AddressTypesAndBracketsAreTakenOff) {
  EXPECT_EQ(parse_typed_address(" rfc822; bob@example.net"), "bob@example.net");
  EXPECT_EQ(parse_typed_address("RFC822;<bob@example.net> (Bob)"), "bob@example.net");
  EXPECT_EQ(parse_typed_address("bob@example.net"), "bob@example.net");
  EXPECT_EQ(parse_typed_address("rfc822; rfc822; <bob@example.net>"), "bob@example.net");
  EXPECT_EQ(parse_typed_address("utf-8; j\\x{FC}rgen@example.net"), "jürgen@example.net");
  EXPECT_EQ(parse_typed_address("utf-8; a\\x{110000}\\x{D800}\\x{@b"),
            "a\\x{110000}\\x{D800}\\x{@b");
}

TEST(DeliveryStatusTest, SourceRoutesAreTakenOff) {
  EXPECT_EQ(parse_typed_address("rfc822;@a.example,@b.example:bob@example.net"), "bob@example.net");
  EXPECT_EQ(parse_typed_address("rfc822; <@a.example:bob@example.net>"), "bob@example.net");
  EXPECT_EQ(parse_typed_address("rfc822; @a.example:bob"), "@a.example:bob");
  EXPECT_EQ(parse_typed_address("rfc822; @"), "@");
}

TEST(DeliveryStatusTest, AStoreBehindAGatewayGivesWayToTheSendersRecipient) {
  auto told = read_status(
      "Original-Recipient: rfc822;bob@example.net\n"
      "Final-Recipient: rfc822;@mx.example.net:bob7@store\nAction: failed\n");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].address, "bob@example.net");
  told = read_status(
      "Original-Recipient: rfc822;bob@example.net\n"
      "Final-Recipient: rfc822;bob7@mx.example.net\nAction: failed\n");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].address, "bob7@mx.example.net");
}

TEST(DeliveryStatusTest, OnlyWhatXtextEncodesIsDecoded) {
  EXPECT_EQ(parse_typed_address("rfc822;bob+2Bsales@example.net"), "bob+sales@example.net");
  EXPECT_EQ(parse_typed_address("rfc822;bob+3Dx@example.net"), "bob=x@example.net");
  EXPECT_EQ(parse_typed_address("rfc822;bob+2A@example.net"), "bob+2A@example.net");
  EXPECT_EQ(parse_typed_address("rfc822;bob+"), "bob+");
}

TEST(DeliveryStatusTest, StatusIsACodeOrNothing) {
  EXPECT_EQ(parse_status(" 5.1.1"), "5.1.1");
  EXPECT_EQ(parse_status("4.4.7 (expired)"), "4.4.7");
  for (const char* bad :
       {"", "5", "5.1", "3.1.1", "5.1.", "5.1.1.1", "5.1111.1", "5.1.1x", "oops"}) {
    EXPECT_EQ(parse_status(bad), "") << bad;
  }
}

TEST(DeliveryStatusTest, StatusInAnAnswerStandsBehindItsReplyCode) {
  EXPECT_EQ(find_status("host said: 550 5.1.1 unknown"), "5.1.1");
  EXPECT_EQ(find_status("550-5.7.1 first 550 5.7.26 last"), "5.7.26");
  EXPECT_EQ(find_status("Sorry. (#5.1.2)"), "5.1.2");
  EXPECT_EQ(find_status("connect to 5.1.1.9 failed, version 5.1.1"), "");
  EXPECT_EQ(find_status("450 5.1.1 of another class"), "");
}

TEST(DeliveryStatusTest, ActionsAreKeywordsInAnyCase) {
  EXPECT_EQ(parse_action(" Failed"), "failed");
  EXPECT_EQ(parse_action("\r\n delayed (for now)"), "delayed");
  EXPECT_EQ(parse_action("error"), "failed");
  EXPECT_EQ(parse_action("exploded"), "");
}

TEST(DeliveryStatusTest, GroupsAreRecipients) {
  const auto recipients = read_status(
      "Reporting-MTA: dns; mx.example.org\r\n\r\n\r\n"
      "Original-Recipient: rfc822;alias@example.net\r\nFinal-Recipient: rfc822; bob@example.net\r\n"
      "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp;\r\n 550 5.1.1 no\r\n\tsuch "
      "user\r\n"
      "\r\nOriginal-Recipient: rfc822;carol@example.net\r\nAction: delayed\r\nStatus: 4.0.0");
  ASSERT_EQ(recipients.size(), 2U);
  EXPECT_EQ(recipients[0].address, "bob@example.net");
  EXPECT_EQ(recipients[0].diagnostic, "550 5.1.1 no such user");
  EXPECT_EQ(recipients[1].address, "carol@example.net");
  EXPECT_EQ(recipients[1].action, "delayed");
  EXPECT_EQ(recipients[1].status, "4.0.0");
}

TEST(DeliveryStatusTest, MessageFieldsAloneAreNoRecipient) {
  EXPECT_TRUE(read_status("Reporting-MTA: dns; mx\nArrival-Date: today\n\n").empty());
}

TEST(DeliveryStatusTest, RecipientsBeyondTheLimitAreLeftOut) {
  std::string text;
  for (std::size_t i = 0; i < limits::kReportRecipients + 5; ++i) {
    text += "Final-Recipient: rfc822; a@b\nAction: failed\n\n";
  }
  DeliveryStatus status;
  status.feed(text);
  status.end_part();
  EXPECT_EQ(status.recipients().size(), limits::kReportRecipients);
  EXPECT_TRUE(status.left_out());
}

TEST(DeliveryStatusTest, DiagnosticsAreBounded) {
  const auto recipients =
      read_status("Final-Recipient: rfc822; a@b\nDiagnostic-Code: smtp; " + std::string(9000, 'x'));
  ASSERT_EQ(recipients.size(), 1U);
  EXPECT_EQ(recipients[0].diagnostic.size(), limits::kDiagnosticBytes);
}

}  // namespace
}  // namespace backstop::reading
