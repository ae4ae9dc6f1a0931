#include "core/proof/dkim_check.h"

#include <gtest/gtest.h>

#include <set>

#include "core/base/limits.h"
#include "dkim_signer/dkim_signer.h"

namespace backstop::proof {
namespace {

using testing::DkimSigner;
using testing::Fields;
using testing::raw_header;

const Instant kNow = parse_instant("2026-11-21T12:00:00Z").value();
constexpr Seconds kLifetime = Days(21);

class DkimCheckTest : public ::testing::Test {
 protected:
  DkimCheckTest() { keys_.add("example.com", "s1", signer_.key()); }

  DkimCheck check(const Fields& fields) {
    header_ = raw_header(fields);
    return DkimCheck(
        header_, [](std::string_view domain) { return domain == "example.com"; }, keys_, kNow,
        kLifetime);
  }
  ProofResult result(const DkimSigner::Options& options) {
    return check(signer_.signed_fields(fields_, options)).result().result;
  }
  static std::int64_t ago(Seconds span) { return (kNow - span).time_since_epoch().count(); }

  DkimSigner signer_ = DkimSigner::ed25519();
  DkimKeys keys_;
  mail::RawHeader header_;
  Fields fields_{{"From", " alice@example.com"},
                 {"Date", " Sat, 21 Nov 2026 03:00:00 +0000"},
                 {"Subject", " x"}};
};

TEST_F(DkimCheckTest, ASignatureOfOursInDateIsValid) {
  auto checked = check(signer_.signed_fields(fields_, {.time = ago(Days(1))}));
  EXPECT_EQ(checked.result().result, ProofResult::Valid);
  EXPECT_EQ(checked.result().signed_at, kNow - Days(1));
  EXPECT_EQ(checked.result().key, (DkimKeyName{"example.com", "s1"}));
  EXPECT_FALSE(checked.result().value.empty());
  EXPECT_EQ(checked.question(), std::nullopt);
}

TEST_F(DkimCheckTest, AnOldSignatureIsNoMasterKeyForEver) {
  EXPECT_EQ(result({.time = ago(kLifetime)}), ProofResult::Late);
  EXPECT_EQ(result({.time = ago(kLifetime - Seconds(1))}), ProofResult::Valid);
  EXPECT_EQ(result({.time = ago(Days(100))}), ProofResult::Late);
  EXPECT_EQ(result({.time = ago(Days(100) + Seconds(1))}), ProofResult::Absent);
}

TEST_F(DkimCheckTest, WithoutATimeTheSignedDateSpeaksAndWithoutThatItIsLate) {
  EXPECT_EQ(result({.names = "from:date"}), ProofResult::Valid);
  EXPECT_EQ(result({.names = "from:subject"}), ProofResult::Late);
  fields_[1].second = " Thu, 1 Oct 2026 03:00:00 +0000";
  EXPECT_EQ(result({.names = "from:date"}), ProofResult::Late);
  fields_[1].second = " some day";
  EXPECT_EQ(result({.names = "from:date"}), ProofResult::Late);
}

TEST_F(DkimCheckTest, ASignatureFromBeyondTheSkewOfClocksIsNotInDate) {
  EXPECT_EQ(result({.time = ago(-std::chrono::hours(25))}), ProofResult::Valid);
  EXPECT_EQ(result({.time = ago(-std::chrono::hours(26))}), ProofResult::Late);
}

TEST_F(DkimCheckTest, AChangedOrCutHeaderIsAbsent) {
  const Fields fields = signer_.signed_fields(fields_, {});
  for (std::size_t kept = 0; kept < 3; ++kept) {
    const Fields cut(fields.begin(), fields.begin() + static_cast<std::ptrdiff_t>(kept));
    EXPECT_EQ(check(cut).result().result, ProofResult::Absent);
  }
  Fields changed = fields;
  changed[3].second = " y";
  EXPECT_EQ(check(changed).result().result, ProofResult::Absent);
}

// Every byte at every place of a signature, and its end at every place: an answer, and no proof.
TEST_F(DkimCheckTest, AMalformedSignatureIsNoProofAndHarmsNothing) {
  const Fields good = signer_.signed_fields(fields_, {.time = ago(Days(1))});
  const std::string& value = good[0].second;
  std::size_t proofs = 0;
  for (std::size_t at = 0; at < value.size(); at += 3) {
    for (unsigned byte = 0; byte < 256; byte += 5) {
      Fields fields = good;
      fields[0].second[at] = static_cast<char>(byte);
      const bool same = fields[0].second == value;
      proofs += !same && check(fields).result().result == ProofResult::Valid ? 1 : 0;
    }
    Fields cut = good;
    cut[0].second.resize(at);
    // Of the last three characters only the padding of base64 is missing.
    const bool is_cut = at + 3 < value.size();
    EXPECT_TRUE(!is_cut || check(cut).result().result == ProofResult::Absent) << at;
  }
  // White space and case that mean nothing to the signature may change.
  EXPECT_LT(proofs, 20U);
}

TEST_F(DkimCheckTest, ASignatureOfAnyLengthUnderKeysOfAnySizeIsAnAnswer) {
  for (const unsigned bits : {1024U, 2048U})
    keys_.add("example.com", "rsa", DkimSigner::rsa(bits).key());
  for (const char* algorithm : {"rsa-sha256", "ed25519-sha256"}) {
    for (const std::size_t length :
         {0U, 1U, 4U, 85U, 86U, 88U, 171U, 172U, 344U, 1368U, 100'000U}) {
      Fields fields = fields_;
      fields.insert(
          fields.begin(),
          {"DKIM-Signature", std::string(" v=1; a=") + algorithm +
                                 "; c=relaxed/relaxed; d=example.com; s=rsa; h=from; bh=AAAA; b=" +
                                 std::string(length, 'A')});
      EXPECT_EQ(check(fields).result().result, ProofResult::Absent) << algorithm << length;
    }
  }
}

TEST_F(DkimCheckTest, ASignatureOfAnotherDomainIsNobodys) {
  keys_.add("example.org", "s1", signer_.key());
  auto checked = check(signer_.signed_fields(fields_, {.domain = "example.org"}));
  EXPECT_EQ(checked.result().result, ProofResult::Absent);
  EXPECT_EQ(checked.question(), std::nullopt);
}

TEST_F(DkimCheckTest, AnyOfSeveralCandidatesProvesAndAValidOneBeatsALateOne) {
  Fields fields = signer_.signed_fields(fields_, {.names = "from:subject"});
  EXPECT_EQ(check(fields).result().result, ProofResult::Late);
  fields = signer_.signed_fields(fields, {.names = "from", .time = ago(Days(1))});
  EXPECT_EQ(check(fields).result().result, ProofResult::Valid);
  std::swap(fields[0], fields[1]);
  EXPECT_EQ(check(fields).result().result, ProofResult::Valid);
}

TEST_F(DkimCheckTest, AtMostEightSignaturesAreHeldAgainstKeys) {
  const Fields good = signer_.signed_fields(fields_, {.names = "from", .time = ago(Days(1))});
  Fields bad = good;
  bad[0].second.replace(bad[0].second.find("t="), 2, "t=1");
  for (const bool fits : {true, false}) {
    Fields fields(fits ? limits::kDkimCandidates - 1 : limits::kDkimCandidates, bad[0]);
    fields.insert(fields.end(), good.begin(), good.end());
    EXPECT_EQ(check(fields).result().result, fits ? ProofResult::Valid : ProofResult::Absent);
  }
}

TEST_F(DkimCheckTest, AnUnknownSelectorIsAskedForAndItsAnswerDecides) {
  const DkimSigner other = DkimSigner::rsa(1024);
  const Fields fields = other.signed_fields(fields_, {.selector = "New"});
  auto found = check(fields);
  EXPECT_EQ(found.result().result, ProofResult::Absent);
  ASSERT_EQ(found.question(), (DkimKeyName{"example.com", "new"}));
  found.on_answer(DkimKeyAnswer{{signer_.key(), other.key()}});
  EXPECT_EQ(found.result().result, ProofResult::Valid);
  EXPECT_EQ(found.question(), std::nullopt);

  auto missing = check(fields);
  missing.on_answer(DkimKeyAnswer{});
  EXPECT_EQ(missing.result().result, ProofResult::Absent);
  EXPECT_EQ(missing.question(), std::nullopt);

  auto away = check(fields);
  away.on_answer(fail(Errc::Unavailable, "", "time-out"));
  EXPECT_EQ(away.result().result, ProofResult::Unavailable);
  EXPECT_EQ(away.question(), std::nullopt);
}

TEST_F(DkimCheckTest, NothingIsAskedWhereAKeyAtHandProves) {
  Fields fields = signer_.signed_fields(fields_, {.names = "from", .time = ago(Days(1))});
  fields.insert(fields.begin(),
                {"DKIM-Signature", DkimSigner::ed25519().sign(fields_, {.selector = "new"})});
  auto checked = check(fields);
  EXPECT_EQ(checked.result().result, ProofResult::Valid);
  EXPECT_EQ(checked.question(), std::nullopt);
}

TEST_F(DkimCheckTest, OneSelectorIsAskedForOnceAndFewOfAMessage) {
  const DkimSigner other = DkimSigner::ed25519();
  Fields fields = fields_;
  for (int i = 0; i < 3; ++i) {
    for (int twice = 0; twice < 2; ++twice)
      fields.insert(
          fields.begin(),
          {"DKIM-Signature", other.sign(fields_, {.selector = "junk" + std::to_string(i)})});
  }
  auto checked = check(fields);
  std::set<std::string> asked;
  while (const auto question = checked.question()) {
    EXPECT_TRUE(asked.insert(question->selector).second);
    checked.on_answer(DkimKeyAnswer{});
  }
  EXPECT_EQ(asked.size(), limits::kDkimQuestionsPerMessage);
  EXPECT_EQ(checked.result().result, ProofResult::Absent);
}

}  // namespace
}  // namespace backstop::proof
