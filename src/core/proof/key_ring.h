// The keys of one installation as a value: which one emits, which verify, and until when.
//
// A ring is immutable once shared: a change makes a new ring (keys are rotated a few times a year).
// Pure; any thread.
//
// Invariants
//   (1) At most one key emits.
//   (2) A key verifies from its creation until last emission + lifetime + 1 day.  Its last emission
//       is not known exactly: emits_until is an upper bound, kept ahead of every signature.
//   (3) After that it is kept 400 days: it answers `late`, never `valid`.
//   (4) The ring secret never rotates: it marks a token as of this ring (docs/formats/token.md).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/crypto/hmac.h"
#include "core/crypto/hmac_sha1.h"
#include "core/crypto/secret.h"

namespace backstop::proof {

using KeyId = std::uint16_t;  // 1 to limits::kKeysPerRing.
// The upper four bits of a token's first byte.
inline constexpr std::uint8_t kTokenVersion = 1;

// How long a token proves something, from its issue: five days in our queue, five in theirs, five
// in a backup MX, and some.
inline constexpr Days kDefaultLifetime{21};
// And at most, wherever the keys are: longer, an old message is a pass for ever.
inline constexpr Days kLongestLifetime{90};
// How long a key is kept after it stopped verifying.
inline constexpr Days kKeptAfterwards{400};
// Own clock running behind: a token from up to this far ahead is accepted with an alarm.
inline constexpr std::chrono::hours kClockSkewMax{25};

// Bytes of a key and of the ring secret: as many as HMAC-SHA256 gives, more adds nothing.
inline constexpr std::size_t kSecretBytes = 32;

enum class KeyState : std::uint8_t {
  Emitting,  // Signs and verifies.
  Waiting,   // Added, or replaced by another: verifies, does not sign.
  Retired,   // Never signs again.
};
std::string_view name_of(KeyState state);

// What may be shown of a key.
struct KeyInfo {
  KeyId id = 0;
  KeyState state = KeyState::Waiting;
  Instant created{};
  // No signature was or will be made with this key after this time; nothing if it never signed.
  std::optional<Instant> emits_until;

  // Last moment at which it verifies as `valid` (invariant 2); nothing for a key that never signed
  // and one that emits.
  std::optional<Instant> verifies_until(Seconds lifetime) const;
  // Last moment at which it must be kept, for `late` (invariant 3); nothing where the above is.
  std::optional<Instant> kept_until(Seconds lifetime) const;
};

class Key {
 public:
  // REQUIRES: 1 <= info.id <= limits::kKeysPerRing; secret of 32 bytes.
  Key(KeyInfo info, crypto::Secret secret);

  const KeyInfo& info() const { return info_; }
  const crypto::HmacSha256& mac() const { return mac_; }
  const crypto::Secret& secret() const { return secret_; }
  // Of tags (docs/formats/tag.md), derived from the secret: 52 printable characters, as other
  // implementations take it.  It makes tags and nothing else; no token can be made from it.
  const crypto::Secret& tag_secret() const { return tag_secret_; }
  const crypto::HmacSha1& tag_mac() const { return tag_mac_; }

 private:
  KeyInfo info_;
  crypto::Secret secret_;
  crypto::HmacSha256 mac_;
  crypto::Secret tag_secret_;
  crypto::HmacSha1 tag_mac_;
};

// 24 bits of the ring's own MAC.
using RingCheck = std::array<std::uint8_t, 3>;

class KeyRing {
 public:
  // `deleted`: ids of keys that were deleted after their time; their tokens are nobody's.
  // REQUIRES: ids differ, also from `deleted`; at most one key emits; ring_secret of 32 bytes.
  KeyRing(crypto::Secret ring_secret, std::vector<std::shared_ptr<const Key>> keys,
          std::vector<KeyId> deleted = {});

  // Nothing when no key emits: then nothing is signed and every domain stays in observe.
  const Key* emitting() const;
  const Key* find(KeyId id) const;
  const std::vector<std::shared_ptr<const Key>>& keys() const { return keys_; }  // By id.
  const std::vector<KeyId>& deleted() const { return deleted_; }                 // Sorted.
  bool is_deleted(KeyId id) const;
  // The ring check of a token that begins with these bytes (docs/formats/token.md).  Known
  // beforehand for the keys of the ring.
  RingCheck ring_check(std::uint8_t first, std::uint8_t second) const;
  const crypto::Secret& ring_secret() const { return ring_secret_; }

 private:
  RingCheck make_ring_check(std::uint8_t first, std::uint8_t second) const;

  crypto::Secret ring_secret_;
  crypto::HmacSha256 check_mac_;
  std::vector<std::shared_ptr<const Key>> keys_;
  std::vector<RingCheck> ring_checks_;  // Of keys_, in this version of the token.
  std::vector<KeyId> deleted_;
};

}  // namespace backstop::proof
