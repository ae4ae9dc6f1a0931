#include "core/proof/tag_dialect.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace backstop::proof {
namespace {

struct Sample {
  std::string_view local;
  TagDialect dialect;
  std::string_view tag;
  std::string_view user;
};

TEST(TagDialect, TakesTheTagOfEachDialectOff) {
  const std::vector<Sample> samples{
      {"prvs=0785f64625=alice", TagDialect::Prvs, "0785f64625", "alice"},
      {"PRVS=0785F64625=ALICE", TagDialect::Prvs, "0785F64625", "ALICE"},
      {"prvs=1234567890=user", TagDialect::Prvs, "1234567890", "user"},
      {"prvs=0785f64625=a=b", TagDialect::Prvs, "0785f64625", "a=b"},
      {"prvs=0785f64625=john smith", TagDialect::Prvs, "0785f64625", "john smith"},
      {"prvs=3187d4a0b=alice", TagDialect::Prvs, "3187d4a0b", "alice"},
      {"prvs=alice=0785f64625", TagDialect::UserFirst, "0785f64625", "alice"},
      {"prvs=joe=123ABCDEFG", TagDialect::UserFirst, "123ABCDEFG", "joe"},
      {"prvs=a=b=0785f64625", TagDialect::UserFirst, "0785f64625", "a=b"},
      {"alice+prvs=0785f64625", TagDialect::SubAddress, "0785f64625", "alice"},
      {"alice-prvs=0785f64625", TagDialect::SubAddress, "0785f64625", "alice"},
      {"alice+shop+PRVS=0785f64625", TagDialect::SubAddress, "0785f64625", "alice+shop"},
      {"btv1==068a4973b3a==alice", TagDialect::Btv1, "068a4973b3a", "alice"},
      {"BTV1==068a4973b3a==Alice.B", TagDialect::Btv1, "068a4973b3a", "Alice.B"},
      {"msprvs1=20676xgzi92p-=bounces-1898-1322", TagDialect::Msprvs1, "20676xgzi92p-",
       "bounces-1898-1322"},
      // Two tags: the outer one is taken off.
      {"prvs=0785f64625=prvs=1785f64625=alice", TagDialect::Prvs, "0785f64625",
       "prvs=1785f64625=alice"},
  };
  for (const Sample& sample : samples) {
    const mail::Address address{std::string(sample.local), "Example.com"};
    const TaggedAddress found = split_tag(address);
    EXPECT_EQ(found.dialect, sample.dialect) << sample.local;
    EXPECT_EQ(found.tag, sample.tag) << sample.local;
    EXPECT_EQ(found.plain, (mail::Address{std::string(sample.user), "Example.com"}))
        << sample.local;
  }
}

TEST(TagDialect, LeavesAddressesThatOnlyLookTagged) {
  for (const std::string_view local : {"",
                                       "alice",
                                       "prvs",
                                       "prvs=",
                                       "prvs==",
                                       "prvs=alice",
                                       "prvs=alice=bob",
                                       "prvs=0785f64625=",
                                       "prvs==0785f64625",
                                       "prvs=0785f64625",
                                       "alice+prvs=0785f6462",
                                       "alice+prvs=0785f64625a",
                                       "+prvs=0785f64625",
                                       "xprvs=0785f64625",
                                       "aliceprvs=0785f64625",
                                       "alice prvs=0785f64625",
                                       "btv1==alice",
                                       "btv1==068a4973b3a==",
                                       "btv1=068a4973b3a=alice",
                                       "btv1====alice",
                                       "msprvs1=x=alice",
                                       "msprvs1=20676xgzi92p",
                                       "a=b=c"}) {
    const mail::Address address{std::string(local), "example.com"};
    const TaggedAddress found = split_tag(address);
    EXPECT_EQ(found.dialect, TagDialect::None) << local;
    EXPECT_EQ(found.tag, "");
    EXPECT_EQ(found.plain, address);
  }
}

TEST(TagDialect, PutsATagBackThatTheServerKeptAsOriginalRecipient) {
  const mail::Address alice{"Alice Smith", "example.com"};
  EXPECT_EQ(restore_tag(alice, "X-BATV;0785F64625@Example.COM"),
            (mail::Address{"prvs=0785F64625=Alice Smith", "example.com"}));
  for (const std::string_view other :
       {"", "x-batv", "x-batv;", "x-batv;0785f64625", "x-batv;0785f64625@",
        "x-batv;0785f64625@example.net", "rfc822;0785f64625@example.com",
        "x-batv;0785f6462@example.com", "x-batv;0785f64625a@example.com",
        "x-batv;;0785f64625@example.com", "x-batv; 0785f64625@example.com",
        "x-batv;alice@example.com", ";0785f64625@example.com"})
    EXPECT_EQ(restore_tag(alice, other), std::nullopt) << other;
  EXPECT_EQ(restore_tag({}, "x-batv;0785f64625@"), std::nullopt);
}

TEST(TagDialect, KnowsSendersThatAnotherServiceRewrote) {
  for (const std::string_view local :
       {"SRS0=HHH=TT=example.net=bob", "srs0=HHH=TT=example.net=bob", "SRS1=H=example.org==H=T=n=b",
        "SRS0-HHH=TT=example.net=bob", "SRS0+HHH=TT=example.net=bob", "list+bob=example.net",
        "list-return-17-bob=mail.example.net"})
    EXPECT_TRUE(is_rewritten_sender(local)) << local;
  for (const std::string_view local : {"alice", "alice+shop", "a=b", "a=b.", "a=.b", "=example.net",
                                       "srs0", "srs0x", "srs01=x", "a=b c.d", ""})
    EXPECT_FALSE(is_rewritten_sender(local)) << local;
}

}  // namespace
}  // namespace backstop::proof
