#include "core/proof/token.h"

#include <algorithm>
#include <span>

#include "core/base/ascii.h"
#include "core/base/assert.h"
#include "core/base/base32.h"
#include "core/base/limits.h"

namespace backstop::proof {
namespace {

// The bytes of docs/formats/token.md.
constexpr std::size_t kRingCheckAt = 2;
constexpr std::size_t kIssuedAt = 5;
constexpr std::size_t kNonceAt = 9;
constexpr std::size_t kSenderAt = 14;
constexpr std::size_t kMacAt = 19;
constexpr std::size_t kTokenBytes = 35;
// Version, key id and ring check: these characters mean the same in every version.
constexpr std::size_t kCommonCharacters = kIssuedAt * 8 / 5;

// Each with the zero byte that ends it.
constexpr std::string_view kSenderLabel{"backstop token sender\0", 22};
constexpr std::string_view kMacLabel{"backstop token mac\0", 19};

// A clock that is ahead by less than this is no news.
constexpr Seconds kSkewUnnoticed{60};

using Bytes = std::span<const std::uint8_t>;

Bytes bytes_of(std::string_view text) {
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

crypto::Sha256Mac mac_of(const crypto::HmacSha256& mac, std::string_view label, Bytes message) {
  return mac.compute(bytes_of(label), message);
}

crypto::Sha256Mac sender_mac(const Key& key, const mail::Address& sender) {
  return mac_of(key.mac(), kSenderLabel, bytes_of(mail::canonical(sender)));
}

// The value without white space and folds; nothing when it is longer than any token.
std::optional<std::string> characters_of(std::string_view text) {
  if (text.size() > limits::kTokenTextBytes) return std::nullopt;
  std::string characters;
  characters.reserve(kTokenCharacters);
  for (const char c : text)
    if (!ascii::is_space(c)) characters.push_back(c);
  return characters;
}

std::uint32_t issued_of(Bytes token) {
  std::uint32_t issued = 0;
  for (std::size_t i = kIssuedAt; i < kNonceAt; ++i)
    issued = (issued << 8) | token[i];
  return issued;
}

bool is_addressee(const Key& key, Bytes sender_hash, const std::vector<mail::Address>& addressees) {
  const std::size_t count = std::min(addressees.size(), limits::kTokenAddressees);
  for (std::size_t i = 0; i < count; ++i) {
    const auto mac = sender_mac(key, addressees[i]);
    if (crypto::constant_time_equal(sender_hash, Bytes(mac).first(sender_hash.size()))) return true;
  }
  return false;
}

// The part of the judgement that holds for every version: which key, if it is of this ring at all.
TokenCheck check_ring(Bytes common, const KeyRing& ring) {
  const RingCheck check = ring.ring_check(common[0], common[1]);
  const Bytes found = common.subspan(kRingCheckAt, kIssuedAt - kRingCheckAt);
  if (!crypto::constant_time_equal(found, check)) return {};
  TokenCheck result;
  result.key = static_cast<KeyId>((common[0] & 0x0fU) << 8 | common[1]);
  result.result = ring.is_deleted(result.key) ? ProofResult::Absent : ProofResult::Unavailable;
  return result;
}

// When it was issued decides between Valid, Late and Invalid.
// REQUIRES: the MAC of the token is right.
void judge_time(const Key& key, Instant now, Seconds lifetime, TokenCheck& check) {
  check.clock_skew = check.issued > now + kSkewUnnoticed;
  if (check.issued > now + kClockSkewMax) {
    // Authentic, so one of our own clocks is wrong, and it may be this one: nobody's fault but
    // ours.
    check.result = ProofResult::Unavailable;
    return;
  }
  const auto verifies_until = key.info().verifies_until(lifetime);
  const bool key_is_over = verifies_until && now > *verifies_until;
  const bool is_old = now > check.issued + lifetime;
  check.result = key_is_over || is_old ? ProofResult::Late : ProofResult::Valid;
}

// Better first; Replayed is never made here.
int rank_of(const TokenCheck& check) {
  switch (check.result) {
    case ProofResult::Valid:
      return check.addressee_matches ? 6 : 5;
    case ProofResult::Late:
      return check.addressee_matches ? 4 : 3;
    case ProofResult::Unavailable:
      return 2;
    case ProofResult::Invalid:
      return 1;
    case ProofResult::Replayed:
    case ProofResult::Absent:
      break;
  }
  return 0;
}

}  // namespace

std::string_view name_of(ProofResult result) {
  switch (result) {
    case ProofResult::Valid:
      return "valid";
    case ProofResult::Late:
      return "late";
    case ProofResult::Replayed:
      return "replayed";
    case ProofResult::Invalid:
      return "invalid";
    case ProofResult::Absent:
      return "absent";
    case ProofResult::Unavailable:
      return "unavailable";
  }
  return "";
}

std::string sign_token(const mail::Address& sender, const KeyRing& ring, const Key& key,
                       Instant issued, const Nonce& nonce) {
  const auto seconds = issued.time_since_epoch().count();
  BS_ASSERT(seconds >= 0 && seconds <= 0xffff'ffffLL);
  BS_ASSERT(ring.find(key.info().id) != nullptr);

  std::array<std::uint8_t, kTokenBytes> token{};
  token[0] = static_cast<std::uint8_t>(kTokenVersion << 4 | key.info().id >> 8);
  token[1] = static_cast<std::uint8_t>(key.info().id & 0xff);
  std::ranges::copy(ring.ring_check(token[0], token[1]), token.begin() + kRingCheckAt);
  for (std::size_t i = 0; i < 4; ++i)
    token[kIssuedAt + i] = static_cast<std::uint8_t>(seconds >> (24 - 8 * i));
  std::copy(nonce.begin(), nonce.end(), token.begin() + kNonceAt);
  const auto sender_hash = sender_mac(key, sender);
  std::copy_n(sender_hash.begin(), kMacAt - kSenderAt, token.begin() + kSenderAt);
  const auto mac = mac_of(key.mac(), kMacLabel, Bytes(token).first(kMacAt));
  std::copy_n(mac.begin(), kTokenBytes - kMacAt, token.begin() + kMacAt);
  return encode_base32(token);
}

TokenCheck verify_token(std::string_view text, const std::vector<mail::Address>& addressees,
                        const KeyRing& ring, Instant now, Seconds lifetime) {
  const auto characters = characters_of(text);
  if (!characters || characters->size() < kCommonCharacters) return {};
  const auto token = decode_base32(*characters);
  if (!token || token->size() < kIssuedAt) return {};
  const bool this_version = (*token)[0] >> 4 == kTokenVersion;
  if (this_version && token->size() != kTokenBytes) return {};

  TokenCheck check = check_ring(Bytes(*token).first(kIssuedAt), ring);
  if (check.result == ProofResult::Absent || !this_version) return check;
  const Key* const key = ring.find(check.key);
  if (key == nullptr) return check;

  const auto mac = mac_of(key->mac(), kMacLabel, Bytes(*token).first(kMacAt));
  if (!crypto::constant_time_equal(Bytes(*token).subspan(kMacAt),
                                   Bytes(mac).first(kTokenBytes - kMacAt))) {
    check.result = ProofResult::Invalid;
    return check;
  }
  check.issued = Instant{Seconds{issued_of(*token)}};
  std::copy_n(token->begin() + kNonceAt, check.nonce.size(), check.nonce.begin());
  judge_time(*key, now, lifetime, check);
  check.addressee_matches =
      is_addressee(*key, Bytes(*token).subspan(kSenderAt, kMacAt - kSenderAt), addressees);
  return check;
}

TokenCheck verify_tokens(const std::vector<std::string>& candidates,
                         const std::vector<mail::Address>& addressees, const KeyRing& ring,
                         Instant now, Seconds lifetime) {
  TokenCheck best;
  const std::size_t count = std::min(candidates.size(), limits::kTokenCandidates);
  for (std::size_t i = 0; i < count; ++i) {
    const TokenCheck check = verify_token(candidates[i], addressees, ring, now, lifetime);
    if (rank_of(check) > rank_of(best)) best = check;
  }
  return best;
}

}  // namespace backstop::proof
