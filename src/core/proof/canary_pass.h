// The pass that a canary carries: a bounce of our own that tries the whole way through the mail
// server.  It says that nobody waits for this message, and nothing else: it is judged like any
// other, and what is refused stays refused (docs/formats/canary.md).
//
// Pure; UsedPasses is not thread-safe.
//
// Invariants
//   (1) Without the secret of the ring nobody makes one that reads.
//   (2) A pass is for one recipient, for kCanaryPassLife from its issue, and once.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/time.h"
#include "core/crypto/secret.h"
#include "core/mail/address.h"
#include "core/proof/token.h"

namespace backstop::proof {

inline constexpr std::string_view kCanaryField = "Backstop-Canary";
// Nobody's mailbox at any guarded domain: whom a canary goes to where no other address is named.
inline constexpr std::string_view kCanaryLocal = "backstop-canary";
// A domain that never exists (RFC 2606 §2): who fails there is nobody.
inline constexpr std::string_view kCanaryDomain = "backstop-canary.invalid";
// From issue to judgement: the two happen within one SMTP dialogue, or one letter's way through a
// queue.
inline constexpr std::chrono::minutes kCanaryPassLife{5};

struct CanaryPass {
  Instant issued{};
  Nonce nonce{};

  bool operator==(const CanaryPass&) const = default;
};

// The value of the field.  `recipient`: the only one that the message goes to, without a tag.
// REQUIRES: issued is between 1970 and 2106.
std::string make_canary_pass(const CanaryPass& pass, const mail::Address& recipient,
                             const crypto::Secret& ring_secret);

// Nothing for a pass of another ring, for another recipient, over its life, or from ahead.
std::optional<CanaryPass> read_canary_pass(std::string_view text, const mail::Address& recipient,
                                           const crypto::Secret& ring_secret, Instant now);

// Which passes were used.  Those of before `begun` count as used, since nobody remembers: a restart
// makes no used one good again.  Once the clock shows a time before `begun` it was set back, and
// then `begun` says nothing any more.  Memory is bounded by limits::kCanaryPasses; only a pass that
// reads takes of it.
class UsedPasses {
 public:
  explicit UsedPasses(Instant begun) : begun_(begun) {}
  // True for the first use, and while there is room to remember it.
  bool claim(const CanaryPass& pass, Instant now);

 private:
  Instant begun_;
  std::set<std::pair<Instant, Nonce>> used_;  // By issue, the oldest first.
};

}  // namespace backstop::proof
