#include "core/reading/recipient_lines.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/reading/address_text.h"
#include "core/reading/recipient_cues.h"

namespace backstop::reading {
namespace {

std::string addresses_of(const std::vector<RecipientReport>& reports) {
  std::string out;
  for (const RecipientReport& report : reports)
    out += (out.empty() ? "" : " ") + report.address;
  return out;
}

TEST(RecipientLinesTest, ContactsAndSendersAreNoRecipients) {
  const auto reports = read_recipient_lines(
      "Your message to <bob@example.net> could not be delivered.\n\n"
      "From: alice@example.com\nPlease contact helpdesk@example.net, or call.\n"
      "Message-ID: <20261120101010.4A3B1C@mx.example.com>\n",
      NoticeContext{.other_parties = {"alice@example.com"}});
  EXPECT_EQ(addresses_of(reports), "bob@example.net");
}

TEST(RecipientLinesTest, EachRecipientHasItsOwnAnswer) {
  const auto reports = read_recipient_lines(
      "The following addresses failed:\n\n  <bob@example.net>\n    host mx.example.net said: 550 "
      "5.1.1 no such user\n\n  <carol@example.org>\n    552 5.2.2 mailbox full\n",
      {});
  ASSERT_EQ(addresses_of(reports), "bob@example.net carol@example.org");
  EXPECT_EQ(reports[0].status, "5.1.1");
  EXPECT_EQ(reports[0].remote_mta, "mx.example.net");
  EXPECT_EQ(reports[1].status, "5.2.2");
  EXPECT_EQ(reports[1].reason, FailureReason::MailboxFull);
}

TEST(RecipientLinesTest, TheHeaderFieldIsExactAndTheTextSaysWhy) {
  const auto reports =
      read_recipient_lines("  bob@example.net:\n  550 5.1.1 unknown user\n",
                           NoticeContext{.failed_recipients = {"bob@example.net"}});
  ASSERT_EQ(addresses_of(reports), "bob@example.net");
  EXPECT_EQ(reports[0].status, "5.1.1");
}

TEST(RecipientLinesTest, SubjectAndReturnedMessageAreTheLastResort) {
  EXPECT_EQ(addresses_of(read_recipient_lines(
                "It failed.\n", NoticeContext{.subject = "Undeliverable: bob@example.net"})),
            "bob@example.net");
  EXPECT_EQ(addresses_of(read_recipient_lines("It failed.\n",
                                              NoticeContext{.returned_to = {"bob@example.net"}})),
            "bob@example.net");
  EXPECT_EQ(addresses_of(read_recipient_lines(
                "It failed.\n", NoticeContext{.returned_to = {"a@example.net", "b@example.net"}})),
            "");
}

TEST(RecipientLinesTest, HostileTextIsReadWithinLimits) {
  std::string text = "The following recipients failed:\n";
  for (int i = 0; i < 5000; ++i)
    text += "u" + std::to_string(i) + "@e.example\n";
  EXPECT_LE(read_recipient_lines(text, {}).size(), limits::kReportRecipients);
  std::string line;
  for (int i = 0; i < 5000; ++i)
    line += "u" + std::to_string(i) + "@e.example ";
  EXPECT_LE(read_recipient_lines(line, {}).size(), limits::kReportRecipients);
  EXPECT_TRUE(read_recipient_lines(std::string(100000, '@'), {}).empty());
  EXPECT_TRUE(read_recipient_lines(std::string(100000, '<') + "@", {}).empty());
}

TEST(AddressTextTest, AddressesEndWhereTheTextGoesOn) {
  for (const auto& [line, want] : std::vector<std::pair<std::string, std::string>>{
           {"to bob@example.net.", "bob@example.net"},
           {"[SMTP:bob@example.net]", "bob@example.net"},
           {"rfc822;bob@example.net", "bob@example.net"},
           {"宛先bob@example.netへ", "bob@example.net"},
           {"<b\xc3\xb6"
            "b@example.net>",
            "b\xc3\xb6"
            "b@example.net"},
           {"<bob@host>", "bob@host"},
           {"dda:smtp=bob@example.net on", "bob@example.net"},
           {"c=us;smtp=bob@example.net on", "bob@example.net"},
       }) {
    const auto span = find_address(line, 0);
    ASSERT_TRUE(span) << line;
    EXPECT_EQ(span->address, want) << line;
  }
  EXPECT_FALSE(find_address("a @ b", 0));
  EXPECT_FALSE(find_address("user@ host", 0));
  EXPECT_FALSE(find_address("user@host", 99));
  EXPECT_TRUE(looks_like_message_id("20261120101010.4a3b1c@mx.example.com"));
  EXPECT_FALSE(looks_like_message_id("bob.smith.2026@example.com"));
}

TEST(RecipientCuesTest, LabelsSayWhoseAddressFollows) {
  EXPECT_EQ(label_before("final-recipient: rfc822; <"), Label::Recipient);
  EXPECT_EQ(label_before("mail from: <"), Label::Other);
  EXPECT_EQ(label_before("to: "), Label::To);
  EXPECT_EQ(label_before("message-id: <"), Label::MessageId);
  EXPECT_EQ(label_before(""), Label::None);
  EXPECT_TRUE(holds_reply("550 no"));
  EXPECT_TRUE(holds_reply("said: 550-5.1.1 no"));
  EXPECT_FALSE(holds_reply("192.0.2.550"));
  EXPECT_FALSE(holds_reply("exchange 5.5.1960"));
}

}  // namespace
}  // namespace backstop::reading
