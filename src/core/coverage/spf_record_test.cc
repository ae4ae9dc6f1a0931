#include "core/coverage/spf_record.h"

#include <gtest/gtest.h>

#include "core/base/coverage_limits.h"

namespace backstop::coverage {
namespace {

SpfTerm only_term(const std::string& term) {
  const SpfRecord record = parse_spf_record("v=spf1 " + term);
  EXPECT_EQ(record.fault, "") << term;
  return record.terms.size() == 1 ? record.terms.front() : SpfTerm{};
}

TEST(SpfRecord, IsKnownByItsVersionAlone) {
  EXPECT_TRUE(is_spf_record("v=spf1 -all"));
  EXPECT_TRUE(is_spf_record("V=SPF1"));
  for (const char* text : {"", "v=spf10 -all", "v=spf1-all", " v=spf1", "spf2.0/pra -all"})
    EXPECT_FALSE(is_spf_record(text)) << text;
}

TEST(SpfRecord, EachMechanismIsRead) {
  EXPECT_EQ(only_term("~all").qualifier, '~');
  EXPECT_EQ(only_term("include:_SPF.esp.Example").domain, "_spf.esp.example");
  EXPECT_EQ(only_term("a").domain, "");
  EXPECT_EQ(only_term("a/24").v4_bits, 24U);
  EXPECT_EQ(only_term("mx:mail.test/24//64").v6_bits, 64U);
  EXPECT_EQ(only_term("mx:mail.test/24//64").v4_bits, 24U);
  EXPECT_EQ(only_term("mx//64").v4_bits, 32U);
  EXPECT_EQ(only_term("ip4:192.0.2.7/24").network->text(), "192.0.2.0/24");
  EXPECT_EQ(only_term("ip4:192.0.2.7").network->text(), "192.0.2.7/32");
  EXPECT_EQ(only_term("ip6:2001:db8::7/32").network->text(), "2001:db8::/32");
  EXPECT_EQ(only_term("ip6:::ffff:192.0.2.7").network->text(), "192.0.2.7/32");
  EXPECT_EQ(only_term("exists:%{i}._spf.%{d}").domain, "%{i}._spf.%{d}");
  EXPECT_EQ(only_term("a:%{d1/}.test/24").v4_bits, 24U);
  EXPECT_EQ(only_term("?ptr:shop.test").text, "?ptr:shop.test");
  EXPECT_EQ(only_term("+mx").text, "mx");
}

TEST(SpfRecord, ModifiersAreNoTerms) {
  const SpfRecord record =
      parse_spf_record("v=spf1 mx exp=why.test redirect=_spf.test x-y.z=1 -all");
  EXPECT_EQ(record.redirect, "_spf.test");
  EXPECT_EQ(record.terms.size(), 2U);
  EXPECT_EQ(record.fault, "");
}

TEST(SpfRecord, WhatBreaksTheRecordIsToldWithItsWord) {
  for (const char* term : {"ip4:",
                           "ip4:192.0.2",
                           "ip4:2001:db8::1",
                           "ip4:192.0.2.0/33",
                           "ip4:192.0.2.0/",
                           "ip6:x",
                           "ip6:192.0.2.1",
                           "include",
                           "include:",
                           "exists",
                           "all:x",
                           "a:",
                           "a/33",
                           "mx/x",
                           "mx//129",
                           "a:x/1/2",
                           "ptr:",
                           "sends",
                           "mxx",
                           "redirect=",
                           "-",
                           "ip4:[192.0.2.1]"}) {
    EXPECT_NE(parse_spf_record(std::string("v=spf1 ") + term).fault, "") << term;
  }
  EXPECT_NE(parse_spf_record("v=spf1 redirect=a.test redirect=b.test").fault, "");
  EXPECT_NE(parse_spf_record("v=spf1 " + std::string(limits::kSpfRecordBytes, ' ')).fault, "");
  std::string many = "v=spf1";
  for (std::size_t i = 0; i <= limits::kSpfTerms; ++i)
    many += " mx";
  EXPECT_NE(parse_spf_record(many).fault, "");
}

TEST(SpfRecord, AFaultIsSafeToShow) {
  EXPECT_EQ(parse_spf_record("v=spf1 \x1b[31m").fault.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace backstop::coverage
