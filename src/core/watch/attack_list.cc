#include "core/watch/attack_list.h"

#include <algorithm>
#include <bit>

#include "core/watch/features.h"
#include "core/watch/hash.h"

namespace backstop::watch {

Attack AttackList::state_of(const Event& event) const {
  const auto found = domains_->find(event.domain);
  if (found == domains_->end()) return Attack::Peace;
  // What cannot have sent anything gets no answer to it.
  const bool is_made_up = event.address == AddressState::Nonexistent;
  const std::uint64_t address = hash_address(event.local, event.domain, seed_);
  if (event.message == nullptr) return is_made_up ? Attack::Fits : Attack::Apart;
  const FeatureTexts texts(event, seed_);
  if (texts.empty()) {
    if (is_made_up) return Attack::Fits;
    if (!event.client) return Attack::Apart;
    const std::uint64_t pair = mix(address ^ hash_client(*event.client, seed_));
    const bool has_answered = std::ranges::any_of(found->second, [&](std::uint32_t run) {
      const auto marks = runs_.find(run);
      return marks != runs_.end() && marks->second->pairs.contains(pair);
    });
    return has_answered ? Attack::Fits : Attack::Apart;
  }
  for (const std::uint32_t run : found->second) {
    const auto marked = runs_.find(run);
    if (marked == runs_.end()) continue;
    const RunMarks* const marks = marked->second.get();
    unsigned sorts = 0;  // A bit for each that speaks for the run.
    bool is_told = false;
    for (const FeatureText& text : texts) {
      if (!marks->features.contains(text.hash)) continue;
      sorts |= 1U << static_cast<unsigned>(text.sort);
      is_told = is_told || is_telling(text.sort);
    }
    if (!is_told) continue;
    if (std::popcount(sorts) >= 2 || is_made_up || marks->addresses.contains(address))
      return Attack::Fits;
  }
  return Attack::Apart;
}

}  // namespace backstop::watch
