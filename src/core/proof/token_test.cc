#include "core/proof/token.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <numeric>
#include <sstream>

#include "core/base/ascii.h"
#include "core/base/base32.h"
#include "core/base/limits.h"

namespace backstop::proof {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Seconds kLifetime = kDefaultLifetime;
constexpr Nonce kNonce{1, 2, 3, 4, 5};
const Instant kIssued = parse_instant("2026-11-21T03:23:34Z").value();
const mail::Address kAnna{"anna", "example.com"};

crypto::Secret secret_from(std::uint8_t first) {
  std::vector<std::uint8_t> bytes(kSecretBytes);
  std::iota(bytes.begin(), bytes.end(), first);
  return crypto::Secret(bytes);
}

std::shared_ptr<const Key> key_of(KeyInfo info) {
  return std::make_shared<const Key>(info, secret_from(static_cast<std::uint8_t>(32 * info.id)));
}

KeyRing ring_of(std::vector<KeyInfo> infos, std::vector<KeyId> deleted = {}) {
  std::vector<std::shared_ptr<const Key>> keys;
  for (const KeyInfo& info : infos)
    keys.push_back(key_of(info));
  return KeyRing(secret_from(0), std::move(keys), std::move(deleted));
}

KeyInfo emitting_key(KeyId id = 1) {
  return {id, KeyState::Emitting, kIssued - Days{1}, kIssued + hours{1}};
}

// A ring with one emitting key, and a token it made for anna@example.com.
class Token : public testing::Test {
 protected:
  TokenCheck verify(std::string_view text, Instant now = kIssued + hours{1}) const {
    return verify_token(text, {kAnna}, ring_, now, kLifetime);
  }

  const KeyRing ring_ = ring_of({emitting_key()});
  const std::string token_ = sign_token(kAnna, ring_, *ring_.emitting(), kIssued, kNonce);
};

TEST_F(Token, FitsOneHeaderLineInLowerCaseBase32) {
  EXPECT_EQ(token_.size(), kTokenCharacters);
  EXPECT_LE(kTokenField.size() + 2 + token_.size(), 76U);
  EXPECT_EQ(token_, ascii::lower(token_));
  EXPECT_TRUE(decode_base32(token_).has_value());
}

TEST_F(Token, IsValidFromItsIssueToTheEndOfItsLifetimeAndLateAfterwards) {
  for (const Seconds age :
       {Seconds{0}, Seconds{1}, Seconds{Days{5}}, Seconds{Days{20}}, kLifetime}) {
    const auto check = verify(token_, kIssued + age);
    EXPECT_EQ(check.result, ProofResult::Valid) << age.count();
    EXPECT_EQ(check.key, 1);
    EXPECT_EQ(check.issued, kIssued);
    EXPECT_EQ(check.nonce, kNonce);
    EXPECT_TRUE(check.addressee_matches);
    EXPECT_FALSE(check.clock_skew);
  }
  for (const Seconds age : {kLifetime + Seconds{1}, Seconds{Days{100}}, Seconds{Days{3650}}}) {
    const auto check = verify(token_, kIssued + age);
    EXPECT_EQ(check.result, ProofResult::Late) << age.count();
    EXPECT_EQ(check.issued, kIssued);
    EXPECT_EQ(check.nonce, kNonce);
    EXPECT_TRUE(check.addressee_matches);
  }
}

TEST_F(Token, HoldsAcrossTheWholeRangeOfIssueTimesAndLifetimes) {
  const std::vector<Instant> issue_times = {Instant{}, Instant{Seconds{0x7fff'ffff}},
                                            Instant{Seconds{0x8000'0000LL}},
                                            Instant{Seconds{0xffff'ffffLL}}};
  for (const Instant issued : issue_times)
    for (const Seconds lifetime : {Seconds{1}, Seconds{Days{1}}, Seconds{Days{36500}}}) {
      const auto token = sign_token(kAnna, ring_, *ring_.emitting(), issued, kNonce);
      const auto at = [&](Instant now) {
        return verify_token(token, {kAnna}, ring_, now, lifetime).result;
      };
      EXPECT_EQ(at(issued), ProofResult::Valid);
      EXPECT_EQ(at(issued + lifetime), ProofResult::Valid);
      EXPECT_EQ(at(issued + lifetime + Seconds{1}), ProofResult::Late);
    }
}

TEST_F(Token, IsNeverValidWithAnyBitFlipped) {
  const auto bytes = decode_base32(token_).value();
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto flipped = bytes;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(0x80U >> bit % 8);
    // The first five bytes are the ring's word; without it the token is nobody's.
    EXPECT_EQ(verify(encode_base32(flipped)).result,
              bit < 40 ? ProofResult::Absent : ProofResult::Invalid)
        << bit;
  }
}

TEST_F(Token, SurvivesCaseFoldingAndFoldedHeaderLines) {
  std::string upper = token_;
  std::ranges::transform(upper, upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  std::string mixed = token_;
  for (std::size_t i = 0; i < mixed.size(); i += 2)
    mixed[i] = upper[i];
  const std::string folded = token_.substr(0, 20) + "\r\n\t" + token_.substr(20);
  for (const std::string& text :
       {upper, mixed, folded, " " + token_ + "\r\n", "\n " + folded + " ", token_ + "\t \n"})
    EXPECT_EQ(verify(text).result, ProofResult::Valid) << text;
}

TEST_F(Token, IsAbsentWhenItIsCutOrLongerOrNoBase32) {
  for (std::size_t length = 0; length < token_.size(); ++length)
    EXPECT_EQ(verify(token_.substr(0, length)).result, ProofResult::Absent) << length;
  EXPECT_EQ(verify(token_ + "a").result, ProofResult::Absent);
  EXPECT_EQ(verify(token_ + token_).result, ProofResult::Absent);
  EXPECT_EQ(verify(token_ + ";").result, ProofResult::Absent);
  EXPECT_EQ(verify(token_.substr(0, 55) + "1").result, ProofResult::Absent);
  EXPECT_EQ(verify(token_.substr(0, 55) + "\xc3").result, ProofResult::Absent);
  EXPECT_EQ(verify(std::string(limits::kTokenTextBytes, ' ') + token_).result, ProofResult::Absent);
}

TEST_F(Token, IsAbsentWhenAnotherRingMadeItEvenWithTheSameKeyId) {
  std::vector<std::shared_ptr<const Key>> keys{
      std::make_shared<const Key>(emitting_key(), secret_from(77))};
  const KeyRing other(secret_from(99), std::move(keys));
  const auto foreign = sign_token(kAnna, other, *other.emitting(), kIssued, kNonce);
  EXPECT_EQ(verify(foreign).result, ProofResult::Absent);
}

TEST_F(Token, IsInvalidWhenTheRingCheckHoldsAndTheMacDoesNot) {
  const auto bytes = decode_base32(token_).value();
  auto made_up = std::vector<std::uint8_t>(bytes.size(), 0x5a);
  std::copy_n(bytes.begin(), 5, made_up.begin());
  EXPECT_EQ(verify(encode_base32(made_up)).result, ProofResult::Invalid);
}

TEST_F(Token, OfAKeyUnknownHereIsUnavailableAndOfADeletedKeyAbsent) {
  const auto seen_by = [&](const KeyRing& ring) {
    return verify_token(token_, {kAnna}, ring, kIssued, kLifetime);
  };
  const auto unknown = seen_by(ring_of({emitting_key(2)}));
  EXPECT_EQ(unknown.result, ProofResult::Unavailable);
  EXPECT_EQ(unknown.key, 1);
  EXPECT_EQ(seen_by(ring_of({})).result, ProofResult::Unavailable);
  EXPECT_EQ(seen_by(ring_of({emitting_key(2)}, {1})).result, ProofResult::Absent);
}

TEST_F(Token, OfALaterVersionIsUnavailableWhateverItsLength) {
  const crypto::HmacSha256 check_mac(secret_from(0));
  const std::string label("backstop token ring\0", 20);
  std::vector<std::uint8_t> text(label.begin(), label.end());
  text.insert(text.end(), {0x20, 0x01});
  const auto mac = check_mac.compute(text);
  std::vector<std::uint8_t> later{0x20, 0x01, mac[0], mac[1], mac[2]};
  for (const std::size_t size : {5U, 35U, 100U}) {
    later.resize(size);
    EXPECT_EQ(verify(encode_base32(later)).result, ProofResult::Unavailable) << size;
  }
  later[4] ^= 1;
  EXPECT_EQ(verify(encode_base32(later)).result, ProofResult::Absent);
}

TEST_F(Token, AnsweredToAnotherAddressIsValidAndSaysSo) {
  const auto matches = [&](const std::vector<mail::Address>& addressees) {
    const auto check = verify_token(token_, addressees, ring_, kIssued, kLifetime);
    EXPECT_EQ(check.result, ProofResult::Valid);
    return check.addressee_matches;
  };
  EXPECT_FALSE(matches({}));
  EXPECT_FALSE(matches({{"office", "example.com"}}));
  EXPECT_FALSE(matches({{"anna", "example.net"}}));
  EXPECT_FALSE(matches({mail::Address{}}));
  EXPECT_TRUE(matches({{"office", "example.com"}, {"ANNA", "Example.COM"}}));
}

TEST_F(Token, MatchesEverySpellingOfItsSender) {
  struct Case {
    const char* signed_as;
    const char* answered_to;
  };
  for (const Case& c : std::vector<Case>{
           {"<>", "<>"},
           {"<postmaster>", "<POSTMASTER>"},
           {"<\"John Smith\"@example.com>", "<john\\ smith@EXAMPLE.com>"},
           {"<jürgen@münchen.example>", "<JÜRGEN@xn--mnchen-3ya.example>"},
           {"<jürgen@xn--mnchen-3ya.example>", "<ju\xcc\x88rgen@mu\xcc\x88nchen.example.>"},
           {"<anna@[192.0.2.1]>", "<Anna@[192.0.2.1]>"}}) {
    const auto sender = mail::parse_path(c.signed_as).value();
    const auto token = sign_token(sender, ring_, *ring_.emitting(), kIssued, kNonce);
    const auto check =
        verify_token(token, {mail::parse_path(c.answered_to).value()}, ring_, kIssued, kLifetime);
    EXPECT_EQ(check.result, ProofResult::Valid) << c.signed_as;
    EXPECT_TRUE(check.addressee_matches) << c.signed_as << " " << c.answered_to;
  }
}

TEST_F(Token, FromAClockAheadIsAcceptedForTwentyFiveHoursWithAnAlarm) {
  const auto ahead = [&](Seconds seconds) { return verify(token_, kIssued - seconds); };
  EXPECT_FALSE(ahead(minutes{1}).clock_skew);
  EXPECT_EQ(ahead(minutes{1}).result, ProofResult::Valid);
  EXPECT_TRUE(ahead(minutes{1} + Seconds{1}).clock_skew);
  EXPECT_EQ(ahead(hours{25}).result, ProofResult::Valid);
  EXPECT_TRUE(ahead(hours{25}).clock_skew);
  EXPECT_EQ(ahead(hours{25} + Seconds{1}).result, ProofResult::Unavailable);
  EXPECT_TRUE(ahead(hours{25} + Seconds{1}).clock_skew);
}

TEST_F(Token, IsJudgedByItsKeysLastEmissionWhateverTheState) {
  for (const KeyState state : {KeyState::Waiting, KeyState::Retired}) {
    // Its last signature was a day before this token claims to be issued: the key was stolen, or
    // the file is an old copy.
    const Instant last = kIssued - Days{2};
    const KeyRing ring = ring_of({{1, state, kIssued - Days{300}, last}});
    const auto at = [&](Instant now) {
      return verify_token(token_, {kAnna}, ring, now, kLifetime).result;
    };
    EXPECT_EQ(at(last + kLifetime + Days{1}), ProofResult::Valid);
    EXPECT_EQ(at(last + kLifetime + Days{1} + Seconds{1}), ProofResult::Late);
  }
}

TEST_F(Token, MadeJustBeforeARotationStaysValidForItsLifetime) {
  const KeyRing rotated =
      ring_of({{1, KeyState::Waiting, kIssued - Days{400}, kIssued}, emitting_key(2)});
  EXPECT_EQ(verify_token(token_, {kAnna}, rotated, kIssued + kLifetime, kLifetime).result,
            ProofResult::Valid);
}

TEST_F(Token, AmongSeveralTheBestOneCounts) {
  const auto best = [&](std::vector<std::string> candidates) {
    return verify_tokens(candidates, {kAnna}, ring_, kIssued + kLifetime, kLifetime);
  };
  const auto elsewhere =
      sign_token({"office", "example.com"}, ring_, *ring_.emitting(), kIssued, kNonce);
  const auto late = sign_token(kAnna, ring_, *ring_.emitting(), kIssued - Days{1}, kNonce);
  const KeyRing wider = ring_of({emitting_key(2)});
  const auto unknown = sign_token(kAnna, wider, *wider.emitting(), kIssued, kNonce);
  std::string invalid = token_;
  invalid.back() = invalid.back() == 'a' ? 'b' : 'a';

  EXPECT_EQ(best({}).result, ProofResult::Absent);
  EXPECT_EQ(best({"junk", invalid}).result, ProofResult::Invalid);
  EXPECT_EQ(best({invalid, unknown, "junk"}).result, ProofResult::Unavailable);
  EXPECT_EQ(best({late, unknown, invalid}).result, ProofResult::Late);
  EXPECT_EQ(best({invalid, late, elsewhere}).result, ProofResult::Valid);
  EXPECT_FALSE(best({late, elsewhere}).addressee_matches);
  EXPECT_TRUE(best({elsewhere, token_}).addressee_matches);
}

TEST_F(Token, IsLookedForAmongTheFirstEightCandidatesOnly) {
  std::vector<std::string> candidates(limits::kTokenCandidates - 1, "junk");
  candidates.push_back(token_);
  EXPECT_EQ(verify_tokens(candidates, {kAnna}, ring_, kIssued, kLifetime).result,
            ProofResult::Valid);
  candidates.insert(candidates.begin(), "junk");
  EXPECT_EQ(verify_tokens(candidates, {kAnna}, ring_, kIssued, kLifetime).result,
            ProofResult::Absent);
}

TEST_F(Token, DiffersForEveryNonceTimeSenderAndKey) {
  const KeyRing two = ring_of({emitting_key(), {2, KeyState::Waiting, kIssued, std::nullopt}});
  const auto other = [&](const mail::Address& sender, KeyId key, Instant issued, Nonce nonce) {
    return sign_token(sender, two, *two.find(key), issued, nonce);
  };
  EXPECT_EQ(other(kAnna, 1, kIssued, kNonce), token_);
  EXPECT_NE(other({"anne", "example.com"}, 1, kIssued, kNonce), token_);
  EXPECT_NE(other(kAnna, 2, kIssued, kNonce), token_);
  EXPECT_NE(other(kAnna, 1, kIssued + Seconds{1}, kNonce), token_);
  EXPECT_NE(other(kAnna, 1, kIssued, {1, 2, 3, 4, 6}), token_);
}

TEST_F(Token, CannotBeSignedOutsideTheYearsItCanSay) {
  const auto sign = [&](Instant issued) {
    return sign_token(kAnna, ring_, *ring_.emitting(), issued, kNonce);
  };
  EXPECT_DEATH(sign(Instant{Seconds{-1}}), "seconds");
  EXPECT_DEATH(sign(Instant{Seconds{0x1'0000'0000LL}}), "seconds");
}

// The figures of the worked example: "| name | `value` |".
std::map<std::string, std::string> read_worked_example() {
  std::ifstream document("docs/formats/token.md");
  std::map<std::string, std::string> figures;
  bool in_example = false;
  for (std::string line; std::getline(document, line);) {
    if (line.starts_with("## ")) in_example = line == "## A worked example";
    const std::size_t bar = line.find(" | `");
    if (!in_example || !line.starts_with("| ") || bar == std::string::npos) continue;
    const std::size_t value = bar + 4;
    figures[line.substr(2, bar - 2)] = line.substr(value, line.rfind('`') - value);
  }
  return figures;
}

TEST(TokenFormat, GivesTheFiguresOfItsWorkedExample) {
  auto figures = read_worked_example();
  ASSERT_EQ(figures.size(), 13U) << "run from the root of the source tree";
  const KeyId id = static_cast<KeyId>(std::stoi(figures["key id"]));
  const Instant issued = parse_instant(figures["issue time"]).value();
  std::vector<std::shared_ptr<const Key>> keys{
      std::make_shared<const Key>(KeyInfo{id, KeyState::Emitting, issued, issued},
                                  crypto::Secret(decode_hex(figures["key"]).value()))};
  const KeyRing ring(crypto::Secret(decode_hex(figures["ring secret"]).value()), std::move(keys));
  const auto sender = mail::parse_path(figures["envelope sender"]).value();
  EXPECT_EQ(mail::canonical(sender), figures["canonical sender"]);
  Nonce nonce{};
  std::ranges::copy(decode_hex(figures["nonce"]).value(), nonce.begin());

  const std::string token = sign_token(sender, ring, *ring.emitting(), issued, nonce);
  EXPECT_EQ(token, figures["token"]);
  EXPECT_EQ(encode_hex(decode_base32(token).value()), figures["bytes 0–1"] + figures["ring check"] +
                                                          figures["bytes 5–8"] + figures["nonce"] +
                                                          figures["sender hash"] + figures["MAC"]);
  const auto check = verify_token(token, {sender}, ring, issued, kLifetime);
  EXPECT_EQ(check.result, ProofResult::Valid);
  EXPECT_TRUE(check.addressee_matches);
}

}  // namespace
}  // namespace backstop::proof
