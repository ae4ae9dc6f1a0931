#include "core/proof/dkim_signature.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/proof/dkim_key.h"
#include "dkim_signer/dkim_signer.h"

namespace backstop::proof {
namespace {

using testing::DkimSigner;
using testing::Fields;
using testing::raw_header;

const Fields kFields{{"Received", " by mx.example.com; Sat, 21 Nov 2026 03:00:00 +0000"},
                     {"From", " Alice <alice@example.com>"},
                     {"To", " bob@example.net"},
                     {"Subject", " a  header\r\n\twith a fold "},
                     {"Date", " Sat, 21 Nov 2026 03:00:00 +0000"},
                     {"Message-ID", " <1@example.com>"}};

bool verifies(const Fields& fields, const crypto::PublicKey& key) {
  const mail::RawHeader header = raw_header(fields);
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header.field(i).name != "DKIM-Signature") continue;
    const auto signature = parse_dkim_signature(header.field(i).raw);
    if (signature &&
        verify_dkim_text(*signature, DkimHeader(header).canonical_text(*signature, i), key))
      return true;
  }
  return false;
}

// RFC 8463 Appendix A.
const Fields kRfc8463{{"DKIM-Signature",
                       " v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
                       " d=football.example.com; i=@football.example.com;\r\n"
                       " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
                       " subject : date : message-id : from : subject : date;\r\n"
                       " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
                       " b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"
                       " Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="},
                      {"DKIM-Signature",
                       " v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
                       " d=football.example.com; i=@football.example.com;\r\n"
                       " q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n"
                       " date : message-id : from : subject : date;\r\n"
                       " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
                       " b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\r\n"
                       " DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\r\n"
                       " dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8="},
                      {"From", " Joe SixPack <joe@football.example.com>"},
                      {"To", " Suzie Q <suzie@shopping.example.net>"},
                      {"Subject", " Is dinner ready?"},
                      {"Date", " Fri, 11 Jul 2003 21:00:37 -0700 (PDT)"},
                      {"Message-ID", " <20030712040037.46341.5F8J@football.example.com>"}};
constexpr std::string_view kRfc8463Ed25519 =
    "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
constexpr std::string_view kRfc8463Rsa =
    "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3id"
    "Y6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3"
    "rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB";

TEST(DkimSignature, TheExampleOfRfc8463VerifiesWithBothItsKeys) {
  const auto ed25519 = parse_dkim_record(kRfc8463Ed25519);
  const auto rsa = parse_dkim_record(kRfc8463Rsa);
  ASSERT_TRUE(ed25519.has_value()) << ed25519.error().text();
  ASSERT_TRUE(rsa.has_value()) << rsa.error().text();
  EXPECT_TRUE(verifies(kRfc8463, *ed25519));
  EXPECT_TRUE(verifies(kRfc8463, *rsa));
  Fields changed = kRfc8463;
  changed[4].second = " Is dinner over?";
  EXPECT_FALSE(verifies(changed, *ed25519));
  EXPECT_FALSE(verifies(changed, *rsa));
}

class BothAlgorithms : public ::testing::TestWithParam<bool> {
 protected:
  DkimSigner signer_ = GetParam() ? DkimSigner::rsa(1024) : DkimSigner::ed25519();
  crypto::PublicKey key_ = signer_.key();
};
INSTANTIATE_TEST_SUITE_P(DkimSignature, BothAlgorithms, ::testing::Bool());

TEST_P(BothAlgorithms, ASignatureHoldsForItsHeaderAndForNoOther) {
  for (const char* canonicalization : {"relaxed/relaxed", "simple/simple", "simple", "relaxed"}) {
    const Fields fields =
        signer_.signed_fields(kFields, {.canonicalization = canonicalization, .time = 1});
    EXPECT_TRUE(verifies(fields, key_)) << canonicalization;
    for (const std::size_t changed : {2U, 3U, 4U, 5U, 6U}) {
      Fields other = fields;
      other[changed].second += "x";
      EXPECT_FALSE(verifies(other, key_)) << canonicalization << changed;
      other.erase(other.begin() + static_cast<std::ptrdiff_t>(changed));
      EXPECT_FALSE(verifies(other, key_)) << canonicalization << changed;
    }
    Fields unsigned_field = fields;
    unsigned_field[1].second += "x";
    EXPECT_TRUE(verifies(unsigned_field, key_)) << "Received is not signed";
    Fields timed = fields;
    timed[0].second.replace(timed[0].second.find("t=1"), 3, "t=2");
    EXPECT_FALSE(verifies(timed, key_)) << "the signature signs its own tags";
  }
}

TEST_P(BothAlgorithms, RelaxedSurvivesWhatServersDoToHeadersAndSimpleDoesNot) {
  for (const bool relaxed : {true, false}) {
    const Fields fields = signer_.signed_fields(
        kFields, {.canonicalization = relaxed ? "relaxed/simple" : "simple/simple"});
    Fields unfolded = fields;
    unfolded[4].second = " a  header \twith a fold";
    EXPECT_EQ(verifies(unfolded, key_), relaxed);
    Fields lower = fields;
    lower[2].first = "from";
    EXPECT_EQ(verifies(lower, key_), relaxed);
    Fields line_ends = fields;
    line_ends[4].second = " a  header\n\twith a fold ";
    EXPECT_TRUE(verifies(line_ends, key_)) << "a line end is a line end";
    line_ends[4].second = " a  header\r\r\n\twith a fold ";
    EXPECT_TRUE(verifies(line_ends, key_));
  }
}

TEST_P(BothAlgorithms, AFieldMoreThanWasSignedBreaksAnOversignedHeaderOnly) {
  const Fields oversigned = signer_.signed_fields(kFields, {.names = "from:subject:from"});
  const Fields plain = signer_.signed_fields(kFields, {.names = "from:subject"});
  for (const bool is_oversigned : {true, false}) {
    Fields fields = is_oversigned ? oversigned : plain;
    fields.insert(fields.begin(), {"From", " mallory@example.org"});
    EXPECT_EQ(verifies(fields, key_), !is_oversigned) << "fields are taken from the bottom up";
    fields = is_oversigned ? oversigned : plain;
    fields.emplace_back("From", " mallory@example.org");
    EXPECT_FALSE(verifies(fields, key_));
  }
}

TEST_P(BothAlgorithms, AnotherSignatureMayBeSignedAndItsOwnFieldNever) {
  const Fields first = signer_.signed_fields(kFields, {.selector = "first"});
  const Fields fields =
      signer_.signed_fields(first, {.names = "from:dkim-signature:dkim-signature"});
  EXPECT_TRUE(verifies(fields, key_));
  Fields without{fields};
  without.erase(without.begin() + 1);
  EXPECT_FALSE(verifies(without, key_));
}

TEST_P(BothAlgorithms, AKeyOfAnotherAlgorithmSignedNothing) {
  const auto other = GetParam() ? DkimSigner::ed25519() : DkimSigner::rsa(1024);
  EXPECT_FALSE(verifies(signer_.signed_fields(kFields, {}), other.key()));
}

std::string tags(std::string_view name, std::string_view value) {
  std::vector<std::pair<std::string, std::string>> all{
      {"v", "1"},    {"a", "rsa-sha256"}, {"d", "Example.COM"}, {"s", "S1"},
      {"h", "From"}, {"bh", "AAAA"},      {"b", "AA AA"}};
  bool replaced = false;
  std::string out;
  for (auto& [n, v] : all) {
    if (n == name) {
      replaced = true;
      if (value == "-") continue;
      v = value;
    }
    out += n + "=" + v + "; ";
  }
  if (!replaced) out += std::string(name) + "=" + std::string(value);
  return out;
}

TEST(DkimSignature, WhatItSaysIsReadInAnyCaseAndOverFolds) {
  const auto read = parse_dkim_signature(tags("h", "From :\r\n\t To:Subject").c_str());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->domain, "example.com");
  EXPECT_EQ(read->selector, "s1");
  EXPECT_TRUE(read->simple) << "the default of c=";
  EXPECT_EQ(read->signed_names, (std::vector<std::string>{"from", "to", "subject"}));
  EXPECT_EQ(read->value, (std::vector<std::uint8_t>{0, 0, 0}));
  EXPECT_FALSE(read->signed_at.has_value());
  EXPECT_EQ(parse_dkim_signature(tags("t", "1528637909"))->signed_at, Instant(Seconds(1528637909)));
}

TEST(DkimSignature, WhatTheStandardHasIgnoredIsNoSignature) {
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"v", "-"},
                                                        {"v", "2"},
                                                        {"a", "-"},
                                                        {"a", "rsa-sha1"},
                                                        {"a", "dsa"},
                                                        {"d", "-"},
                                                        {"d", ""},
                                                        {"d", "a b..c"},
                                                        {"d", ".example.com"},
                                                        {"s", "-"},
                                                        {"s", "a/b"},
                                                        {"s", std::string(300, 'a')},
                                                        {"h", "-"},
                                                        {"h", ""},
                                                        {"h", "to:subject"},
                                                        {"h", "from::to"},
                                                        {"h", ":from"},
                                                        {"bh", "-"},
                                                        {"bh", "!"},
                                                        {"b", "-"},
                                                        {"b", ""},
                                                        {"b", "A"},
                                                        {"b", "A_=="},
                                                        {"c", "strict"},
                                                        {"c", "relaxed/x"},
                                                        {"q", "http"},
                                                        {"t", "soon"},
                                                        {"t", "-1"},
                                                        {"t", "1234567890123"},
                                                        {"i", "alice"},
                                                        {"i", "alice@example.org"},
                                                        {"i", "alice@notexample.com"}})
    EXPECT_FALSE(parse_dkim_signature(tags(name, value)).has_value()) << name << '=' << value;
  EXPECT_TRUE(parse_dkim_signature(tags("i", "alice@mail.example.com")).has_value());
  EXPECT_TRUE(parse_dkim_signature(tags("q", "x:dns/txt")).has_value());
  EXPECT_FALSE(parse_dkim_signature(tags("v", "1") + "; v=1").has_value()) << "a tag twice";
  EXPECT_FALSE(parse_dkim_signature(tags("x1", "1") + "; junk").has_value());
  EXPECT_FALSE(parse_dkim_signature("").has_value());
}

TEST(DkimSignature, ATimeUntilWhichOthersShallBelieveItIsNotLookedAt) {
  EXPECT_TRUE(parse_dkim_signature(tags("x", "1")).has_value());
  EXPECT_TRUE(parse_dkim_signature(tags("l", "0")).has_value());
}

TEST(DkimSignature, TenThousandNamesAreAnAnswerAndCostLittle) {
  std::string names = "from";
  for (int i = 0; i < 10'000; ++i)
    names += ":x";
  EXPECT_FALSE(parse_dkim_signature(tags("h", names)).has_value());
  std::string most = "from";
  for (std::size_t i = 1; i < limits::kDkimSignedNames; ++i)
    most += ":subject";
  const DkimSigner signer = DkimSigner::ed25519();
  Fields fields = kFields;
  for (int i = 0; i < 900; ++i)
    fields.emplace_back("Subject", " s");
  EXPECT_TRUE(verifies(signer.signed_fields(fields, {.names = most}), signer.key()));
}

TEST(DkimSignature, TheTimeIsThatOfTheTagElseOfTheSignedDate) {
  const DkimSigner signer = DkimSigner::ed25519();
  const auto time_of = [&](const DkimSigner::Options& options) {
    const mail::RawHeader header = raw_header(signer.signed_fields(kFields, options));
    return DkimHeader(header).time_of(*parse_dkim_signature(header.field(0).raw), 0);
  };
  EXPECT_EQ(time_of({.time = 42}), Instant(Seconds(42)));
  EXPECT_EQ(time_of({}), parse_instant("2026-11-21T03:00:00Z").value());
  EXPECT_EQ(time_of({.names = "from"}), std::nullopt);
}

}  // namespace
}  // namespace backstop::proof
