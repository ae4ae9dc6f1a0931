#include "core/proof/dkim_key.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "dkim_signer/dkim_signer.h"

namespace backstop::proof {
namespace {

using testing::DkimSigner;

TEST(DkimKey, ARecordOfEachAlgorithmIsRead) {
  for (const DkimSigner& signer : {DkimSigner::rsa(1024), DkimSigner::ed25519()}) {
    const auto key = parse_dkim_record(signer.record());
    ASSERT_TRUE(key.has_value()) << key.error().text();
    EXPECT_TRUE(key->same_as(signer.key()));
  }
  const std::string rsa = DkimSigner::rsa(1024).record();
  const std::string bare = rsa.substr(rsa.find("p="));
  EXPECT_TRUE(parse_dkim_record(bare).has_value()) << "v= and k= have defaults";
  EXPECT_TRUE(parse_dkim_record("h=sha1:sha256; t=y; s=email; n=note; " + bare).has_value());
}

TEST(DkimKey, RecordsWithoutAUsableKeySayWhy) {
  const std::string rsa = DkimSigner::rsa(1024).record();
  const std::string bare = rsa.substr(rsa.find("p="));
  EXPECT_EQ(parse_dkim_record("v=DKIM1; p=").error().code, Errc::NotFound);
  EXPECT_EQ(parse_dkim_record("v=DKIM2; " + bare).error().code, Errc::Invalid);
  EXPECT_EQ(parse_dkim_record(bare + "; v=DKIM1").error().code, Errc::Invalid);
  EXPECT_EQ(parse_dkim_record("h=sha1; " + bare).error().code, Errc::Unsupported);
  EXPECT_EQ(parse_dkim_record("k=dsa; " + bare).error().code, Errc::Unsupported);
  EXPECT_EQ(parse_dkim_record("k=ed25519; " + bare).error().code, Errc::Invalid);
  EXPECT_EQ(parse_dkim_record("p=_").error().code, Errc::Invalid);
  EXPECT_EQ(parse_dkim_record("v=spf1 -all").error().code, Errc::Invalid);
  EXPECT_EQ(parse_dkim_record("").error().code, Errc::Invalid);
  EXPECT_EQ(parse_dkim_record(DkimSigner::rsa(512).record()).error().code, Errc::Unsupported);
}

TEST(DkimKey, AKeyFileMayBePemOrARecordOrALineOfAZone) {
  const DkimSigner signer = DkimSigner::rsa(2048);
  const std::string record = signer.record();
  const std::string zone = "mail._domainkey\tIN\tTXT\t( \"" + record.substr(0, 30) + "\"\n\t  \"" +
                           record.substr(30) + "\" )  ; ----- DKIM key \"mail\" for example.com\n";
  for (const std::string& text : {signer.pem(true), signer.pem(false), record + "\n", zone}) {
    const auto key = parse_dkim_key_file(text);
    ASSERT_TRUE(key.has_value()) << key.error().text() << '\n' << text;
    EXPECT_TRUE(key->same_as(signer.key()));
  }
  EXPECT_FALSE(parse_dkim_key_file("").has_value());
  EXPECT_FALSE(parse_dkim_key_file("\"").has_value());
  EXPECT_FALSE(parse_dkim_key_file(std::string(limits::kDkimKeyBytes + 1, 'a')).has_value());
}

TEST(DkimKey, KeysAreFoundInAnyCaseAndASelectorMayHaveSeveral) {
  const DkimSigner one = DkimSigner::ed25519();
  const DkimSigner two = DkimSigner::ed25519();
  DkimKeys keys;
  EXPECT_TRUE(keys.add("Example.com", "S1", one.key()));
  EXPECT_TRUE(keys.add("example.com", "s1", one.key()));
  EXPECT_EQ(keys.size(), 1U) << "the same key once";
  EXPECT_TRUE(keys.add("example.com", "s1", two.key()));
  EXPECT_EQ(keys.find("EXAMPLE.com", "s1").size(), 2U);
  EXPECT_TRUE(keys.find("example.com", "s2").empty());
  EXPECT_TRUE(keys.find("example.org", "s1").empty());
  for (std::size_t i = 2; i < limits::kDkimKeysPerSelector; ++i)
    EXPECT_TRUE(keys.add("example.com", "s1", DkimSigner::ed25519().key()));
  EXPECT_FALSE(keys.add("example.com", "s1", DkimSigner::ed25519().key()));
  EXPECT_EQ(keys.names(), std::vector<std::string>{"s1._domainkey.example.com"});
}

}  // namespace
}  // namespace backstop::proof
