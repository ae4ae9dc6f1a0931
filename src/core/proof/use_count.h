// How often a proof may be used.  A message of ours can be copied with its token and Message-ID
// into a million spams (from a list's archive, say), so an authentic proof is worth only as many
// answers as its message can explain; but nobody may burn the answers of those we wrote to.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "core/proof/sent.h"

namespace backstop::proof {

// Answers of one kind that a party we wrote to has for itself.
inline constexpr std::uint32_t kUsesPerParty = 3;
// For all others together: 5 and 2 for each recipient, at most 200.
inline constexpr std::uint32_t kUsesBase = 5;
inline constexpr std::uint32_t kUsesPerRecipient = 2;
inline constexpr std::uint32_t kUsesMost = 200;
// Of what a list or an alias spread: it carries List-* fields, or more parties answer than these.
inline constexpr std::uint32_t kFanOutParties = 5;
inline constexpr std::uint32_t kFanOutUses = 5000;
// Answers without a proof that a pair stands for, per week.
inline constexpr std::uint32_t kUsesPerPairAndWeek = 3;

// The counters of one message.  `message`: SentHasher::nonce or SentHasher::message.
struct UseCounters {
  SentKey by_party = 0;  // Of this party, in this kind.
  SentKey party = 0;     // Of this party, in any kind: has it answered before?
  SentKey others = 0;    // All that was not a known party's own share.
  SentKey parties = 0;   // How many parties have used that share.
};
// `kind` as a number that never changes its meaning; `party` of SentHasher::address.
UseCounters make_use_counters(const SentHasher& hasher, SentKey message, SentKey party,
                              unsigned kind);

// What has been counted so far, before this use.
struct UseCounts {
  std::uint32_t by_party = 0;
  std::uint32_t party = 0;
  std::uint32_t others = 0;
  std::uint32_t parties = 0;
};

struct UseFacts {
  UseCounts counts;
  bool known_party = false;  // We wrote to it.
  bool is_list = false;      // The message, or what came back of it, carries List-* fields.
  std::uint32_t recipients = 1;
};

// True when this use is one more than the message can explain.
bool is_exhausted(const UseFacts& facts);
// What to raise when it is not.
std::vector<SentKey> counters_to_raise(const UseFacts& facts, const UseCounters& counters);

// The counter of a pair in the week of `now`.
SentKey pair_week_counter(const SentHasher& hasher, SentKey pair, Instant now);

}  // namespace backstop::proof
