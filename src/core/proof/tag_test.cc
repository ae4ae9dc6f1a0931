#include "core/proof/tag.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "core/base/ascii.h"
#include "core/base/limits.h"

namespace backstop::proof {
namespace {

using std::chrono::hours;

constexpr Seconds kLifetime = kDefaultLifetime;
// Day 20778 since 1970.
const Instant kNoon = parse_instant("2026-11-21T12:00:00Z").value();
const Instant kDay = parse_instant("2026-11-21").value();
const mail::Address kAnna{"anna", "example.com"};

// Different for each id.
crypto::Secret secret_of(KeyId id) {
  std::vector<std::uint8_t> bytes(kSecretBytes);
  std::iota(bytes.begin(), bytes.end(), static_cast<std::uint8_t>(32U * id));
  bytes.back() = static_cast<std::uint8_t>(bytes.back() ^ (id >> 3));
  return crypto::Secret(bytes);
}

std::shared_ptr<const Key> key_of(KeyInfo info) {
  return std::make_shared<const Key>(info, secret_of(info.id));
}

KeyRing ring_of(std::vector<KeyInfo> infos) {
  std::vector<std::shared_ptr<const Key>> keys;
  for (const KeyInfo& info : infos)
    keys.push_back(key_of(info));
  return KeyRing(secret_of(0), std::move(keys));
}

KeyInfo emitting_key(KeyId id = 1) {
  return {id, KeyState::Emitting, kNoon - Days{1}, kNoon + hours{1}};
}

// A ring with one emitting key.
class Tag : public testing::Test {
 protected:
  mail::Address sign(const mail::Address& sender, Instant at = kNoon, TagForm form = {}) const {
    return sign_tag(sender, *ring_.emitting(), at, kLifetime, form);
  }
  TagCheck check(const mail::Address& recipient, Instant now = kNoon) const {
    return check_tag(recipient, ring_, now, kLifetime);
  }

  const KeyRing ring_ = ring_of({emitting_key()});
};

// Computed with Python's hmac and hashlib from draft-levine-smtp-batv-01's definition, under the
// secret jimnjz2jmoabghxpjwk63aokp5kqtyyui52khujuyufaewwtrqda.
TEST_F(Tag, IsMadeBitForBitAsTheDraftSays) {
  EXPECT_EQ(sign(kAnna).text(), "prvs=1799d94d41=anna@example.com");
  EXPECT_EQ(sign({"anna smith", "example.com"}).text(),
            "\"prvs=1799289d46=anna smith\"@example.com");
  const auto bytes = ring_.emitting()->tag_secret().bytes();
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()),
            "jimnjz2jmoabghxpjwk63aokp5kqtyyui52khujuyufaewwtrqda");
}

TEST_F(Tag, TakesASecretThatOtherImplementationsCanHold) {
  const auto bytes = ring_.emitting()->tag_secret().bytes();
  EXPECT_LE(bytes.size(), 64U);
  for (const std::uint8_t byte : bytes)
    EXPECT_TRUE(ascii::is_alnum(static_cast<char>(byte)));
  // Of another key another one, and not the key itself.
  const auto other = key_of(emitting_key(2));
  const auto other_bytes = other->tag_secret().bytes();
  EXPECT_NE(std::vector(bytes.begin(), bytes.end()),
            std::vector(other_bytes.begin(), other_bytes.end()));
}

TEST_F(Tag, SignsTheLowerCaseAddressAndKeepsItsSpelling) {
  EXPECT_EQ(sign({"Anna", "Example.COM"}).text(), "prvs=1799d94d41=Anna@Example.COM");
}

TEST_F(Tag, MayStandBehindTheDelimiterOfASubAddress) {
  EXPECT_EQ(sign(kAnna, kNoon, {TagStyle::SubAddress, '+'}).text(),
            "anna+prvs=1799d94d41@example.com");
  EXPECT_EQ(sign(kAnna, kNoon, {TagStyle::SubAddress, '-'}).text(),
            "anna-prvs=1799d94d41@example.com");
  const TagCheck found = check(sign(kAnna, kNoon, {TagStyle::SubAddress, '-'}));
  EXPECT_EQ(found.result, ProofResult::Valid);
  EXPECT_EQ(found.dialect, TagDialect::SubAddress);
  EXPECT_EQ(found.plain, kAnna);
}

TEST_F(Tag, IsTheSameAllDayOfSubmissionAndAnotherOnTheNext) {
  EXPECT_EQ(sign(kAnna, kDay), sign(kAnna, kDay + hours{24} - Seconds{1}));
  EXPECT_NE(sign(kAnna, kDay), sign(kAnna, kDay + hours{24}));
}

TEST_F(Tag, IsValidFromItsDayToTheEndOfItsLifetimeAndLateAfterwards) {
  const mail::Address tagged = sign(kAnna);
  for (int day = 0; day <= 21; ++day) {
    const TagCheck found = check(tagged, kNoon + Days{day});
    EXPECT_EQ(found.result, ProofResult::Valid) << day;
    EXPECT_EQ(found.key, 1);
    EXPECT_EQ(found.submitted, kDay);
    EXPECT_EQ(found.dialect, TagDialect::Prvs);
    EXPECT_EQ(found.plain, kAnna);
    EXPECT_TRUE(found.authentic());
  }
  for (int day = 22; day < 900; ++day) {
    const TagCheck found = check(tagged, kNoon + Days{day});
    EXPECT_EQ(found.result, ProofResult::Late) << day;
    EXPECT_EQ(found.submitted, kDay);
    EXPECT_TRUE(found.authentic());
  }
}

TEST_F(Tag, OfAHostWhoseClockIsADayAheadIsValid) {
  EXPECT_EQ(check(sign(kAnna, kNoon + Days{1})).result, ProofResult::Valid);
  EXPECT_EQ(check(sign(kAnna, kNoon + Days{2})).result, ProofResult::Late);
}

// Day 21000, 2027-07-01, has the number 000: what was sent before it must stay what it is.
TEST_F(Tag, CrossesTheDayOnWhichTheNumbersBeginAnew) {
  const Instant before = parse_instant("2027-06-25T10:00:00Z").value();
  const mail::Address tagged = sign(kAnna, before);
  EXPECT_EQ(tagged.text().substr(6, 3), "015");
  for (int day = 0; day <= 21; ++day)
    EXPECT_EQ(check(tagged, before + Days{day}).result, ProofResult::Valid) << day;
  EXPECT_EQ(check(tagged, before + Days{22}).result, ProofResult::Late);
  const mail::Address old = sign(kAnna, before - Days{30});
  for (int day = 0; day <= 30; ++day)
    EXPECT_EQ(check(old, before + Days{day}).result, ProofResult::Late) << day;
}

TEST_F(Tag, IsJudgedRightForEveryPairOfDays) {
  // Lifetime 21 days: the tag of day S names S + 21; on day N it is valid if that is no further
  // ahead than 21 days and one for the clock.
  std::vector<mail::Address> tagged;
  for (int day = 0; day < 1000; ++day)
    tagged.push_back(sign(kAnna, Instant{Days{20000 + day}}));
  for (int submitted = 0; submitted < 1000; ++submitted) {
    for (int today = 0; today < 1000; ++today) {
      const int ahead = (submitted + 21 - today + 2000) % 1000;
      const Instant now{Days{21000 + today} + hours{12}};
      const TagCheck found = check(tagged[static_cast<std::size_t>(submitted)], now);
      ASSERT_EQ(found.result, ahead <= 22 ? ProofResult::Valid : ProofResult::Late)
          << submitted << " " << today;
      // The day it names is the nearest that fits.
      const auto days = std::chrono::floor<Days>(found.submitted - Instant{}).count();
      ASSERT_EQ((days - submitted) % 1000, 0);
      ASSERT_LE(days, 21000 + today + 1);
      ASSERT_GT(days, 21000 + today + 1 - 1000);
    }
  }
}

TEST_F(Tag, MadeWhereLifetimesAreLongerMayBeYoung) {
  const auto judged = [&](Days lifetime, Days age) {
    return check(sign_tag(kAnna, *ring_.emitting(), kNoon, lifetime, {}), kNoon + age);
  };
  EXPECT_FALSE(judged(Days{21}, Days{0}).may_be_young);
  EXPECT_EQ(judged(kLongestLifetime, Days{0}).result, ProofResult::Late);
  EXPECT_TRUE(judged(kLongestLifetime, Days{0}).may_be_young);
  EXPECT_TRUE(judged(Days{30}, Days{5}).may_be_young);
  EXPECT_FALSE(judged(Days{21}, Days{30}).may_be_young) << "it is over by any lifetime";
}

TEST_F(Tag, OfAKeyOlderThanAThousandDaysIsOldWhereItMayBeEither) {
  KeyInfo info = emitting_key();
  info.created = kNoon - Days{2000};
  const KeyRing ring = ring_of({info});
  const mail::Address tagged = sign_tag(kAnna, *ring.emitting(), kNoon, kLongestLifetime, {});
  EXPECT_FALSE(check_tag(tagged, ring, kNoon, kLifetime).may_be_young);
}

TEST_F(Tag, OfAnyBytesIsAnAnswerAndNeverAProof) {
  const std::string good = sign(kAnna).local;
  std::size_t proofs = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (unsigned byte = 0; byte < 256; ++byte) {
      std::string local = good;
      local[at] = static_cast<char>(byte);
      if (ascii::lower(local) == ascii::lower(good)) continue;
      proofs += check({local, "example.com"}).authentic() ? 1 : 0;
    }
    EXPECT_FALSE(check({good.substr(0, at), "example.com"}).authentic()) << at;
  }
  EXPECT_EQ(proofs, 0U);
  EXPECT_FALSE(check({"prvs=" + std::string(100'000, '1') + "=anna", "example.com"}).authentic());
}

TEST_F(Tag, SurvivesChangesOfCase) {
  for (const TagStyle style : {TagStyle::Prvs, TagStyle::SubAddress}) {
    const mail::Address tagged = sign({"Anna.Smith", "Example.com"}, kNoon, {style, '+'});
    std::string upper = tagged.local;
    for (char& c : upper)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    EXPECT_EQ(check({upper, "EXAMPLE.COM"}).result, ProofResult::Valid);
    EXPECT_EQ(check({ascii::lower(tagged.local), "example.com"}).result, ProofResult::Valid);
  }
}

// By Exim, for one: it signs an address as it is written.
TEST_F(Tag, MadeOverAnAddressAsWrittenIsValidToo) {
  EXPECT_EQ(check({"prvs=1799061936=Anna", "Example.COM"}).result, ProofResult::Valid);
  EXPECT_EQ(check({"prvs=1799061936=anna", "example.com"}).result, ProofResult::Invalid)
      << "folding such a one loses it";
}

TEST_F(Tag, IsOneForAllSpellingsOfADomain) {
  const mail::Address umlaut = sign({"anna",
                                     "b\xc3\xbc"
                                     "cher.example"});
  EXPECT_EQ(check({umlaut.local, "xn--bcher-kva.example"}).result, ProofResult::Valid);
  EXPECT_EQ(check({umlaut.local, "example.com"}).result, ProofResult::Invalid);
}

TEST_F(Tag, WithAWrongMacIsInvalid) {
  const mail::Address tagged = sign(kAnna);
  for (std::size_t i = 6; i < 15; ++i) {
    mail::Address altered = tagged;
    altered.local[i] = altered.local[i] == '0' ? '1' : '0';
    const TagCheck found = check(altered);
    EXPECT_EQ(found.result, ProofResult::Invalid) << altered.local;
    EXPECT_FALSE(found.authentic());
    EXPECT_EQ(found.plain, kAnna) << "the tag is known for one all the same";
  }
  EXPECT_EQ(check({"prvs=1799d94d41=bert", "example.com"}).result, ProofResult::Invalid);
  EXPECT_EQ(check({"prvs=1799d94d41=anna", "example.net"}).result, ProofResult::Invalid);
}

TEST_F(Tag, OfAKeyNobodyKnowsIsAbsent) {
  EXPECT_EQ(check({"prvs=2799d94d41=anna", "example.com"}).result, ProofResult::Absent);
  EXPECT_EQ(check_tag(sign(kAnna), ring_of({}), kNoon, kLifetime).result, ProofResult::Absent);
}

TEST_F(Tag, OfAnotherSystemIsAbsentAndTakenOffAllTheSame) {
  for (const std::string_view local :
       {"btv1==068a4973b3a==anna", "msprvs1=20676xgzi92p=anna", "prvs=3187d4a0b=anna"}) {
    const TagCheck found = check({std::string(local), "example.com"});
    EXPECT_EQ(found.result, ProofResult::Absent) << local;
    EXPECT_NE(found.dialect, TagDialect::None);
    EXPECT_EQ(found.plain, kAnna);
    EXPECT_FALSE(unsign_tag({std::string(local), "example.com"}, ring_)) << local;
  }
}

TEST_F(Tag, IsNotLookedForWhereThereIsNone) {
  for (const mail::Address& address :
       {mail::Address{}, kAnna, mail::Address{"prvs=1799d94d41=anna", ""}}) {
    EXPECT_EQ(check(address).result, ProofResult::Absent);
    EXPECT_FALSE(unsign_tag(address, ring_));
  }
}

TEST_F(Tag, IsTakenOffAtAnyAge) {
  const mail::Address tagged = sign(kAnna);
  EXPECT_EQ(unsign_tag(tagged, ring_), kAnna);
  EXPECT_EQ(unsign_tag(sign(kAnna, kNoon - Days{700}), ring_), kAnna);
  EXPECT_FALSE(unsign_tag({"prvs=1799d94d40=anna", "example.com"}, ring_));
}

TEST_F(Tag, OfAKeyWhoseTimeIsOverIsLate) {
  KeyInfo retired{1, KeyState::Retired, kNoon - Days{60}, kNoon};
  const KeyRing ring = ring_of({retired, emitting_key(2)});
  const mail::Address tagged = sign(kAnna);
  EXPECT_EQ(check_tag(tagged, ring, kNoon + Days{20}, kLifetime).result, ProofResult::Valid);
  // A thousand days on the number would fit again, were it not for the key.
  const TagCheck found = check_tag(tagged, ring, kNoon + Days{1000}, kLifetime);
  EXPECT_EQ(found.result, ProofResult::Late);
}

TEST_F(Tag, OfOneOfSeveralKeysWithItsDigitIsFound) {
  const KeyRing ring = ring_of({{1, KeyState::Waiting, kNoon - Days{90}, kNoon - Days{1}},
                                {11, KeyState::Waiting, kNoon - Days{50}, kNoon},
                                {12, KeyState::Waiting, kNoon, {}},
                                emitting_key(21)});
  EXPECT_EQ(check_tag(sign(kAnna), ring, kNoon, kLifetime).key, 1);
  for (const KeyId id : {KeyId{11}, KeyId{21}}) {
    const mail::Address tagged = sign_tag(kAnna, *ring.find(id), kNoon, kLifetime, {});
    EXPECT_EQ(tagged.local[5], '1');
    const TagCheck found = check_tag(tagged, ring, kNoon, kLifetime);
    EXPECT_EQ(found.result, ProofResult::Valid);
    EXPECT_EQ(found.key, id);
  }
}

TEST_F(Tag, IsHeldAgainstTheNewestKeysOfItsDigitOnly) {
  std::vector<KeyInfo> infos;
  for (std::size_t i = 0; i <= limits::kTagKeys; ++i)
    infos.push_back({static_cast<KeyId>(10 * i + 1), KeyState::Waiting, kNoon, kNoon});
  const KeyRing ring = ring_of(infos);
  const auto result = [&](KeyId id) {
    return check_tag(sign_tag(kAnna, *ring.find(id), kNoon, kLifetime, {}), ring, kNoon, kLifetime)
        .result;
  };
  EXPECT_EQ(result(1), ProofResult::Invalid);
  EXPECT_EQ(result(11), ProofResult::Valid);
}

TEST_F(Tag, IsNotMadeWhereItDoesNotFitOrOneStandsAlready) {
  const auto obstacle = [](std::string_view path) {
    return find_tag_obstacle(mail::parse_path(path).value());
  };
  EXPECT_EQ(obstacle("<>"), TagObstacle::NoAddress);
  EXPECT_EQ(obstacle("postmaster"), TagObstacle::NoAddress);
  EXPECT_EQ(obstacle("prvs=0785f64625=anna@example.com"), TagObstacle::Tagged);
  EXPECT_EQ(obstacle("btv1==068a4973b3a==anna@example.com"), TagObstacle::Tagged);
  EXPECT_EQ(obstacle("anna+prvs=0785f64625@example.com"), TagObstacle::Tagged);
  EXPECT_EQ(obstacle("prvs=anna@example.com"), TagObstacle::Tagged) << "the mark alone";
  EXPECT_EQ(obstacle("SRS0=HHH=TT=example.net=bob@example.com"), TagObstacle::Rewritten);
  EXPECT_EQ(obstacle("list+bob=example.net@example.com"), TagObstacle::Rewritten);
  EXPECT_EQ(obstacle(std::string(48, 'a') + "@example.com"), TagObstacle::None);
  EXPECT_EQ(obstacle(std::string(49, 'a') + "@example.com"), TagObstacle::TooLong);
  EXPECT_EQ(obstacle("\"" + std::string(45, 'a') + " \"@example.com"), TagObstacle::None);
  EXPECT_EQ(obstacle("\"" + std::string(46, 'a') + " \"@example.com"), TagObstacle::TooLong)
      << "the quotes count";
  EXPECT_EQ(obstacle("anna@example.com"), TagObstacle::None);
}

TEST_F(Tag, NeverMakesALocalPartLongerThanItMayBe) {
  for (const TagStyle style : {TagStyle::Prvs, TagStyle::SubAddress}) {
    for (const std::string& local : {std::string(48, 'a'), std::string(45, 'a') + " "}) {
      const mail::Address tagged = sign({local, "example.com"}, kNoon, {style, '+'});
      EXPECT_LE(tagged.text().size(), kLocalPartOctets + std::string_view("@example.com").size());
      EXPECT_EQ(check(tagged).plain.local, local);
    }
  }
}

TEST_F(Tag, CountsPartOfADayOfLifetimeAsAWholeOne) {
  const mail::Address tagged = sign_tag(kAnna, *ring_.emitting(), kNoon, hours{36}, {});
  EXPECT_EQ(tagged.text().substr(6, 3), "780");
  EXPECT_EQ(check_tag(tagged, ring_, kNoon + Days{2}, hours{36}).result, ProofResult::Valid);
  EXPECT_EQ(check_tag(tagged, ring_, kNoon + Days{3}, hours{36}).result, ProofResult::Late);
}

}  // namespace
}  // namespace backstop::proof
