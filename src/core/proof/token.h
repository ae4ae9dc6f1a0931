// The token proof: signs an outgoing message's envelope sender into one header field, and judges a
// returned one.  The bytes are in docs/formats/token.md.
//
// Pure: the caller brings ring, time and nonce.  Any thread.
//
// Invariants
//   (1) verify_token(sign_token(s, ...), ...) is Valid for s at every time from issue to issue +
//       lifetime, and Late afterwards while its key is kept.
//   (2) Who never saw a token of this ring cannot make one that is anything but Absent (but by a
//       2^-24 chance); without a key's secret nobody can make one that is Valid or Late, and none
//       that is Unavailable where that key is known.
//   (3) MACs are compared with constant_time_equal, nothing else.
//   (4) Case folding, and folding of the header line, do not change the verdict.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/mail/address.h"
#include "core/proof/key_ring.h"

namespace backstop::proof {

inline constexpr std::string_view kTokenField = "Backstop-Token";
inline constexpr std::size_t kTokenCharacters = 56;

// 40 random bits: the message's identity.
using Nonce = std::array<std::uint8_t, 5>;

// How a proof comes out (docs/glossary.md).
enum class ProofResult : std::uint8_t {
  Valid,        // Ours, within its lifetime.
  Late,         // Ours, past its lifetime.
  Replayed,     // Ours, used more often than its message can explain.
  Invalid,      // Claims to be ours and is not.
  Absent,       // Not there, or another site's.
  Unavailable,  // Could not be asked: its key is not known here.
};
std::string_view name_of(ProofResult result);

// "Backstop-Token" and this make one header line of at most 76 columns.  56 characters.
// REQUIRES: key is of the ring; issued is between 1970 and 2106.
std::string sign_token(const mail::Address& sender, const KeyRing& ring, const Key& key,
                       Instant issued, const Nonce& nonce);

struct TokenCheck {
  ProofResult result = ProofResult::Absent;
  KeyId key = 0;     // Meaningful unless Absent.
  Instant issued{};  // Meaningful for Valid and Late.
  Nonce nonce{};     // Meaningful for Valid and Late.
  // Authentic and addressed to us are two things: true when one of the addressees is the signed
  // sender.  An authentic token that answers to another address of ours is valid all the same.
  bool addressee_matches = false;
  // Issued in our future, by more than a minute: alarm.  Past kClockSkewMax it is Unavailable too.
  bool clock_skew = false;
};

// Judges one token text (the field's value, any case, white space around and folds inside ignored).
// `addressees`: the addresses the answer came back to (RCPT, returned Return-Path, From, Sender).
// Never fails: what is no token of this ring is Absent.
TokenCheck verify_token(std::string_view text, const std::vector<mail::Address>& addressees,
                        const KeyRing& ring, Instant now, Seconds lifetime);

// Several candidates from one returned message: the best of them, Valid first, then Late,
// Unavailable, Invalid, Absent.  At most limits::kTokenCandidates are looked at.
TokenCheck verify_tokens(const std::vector<std::string>& candidates,
                         const std::vector<mail::Address>& addressees, const KeyRing& ring,
                         Instant now, Seconds lifetime);

}  // namespace backstop::proof
