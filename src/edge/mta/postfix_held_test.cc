#include "edge/mta/postfix_held.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/base/held_limits.h"

namespace backstop::mta {
namespace {

std::string entry(std::string_view queue, std::string_view id, std::string_view more = "") {
  return fmt::format(
      R"({{"queue_name":"{}","queue_id":"{}","arrival_time":1763700000,"message_size":99,)"
      R"("sender":"eve@else.test","recipients":[{{"address":"anna@shop.test"}}]{}}})"
      "\n",
      queue, id, more);
}

TEST(Postqueue, ListsWhatIsOnHoldAlone) {
  const HeldListing listing =
      parse_postqueue(entry("deferred", "4fzXL83qRTz1xV") + entry("hold", "4fzXL83qRTz1xW"));
  ASSERT_EQ(listing.messages.size(), 1U);
  const HeldMessage& message = listing.messages[0];
  EXPECT_EQ(message.queue_id, "4fzXL83qRTz1xW");
  EXPECT_EQ(message.arrived, Instant{Seconds{1763700000}});
  EXPECT_EQ(message.bytes, 99U);
  EXPECT_EQ(message.sender, "eve@else.test");
  EXPECT_EQ(message.recipients, std::vector<std::string>{"anna@shop.test"});
  EXPECT_EQ(listing.unreadable, 0U);
}

TEST(Postqueue, ReadsTheNullSender) {
  const HeldListing listing = parse_postqueue(
      R"({"queue_name":"hold","queue_id":"ABCDEF","arrival_time":1,"message_size":1,"sender":"MAILER-DAEMON"})");
  ASSERT_EQ(listing.messages.size(), 1U);
  EXPECT_EQ(listing.messages[0].sender, "");
}

TEST(Postqueue, CountsWhatItCannotRead) {
  const HeldListing listing = parse_postqueue(
      "not json\n[]\n{}\n\n" + entry("hold", "ALL") + entry("hold", "-dALL-X") +
      R"({"queue_name":"hold","queue_id":"ABCDEF","arrival_time":"x","message_size":1})"
      "\n" +
      entry("hold", "4fzXL83qRTz1xW"));
  EXPECT_EQ(listing.messages.size(), 1U);
  EXPECT_EQ(listing.unreadable, 5U);  // `{}` is of no queue.
}

TEST(Postqueue, KeepsAFewOfManyRecipients) {
  std::string many;
  for (int i = 0; i < 1000; ++i)
    many += (i == 0 ? "" : ",") + fmt::format(R"({{"address":"a{}@shop.test"}})", i);
  const HeldListing listing = parse_postqueue(fmt::format(
      R"({{"queue_name":"hold","queue_id":"ABCDEF","arrival_time":1,"message_size":1,"recipients":[{}]}})",
      many));
  ASSERT_EQ(listing.messages.size(), 1U);
  EXPECT_EQ(listing.messages[0].recipients.size(), limits::kHeldRecipients);
  EXPECT_EQ(listing.messages[0].recipient_count, 1000U);
}

TEST(QueueId, IsNoOptionAndNoWordOfPostsuper) {
  EXPECT_TRUE(is_queue_id("4fzXL83qRTz1xW"));
  EXPECT_TRUE(is_queue_id("1vMyZ0-000000001-0abc"));
  for (const char* text : {"", "ALL", "-", "-dALL", "a b c d", "../etc", "12345\n6", "x;rm -rf"})
    EXPECT_FALSE(is_queue_id(text)) << text;
}

}  // namespace
}  // namespace backstop::mta
