#include "core/mail/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace backstop::mail {
namespace {

struct PathCase {
  const char* name;
  std::string text;
  std::string local;
  std::string domain;
};

class AcceptedPath : public testing::TestWithParam<PathCase> {};

TEST_P(AcceptedPath, IsReadAsItsTwoParts) {
  const auto address = parse_path(GetParam().text);
  ASSERT_TRUE(address.has_value()) << address.error().text();
  EXPECT_EQ(address->local, GetParam().local);
  EXPECT_EQ(address->domain, GetParam().domain);
}

TEST_P(AcceptedPath, IsReadAgainFromItsOwnText) {
  const auto address = parse_path(GetParam().text);
  ASSERT_TRUE(address.has_value());
  const auto again = parse_path(address->text());
  ASSERT_TRUE(again.has_value()) << address->text();
  EXPECT_EQ(*again, *address);
}

INSTANTIATE_TEST_SUITE_P(
    Paths, AcceptedPath,
    testing::ValuesIn(std::vector<PathCase>{
        {"Empty", "", "", ""},
        {"NullSender", "<>", "", ""},
        {"NullSenderWithSpace", " < > ", "", ""},
        {"Bare", "anna@example.com", "anna", "example.com"},
        {"Bracketed", "<Anna@Example.COM>", "Anna", "Example.COM"},
        {"TrailingDot", "<anna@example.com.>", "anna", "example.com"},
        {"SourceRoute", "<@a.example,@b.example:anna@example.com>", "anna", "example.com"},
        {"Quoted", "<\"john smith\"@example.com>", "john smith", "example.com"},
        {"NeedlessQuotes", "\"anna\"@example.com", "anna", "example.com"},
        {"QuotedPair", "\"a\\\"b\\\\c\"@example.com", "a\"b\\c", "example.com"},
        {"QuotedPairOutsideQuotes", "john\\ smith@example.com", "john smith", "example.com"},
        {"QuotedAt", "\"a@b\"@example.com", "a@b", "example.com"},
        {"InnerFormWithSpace", "john smith@example.com", "john smith", "example.com"},
        {"InnerFormWithAt", "a@b@example.com", "a@b", "example.com"},
        {"QuotedBracket", "<\"a>b\"@example.com>", "a>b", "example.com"},
        {"QuotedColonIsNoRoute", "\"@x:y\"@example.com", "@x:y", "example.com"},
        {"PartlyQuoted", "a.\"b c\".d@example.com", "a.b c.d", "example.com"},
        {"EmptyQuotes", "\"\"@example.com", "", "example.com"},
        {"DoubledDots", "a..b.@example.com", "a..b.", "example.com"},
        {"Postmaster", "<Postmaster>", "Postmaster", ""},
        {"LiteralFour", "anna@[192.0.2.1]", "anna", "[192.0.2.1]"},
        {"LiteralSix", "<anna@[IPv6:2001:db8::1]>", "anna", "[IPv6:2001:db8::1]"},
        {"Utf8", "<jürgen@münchen.example>", "jürgen", "münchen.example"},
        {"Latin1Local", "j\xfcrgen@example.com", "j\xfcrgen", "example.com"},
        {"Verp", "list+anna=example.net@example.com", "list+anna=example.net", "example.com"},
    }),
    [](const auto& param) { return param.param.name; });

TEST(Path, IsRefusedWhenItIsNoPath) {
  for (const std::string text : {"<",
                                 ">",
                                 "<anna@example.com",
                                 "anna@example.com>",
                                 "<a><b>",
                                 "@example.com",
                                 "@a:",
                                 "anna@",
                                 "anna@.",
                                 "anna@.example.com",
                                 "\"anna@example.com",
                                 "anna@example.com\\",
                                 "\"\"",
                                 "anna@[192.0.2.1",
                                 "anna@[]",
                                 "anna@[a]b]",
                                 "anna@exa mple.com",
                                 "anna@a:b",
                                 "anna@a,b",
                                 "an\rna@example.com",
                                 "\"an\\\nna\"@example.com",
                                 "anna@exam\tple",
                                 "<anna@example.com> SIZE=1"}) {
    const auto address = parse_path(text);
    ASSERT_FALSE(address.has_value()) << text;
    EXPECT_EQ(address.error().code, Errc::Invalid) << text;
    EXPECT_FALSE(address.error().detail.empty()) << text;
  }
  EXPECT_FALSE(parse_path(std::string_view("a\0b@example.com", 15)).has_value());
}

TEST(Path, IsReadUpToItsLimitAndRefusedPastIt) {
  const std::string domain = "@example.com";
  const std::string longest(limits::kPathBytes - domain.size(), 'a');
  EXPECT_TRUE(parse_path(longest + domain).has_value());
  const auto beyond = parse_path("a" + longest + domain);
  ASSERT_FALSE(beyond.has_value());
  EXPECT_EQ(beyond.error().code, Errc::Limit);
}

TEST(AddressText, QuotesTheLocalPartOnlyWhenTheStandardAsksForIt) {
  EXPECT_EQ((Address{"anna.b", "example.com"}).text(), "anna.b@example.com");
  EXPECT_EQ((Address{"john smith", "example.com"}).text(), "\"john smith\"@example.com");
  EXPECT_EQ((Address{"a\"\\b", "example.com"}).text(), "\"a\\\"\\\\b\"@example.com");
  EXPECT_EQ((Address{"a..b", "example.com"}).text(), "\"a..b\"@example.com");
  EXPECT_EQ((Address{"", "example.com"}).text(), "\"\"@example.com");
  EXPECT_EQ((Address{"jürgen", "münchen.example"}).text(), "jürgen@münchen.example");
  EXPECT_EQ((Address{"postmaster", ""}).text(), "postmaster");
  EXPECT_EQ((Address{}).text(), "");
}

TEST(CanonicalDomain, IsTheSameForEverySpellingOfADomain) {
  EXPECT_EQ(canonical_domain("Example.COM."), "example.com");
  EXPECT_EQ(canonical_domain(""), "");
  for (const char* spelling :
       {"münchen.example", "MÜNCHEN.Example", "mu\xcc\x88nchen.example", "xn--mnchen-3ya.example",
        "XN--MNCHEN-3YA.EXAMPLE", "münchen。example", "münchen.example。"})
    EXPECT_EQ(canonical_domain(spelling), "xn--mnchen-3ya.example") << spelling;
  EXPECT_EQ(canonical_domain("_x.münchen.example"), "_x.xn--mnchen-3ya.example");
}

TEST(CanonicalDomain, KeepsTheSharpSApartFromDoubleS) {
  EXPECT_EQ(canonical_domain("straße.example"), "xn--strae-oqa.example");
  EXPECT_EQ(canonical_domain("strasse.example"), "strasse.example");
}

TEST(CanonicalDomain, KeepsWhatIdnaRefusesInLowerCase) {
  EXPECT_EQ(canonical_domain("A\xff.Example"), "a\xff.example");
  EXPECT_EQ(canonical_domain("R3---SN.example"), "r3---sn.example");
  EXPECT_EQ(canonical_domain("[IPv6:2001:DB8::1]"), "[ipv6:2001:db8::1]");
  const std::string long_label(80, 'A');
  EXPECT_EQ(canonical_domain(long_label + ".Ü"), std::string(80, 'a') + ".Ü");
  EXPECT_EQ(canonical_domain(std::string_view("Ü\0B", 4)), std::string_view("Ü\0b", 4));
}

TEST(Canonical, IsTheSameForEverySpellingOfAnAddress) {
  const auto spelling = [](std::string_view path) { return canonical(parse_path(path).value()); };
  EXPECT_EQ(spelling("<>"), "");
  EXPECT_EQ(spelling("<Postmaster>"), "postmaster@");
  EXPECT_EQ(spelling("<\"John Smith\"@Example.COM.>"), "john smith@example.com");
  EXPECT_EQ(spelling("<JOHN\\ SMITH@example.com>"), "john smith@example.com");
  for (const char* path : {"<jürgen@münchen.example>", "<JÜRGEN@XN--mnchen-3ya.example>",
                           "ju\xcc\x88rgen@MÜNCHEN.example", "\"Jürgen\"@mu\xcc\x88nchen.example."})
    EXPECT_EQ(spelling(path), "jürgen@xn--mnchen-3ya.example") << path;
  EXPECT_EQ(spelling("ΟΔΟΣ@example.com"), spelling("οδος@example.com"));
}

TEST(Canonical, KeepsAddressesApartThatDifferInMoreThanSpelling) {
  const auto spelling = [](std::string_view path) { return canonical(parse_path(path).value()); };
  EXPECT_NE(spelling("\"a@b\"@c"), spelling("a@b"));
  EXPECT_NE(spelling("\"a@b\""), spelling("a@b"));
  EXPECT_NE(spelling("strasse@example.com"), spelling("straße@example.com"));
  EXPECT_NE(spelling("a+b@example.com"), spelling("a@example.com"));
  EXPECT_NE(spelling("a.b@example.com"), spelling("ab@example.com"));
}

TEST(Canonical, IsTotalOnBytesThatAreNotUtf8) {
  EXPECT_EQ(canonical(Address{"J\xfcRGEN", "EXAMPLE.com"}), "j\xfcrgen@example.com");
}

TEST(Canonical, IsItsOwnCanonicalForm) {
  for (const char* path : {"İstanbul@example.com", "ΑΣ Σ@example.com", "\xe2\x84\xaa@example.com",
                           "A\xcc\x8a@ﬀ.example"}) {
    const std::string once = canonical(parse_path(path).value());
    const std::size_t at = once.rfind('@');
    EXPECT_EQ(canonical(Address{once.substr(0, at), once.substr(at + 1)}), once) << path;
  }
}

}  // namespace
}  // namespace backstop::mail
