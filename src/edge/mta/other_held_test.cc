// What Exim and Sendmail say of what they hold.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "core/base/held_limits.h"
#include "edge/mta/exim_held.h"
#include "edge/mta/sendmail_held.h"
#include "testing/temporary_directory.h"

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

// A queue of somebody else's, with what is ours at its end.
TEST(EximQueue, IsReadToItsEndHoweverMuchOthersFroze) {
  const ::backstop::testing::TemporaryDirectory input;
  EximEntries queue;
  for (unsigned i = 0; i < 3000; ++i) {
    const std::string id = fmt::format("1xUt{:02}-{:06}-0L", i % 50, i);
    queue.entries.push_back({id, i});
    const std::string folder = i % 2 == 0 ? input.path() : input / id.substr(5, 1);
    std::filesystem::create_directory(folder);
    std::string text = std::string(kExim) + "\n";
    if (i % 100 == 7) text.replace(text.find("-frozen"), 7, "-thawed");
    if (i == 11) text = "of no form";
    if (i != 13) std::ofstream(folder + "/" + id + "-H") << text;
  }
  const auto found = read_exim_envelopes(input.path(), queue);
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(found->messages.size(), 3000U - 30 - 2);
  EXPECT_EQ(found->messages.back().queue_id, queue.entries.back().queue_id);
  EXPECT_EQ(found->messages.back().bytes, 2999U);
  EXPECT_EQ(found->unreadable, 1U);
  EXPECT_FALSE(found->cut);
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
