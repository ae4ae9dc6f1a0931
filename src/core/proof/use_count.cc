#include "core/proof/use_count.h"

#include <algorithm>

namespace backstop::proof {
namespace {

bool has_own_share(const UseFacts& facts) {
  return facts.known_party && facts.counts.by_party < kUsesPerParty;
}

std::uint32_t limit_of(const UseFacts& facts) {
  if (facts.is_list || facts.counts.parties > kFanOutParties) return kFanOutUses;
  const std::uint64_t explained =
      kUsesBase + std::uint64_t{kUsesPerRecipient} * std::max<std::uint32_t>(facts.recipients, 1);
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(explained, kUsesMost));
}

}  // namespace

UseCounters make_use_counters(const SentHasher& hasher, SentKey message, SentKey party,
                              unsigned kind) {
  return UseCounters{.by_party = hasher.counter('k', message, party, kind),
                     .party = hasher.counter('p', message, party),
                     .others = hasher.counter('o', message),
                     .parties = hasher.counter('n', message)};
}

bool is_exhausted(const UseFacts& facts) {
  return !has_own_share(facts) && facts.counts.others >= limit_of(facts);
}

std::vector<SentKey> counters_to_raise(const UseFacts& facts, const UseCounters& counters) {
  if (has_own_share(facts)) return {counters.by_party};
  std::vector<SentKey> out{counters.others, counters.party};
  if (facts.counts.party == 0) out.push_back(counters.parties);
  return out;
}

SentKey pair_week_counter(const SentHasher& hasher, SentKey pair, Instant now) {
  const auto days = std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
  return hasher.counter('w', pair, 0, static_cast<std::uint64_t>(days / 7));
}

}  // namespace backstop::proof
