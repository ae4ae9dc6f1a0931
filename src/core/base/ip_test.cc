#include "core/base/ip.h"

#include <gtest/gtest.h>

namespace backstop {
namespace {

TEST(Ip, ReadsTheFormsMailUses) {
  EXPECT_EQ(IpAddress::parse("192.0.2.1")->text(), "192.0.2.1");
  EXPECT_EQ(IpAddress::parse("[192.0.2.1]")->text(), "192.0.2.1");
  EXPECT_EQ(IpAddress::parse("IPv6:2001:DB8::1")->text(), "2001:db8::1");
  EXPECT_EQ(IpAddress::parse("[IPv6:2001:db8::1]")->text(), "2001:db8::1");
  EXPECT_EQ(IpAddress::parse("::ffff:192.0.2.1"), IpAddress::parse("192.0.2.1"));
  for (const char* text :
       {"", "192.0.2", "192.0.2.256", "fe80::1%eth0", "example.com", "[", "[]"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
}

TEST(Ip, NetworksContainTheirHostsOnly) {
  const auto v4 = *IpNetwork::parse("192.0.2.128/25");
  EXPECT_TRUE(v4.contains(*IpAddress::parse("192.0.2.200")));
  EXPECT_FALSE(v4.contains(*IpAddress::parse("192.0.2.127")));
  EXPECT_FALSE(v4.contains(*IpAddress::parse("2001:db8::1")));
  EXPECT_TRUE(IpNetwork::parse("2001:db8::/33")->contains(*IpAddress::parse("2001:db8:7fff::1")));
  EXPECT_FALSE(IpNetwork::parse("2001:db8::/33")->contains(*IpAddress::parse("2001:db8:8000::1")));
  EXPECT_TRUE(IpNetwork::parse("0.0.0.0/0")->contains(*IpAddress::parse("203.0.113.9")));
  EXPECT_EQ(IpNetwork::parse("127.0.1.5")->text(), "127.0.1.5/32");
}

TEST(Ip, NetworksWithHostBitsAreMistakesNotSilence) {
  EXPECT_FALSE(IpNetwork::parse("192.0.2.1/24"));
  EXPECT_FALSE(IpNetwork::parse("192.0.2.0/33"));
  EXPECT_FALSE(IpNetwork::parse("192.0.2.0/"));
  EXPECT_FALSE(IpNetwork::parse("192.0.2.0/2x"));
}

TEST(Ip, PrivateAndLocalNetworksAreNotOfTheOpenInternet) {
  for (const char* text : {"10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.7.7", "127.0.0.1",
                           "169.254.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
                           "::", "::1", "fe80::1", "fd00::1", "ff02::1"}) {
    EXPECT_FALSE(is_global(*IpAddress::parse(text))) << text;
  }
  for (const char* text : {"8.8.8.8", "172.15.0.1", "172.32.0.1", "192.169.0.1", "100.128.0.1",
                           "203.0.113.9", "2001:db8::1", "2a00:1450::1", "223.255.255.255"}) {
    EXPECT_TRUE(is_global(*IpAddress::parse(text))) << text;
  }
}

}  // namespace
}  // namespace backstop
