#include "core/coverage/networks.h"

#include <gtest/gtest.h>

namespace backstop::coverage {
namespace {

TEST(CoverageNetworks, ANetworkAroundAnAddressForgetsTheBitsBeyond) {
  const auto around = [](const char* text, unsigned bits) {
    return network_around(*IpAddress::parse(text), bits).text();
  };
  EXPECT_EQ(around("192.0.2.77", 24), "192.0.2.0/24");
  EXPECT_EQ(around("192.0.2.255", 25), "192.0.2.128/25");
  EXPECT_EQ(around("192.0.2.77", 99), "192.0.2.77/32");
  EXPECT_EQ(around("2001:db8:ffff:ffff:1::1", 50), "2001:db8:ffff:c000::/50");
  EXPECT_EQ(around("192.0.2.77", 0), "0.0.0.0/0");
  EXPECT_EQ(around("2001:db8::1", 0), "::/0");
}

TEST(CoverageNetworks, ANetworkHoldsThoseThatAreNoWider) {
  const auto is_held = [](const char* wide, const char* narrow) {
    return holds(*IpNetwork::parse(wide), *IpNetwork::parse(narrow));
  };
  EXPECT_TRUE(is_held("192.0.2.0/24", "192.0.2.128/25"));
  EXPECT_TRUE(is_held("192.0.2.0/24", "192.0.2.0/24"));
  EXPECT_FALSE(is_held("192.0.2.0/25", "192.0.2.0/24"));
  EXPECT_FALSE(is_held("192.0.2.0/25", "192.0.2.128"));
  EXPECT_FALSE(is_held("0.0.0.0/0", "2001:db8::/32"));
}

}  // namespace
}  // namespace backstop::coverage
