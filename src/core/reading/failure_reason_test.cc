#include "core/reading/failure_reason.h"

#include <gtest/gtest.h>

namespace backstop::reading {
namespace {

using enum FailureReason;

TEST(FailureReasonTest, WordsComeBeforeGenericCodes) {
  EXPECT_EQ(decide_failure_reason("550 5.7.1 Our system has detected that this message is likely "
                                  "unsolicited mail.",
                                  "5.7.1"),
            Spam);
  EXPECT_EQ(decide_failure_reason("550 5.7.1 Relaying denied", "5.7.1"), RelayDenied);
  EXPECT_EQ(decide_failure_reason("550 5.1.1 mailbox is full", "5.1.1"), MailboxFull);
  EXPECT_EQ(decide_failure_reason("550 5.7.26 This message fails SPF and DMARC policy", "5.7.26"),
            AuthenticationFailed);
  EXPECT_EQ(decide_failure_reason("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked "
                                  "using zen.spamhaus.org",
                                  "5.7.1"),
            ClientRefused);
  EXPECT_EQ(decide_failure_reason("554 5.6.0 virus found in message", "5.6.0"), Virus);
}

TEST(FailureReasonTest, CodesTellWhereWordsDoNot) {
  EXPECT_EQ(decide_failure_reason("", "5.2.2"), MailboxFull);
  EXPECT_EQ(decide_failure_reason("nope", "5.1.1"), UserUnknown);
  EXPECT_EQ(decide_failure_reason("", "4.4.7"), Expired);
  EXPECT_EQ(decide_failure_reason("", "5.0.0"), Unknown);
  EXPECT_EQ(decide_failure_reason("", ""), Unknown);
  EXPECT_EQ(reason_of_status("x"), Unknown);
}

// "connection refused" below a code that names a cause is the history of the attempt.
TEST(FailureReasonTest, VagueWordsGiveWayToACodeThatNamesACause) {
  EXPECT_EQ(decide_failure_reason("access denied", "5.1.1"), UserUnknown);
  EXPECT_EQ(decide_failure_reason("connection timed out", "4.4.1"), Network);
  EXPECT_EQ(decide_failure_reason("connection timed out", ""), Network);
}

TEST(FailureReasonTest, AnswersInOtherLanguagesAreUnderstood) {
  EXPECT_EQ(decide_failure_reason("550 Postfach ist voll", ""), MailboxFull);
  EXPECT_EQ(decide_failure_reason("550 Utilisateur inconnu", ""), UserUnknown);
  EXPECT_EQ(decide_failure_reason("550 Пользователь не найден", ""), UserUnknown);
  EXPECT_EQ(decide_failure_reason("550 用户不存在", ""), UserUnknown);
}

TEST(FailureReasonTest, TheSourcesOwnWordsSayThatItKnew) {
  EXPECT_TRUE(says_source_knew(Spam));
  EXPECT_TRUE(says_source_knew(Virus));
  EXPECT_FALSE(says_source_knew(ClientRefused));
  EXPECT_EQ(words_of_source_knew("554 message Rejected as Spam by filter"), "Rejected as Spam");
  EXPECT_EQ(words_of_source_knew("550 user unknown"), "");
}

}  // namespace
}  // namespace backstop::reading
