#include "core/proof/wrong_tags.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace backstop::proof {
namespace {

using std::chrono::minutes;

const Instant kNow = parse_instant("2026-11-21T12:00:00Z").value();

IpAddress ip(std::string_view text) {
  return IpAddress::parse(text).value();
}

TEST(WrongTags, AreCountedByNetwork) {
  WrongTags tags;
  tags.add(ip("192.0.2.1"), kNow);
  tags.add(ip("192.0.2.200"), kNow);
  tags.add(ip("2001:db8:0:1::1"), kNow);
  tags.add(ip("2001:db8:0:1:ffff::1"), kNow);
  tags.add(ip("2001:db8:0:1::2"), kNow);
  EXPECT_EQ(tags.count(ip("192.0.2.77"), kNow), 2U);
  EXPECT_EQ(tags.count(ip("192.0.3.1"), kNow), 0U);
  EXPECT_EQ(tags.count(ip("2001:db8:0:1::77"), kNow), 3U);
  EXPECT_EQ(tags.count(ip("2001:db8:0:2::1"), kNow), 0U);
}

TEST(WrongTags, MakeANetworkASearchingOnePastTheLimit) {
  WrongTags tags;
  for (std::size_t i = 0; i < limits::kWrongTagsPerHour; ++i) {
    EXPECT_FALSE(is_searching(tags.count(ip("192.0.2.1"), kNow)));
    tags.add(ip("192.0.2.1"), kNow);
  }
  EXPECT_TRUE(is_searching(tags.count(ip("192.0.2.1"), kNow)));
}

TEST(WrongTags, AreForgottenAfterAnHourOrTwo) {
  WrongTags tags;
  tags.add(ip("192.0.2.1"), kNow);
  EXPECT_EQ(tags.count(ip("192.0.2.1"), kNow + minutes{59}), 1U);
  tags.add(ip("198.51.100.1"), kNow + minutes{61});
  EXPECT_EQ(tags.count(ip("192.0.2.1"), kNow + minutes{61}), 1U);
  EXPECT_EQ(tags.count(ip("192.0.2.1"), kNow + minutes{182}), 0U);
  tags.add(ip("198.51.100.1"), kNow + minutes{182});
  EXPECT_EQ(tags.count(ip("192.0.2.1"), kNow + minutes{182}), 0U);
  EXPECT_EQ(tags.count(ip("198.51.100.1"), kNow + minutes{182}), 1U);
}

TEST(WrongTags, BeginAnewWhenTheClockIsSetBack) {
  WrongTags tags;
  tags.add(ip("192.0.2.1"), kNow);
  EXPECT_EQ(tags.count(ip("192.0.2.1"), kNow - minutes{1}), 0U);
  tags.add(ip("192.0.2.1"), kNow - minutes{1});
  EXPECT_EQ(tags.count(ip("192.0.2.1"), kNow), 1U);
}

TEST(WrongTags, OfManyNetworksForgetTheOldestFirst) {
  WrongTags tags;
  const auto network = [](std::size_t i) {
    return ip(fmt::format("2001:db8:{:x}:{:x}::1", i >> 16, i & 0xffff));
  };
  for (std::size_t i = 0; i <= limits::kWrongTagNetworks; ++i)
    tags.add(network(i), kNow);
  EXPECT_EQ(tags.count(network(0), kNow), 0U);
  EXPECT_EQ(tags.count(network(limits::kWrongTagNetworks - 1), kNow), 1U);
}

}  // namespace
}  // namespace backstop::proof
