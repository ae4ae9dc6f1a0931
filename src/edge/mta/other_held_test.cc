// What Exim and Sendmail say of what they hold.
#include <gtest/gtest.h>

#include "core/base/held_limits.h"
#include "edge/mta/exim_held.h"
#include "edge/mta/sendmail_held.h"

namespace backstop::mta {
namespace {

constexpr std::string_view kExim =
    "1xUtOh-00000V-0L-H\nDebian-exim 100 102\n<robot@else.test>\n1795299447 0\n"
    "-received_time_usec .109550\n--helo_name mx.else.test\n"
    "-aclm _report 42\nAction: quarantine\nXX\n1\nfake@else.test\n\n00\n"
    "-frozen 1795299447\nXX\n2\nanna@shop.test\nben@shop.test 12,-1#1\n\n"
    "030  Backstop-Verdict: unproven; x\n"
    "023* Subject: taken out too\n"
    "033  Subject: two\n lines of one field";

TEST(EximEnvelope, IsReadWhateverStandsInVariables) {
  const std::string text = std::string(kExim) + "\n";
  const auto envelope = parse_exim_envelope(text);
  ASSERT_TRUE(envelope);
  EXPECT_TRUE(envelope->frozen);
  EXPECT_EQ(envelope->message.sender, "robot@else.test");
  EXPECT_EQ(envelope->message.arrived, Instant{Seconds{1795299447}});
  EXPECT_EQ(envelope->message.recipients,
            (std::vector<std::string>{"anna@shop.test", "ben@shop.test"}));
  EXPECT_EQ(envelope->time, "1795299447");
  EXPECT_EQ(envelope->header.find("taken out"), std::string::npos);
  EXPECT_TRUE(envelope->header.starts_with("Backstop-Verdict: unproven; x\n"));
}

TEST(EximEnvelope, ThatIsCutOffIsNone) {
  const std::string text(kExim);
  const std::size_t recipients = text.find("ben@shop.test");
  for (std::size_t size = 0; size < recipients; ++size)
    EXPECT_FALSE(parse_exim_envelope(text.substr(0, size))) << size;
}

TEST(EximQueue, ListsWhatIsFrozenAlone) {
  const EximEntries found = parse_exim_queue(
      " 0m   850 1xUtOh-00000V-0L <robot@else.test> *** frozen ***\n          anna@shop.test\n\n"
      "25h  2.9K 1xUtOi-00000V-0L <>\n          *** frozen ***\n\n"
      " 3d   12M 1xUtOi-000000000Vx-0L12 <> *** frozen ***\n"
      " 3d   12M -Mrm <> *** frozen ***\n");
  ASSERT_EQ(found.entries.size(), 2U);
  EXPECT_EQ(found.entries[0].queue_id, "1xUtOh-00000V-0L");
  EXPECT_EQ(found.entries[0].bytes, 850U);
  EXPECT_EQ(found.entries[1].bytes, 12U * 1024 * 1024);
}

TEST(EximTime, IsWrittenInParts) {
  EXPECT_EQ(parse_exim_time("0s"), Seconds{0});
  EXPECT_EQ(parse_exim_time("1w2d3h4m5s"),
            Days{9} + std::chrono::hours{3} + std::chrono::minutes{4} + Seconds{5});
  for (const char* text : {"", "7", "d", "7y", "7d "})
    EXPECT_FALSE(parse_exim_time(text)) << text;
}

TEST(SendmailEnvelope, IsReadWithItsReasonAndHeader) {
  const std::string text =
      "V8\nT1795299461\nK0\nqbackstop: unproven\n$_bot [127.0.1.6]\nS<>\n"
      "rRFC822; anna@shop.test\nRPFD:<anna@shop.test>\nH?P?Return-Path: <x>\n"
      "H??Backstop-Verdict: unproven\nH??Received: from a\n\tby b\n.\nH??Subject: behind\n";
  const auto envelope = parse_sendmail_envelope(text);
  ASSERT_TRUE(envelope);
  EXPECT_EQ(envelope->message.sender, "");
  EXPECT_EQ(envelope->message.recipients, std::vector<std::string>{"anna@shop.test"});
  EXPECT_EQ(envelope->reason, "backstop: unproven");
  EXPECT_EQ(envelope->header,
            "Return-Path: <x>\nBackstop-Verdict: unproven\nReceived: from a\n\tby b\n");
  EXPECT_EQ(text.substr(static_cast<std::size_t>(envelope->time.data() - text.data()), 10),
            "1795299461");
  EXPECT_FALSE(parse_sendmail_envelope("V8\nT1795299461\nS<>\n.\n")) << "it is not quarantined";
  EXPECT_FALSE(parse_sendmail_envelope("V8\nTx\nqbackstop\n.\n"));
}

TEST(SendmailQueues, AreWhereItsConfigurationSays) {
  EXPECT_EQ(find_queue_directories(""), std::vector<std::string>{"/var/spool/mqueue"});
  EXPECT_EQ(find_queue_directories("#O QueueDirectory=/a\nO QueueDirectory=/b/q*\n"),
            std::vector<std::string>{"/b/q*"});
}

}  // namespace
}  // namespace backstop::mta
