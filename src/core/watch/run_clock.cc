#include "core/watch/run_clock.h"

#include <algorithm>

namespace backstop::watch {
namespace {

constexpr Second kHourSeconds = 3600;
constexpr Second kDelayWidth = 6 * kHourSeconds;
constexpr Second kDaySeconds = 24 * kHourSeconds;
// Clocks of others are right to some minutes.
constexpr Second kAhead = 300;
// Nobody queues for longer; what is dated before it is not of this run.
constexpr Second kOldest = 30 * kDaySeconds;
// Delays from here on are those of queues that were given up.
constexpr std::size_t kLongDelay = 8;  // Two days.
constexpr std::uint32_t kMeasuredDelays = 20;

}  // namespace

void RunClock::place(Site site) {
  auto& list = parts_.newest;
  const auto same =
      std::ranges::find_if(list, [&](const Site& one) { return one.hash == site.hash; });
  if (same != list.end() && same->newest >= site.newest) return;
  const auto taken = same != list.end() ? same : list.end() - 1;
  if (taken->newest >= site.newest) return;
  *taken = site;
  for (auto one = taken; one != list.begin() && (one - 1)->newest < one->newest; --one)
    std::iter_swap(one - 1, one);
}

void RunClock::add(Second original, Second now, std::uint64_t site) {
  if (original == 0 || original > now + kAhead || original + kOldest < now) return;
  original = std::min(original, now);
  parts_.sites.add(site);
  if (parts_.oldest == 0 || original < parts_.oldest) parts_.oldest = original;
  ++parts_.delays[std::min<std::size_t>((now - original) / kDelayWidth, kDelays - 1)];
  if (original > parts_.newest.back().newest) place({.hash = site, .newest = original});
}

void RunClock::merge(const RunClock& other) {
  for (const Site& site : other.parts_.newest) {
    if (site.newest != 0) place(site);
  }
  for (std::size_t i = 0; i < kDelays; ++i)
    parts_.delays[i] += other.parts_.delays[i];
  parts_.sites.merge(other.parts_.sites);
  const Second oldest = other.parts_.oldest;
  if (oldest != 0 && (parts_.oldest == 0 || oldest < parts_.oldest)) parts_.oldest = oldest;
}

std::optional<Second> RunClock::last_activity() const {
  const std::size_t share = parts_.sites.estimate() / kClockSitesShare;
  const Site& decides = parts_.newest[std::clamp(share, kClockSites, kSites) - 1];
  return decides.newest == 0 ? std::nullopt : std::optional(decides.newest);
}

ClockView RunClock::view(Second now) const {
  ClockView out;
  const auto last = last_activity();
  if (!last) return out;
  out.last_activity = to_instant(*last);
  out.has_stopped = now > *last + static_cast<Second>(Seconds(kStoppedAfter).count());
  Seconds tail = kUsualTail;
  out.tail_error = kUsualTailError;
  // Before a first queue has run full, only the short ones of the long delays have been seen.
  std::uint32_t longs = 0;
  for (std::size_t i = kLongDelay; i < kDelays; ++i)
    longs += parts_.delays[i];
  if (longs >= kMeasuredDelays && now > parts_.oldest + 6 * kDaySeconds) {
    const auto reached = [&](double share) {
      double sum = 0;
      std::size_t i = kLongDelay;
      for (; i < kDelays; ++i) {
        sum += parts_.delays[i];
        if (sum >= share * longs) break;
      }
      return Seconds((i + 1) * kDelayWidth);
    };
    // The median, and as far past it as nine in ten of them reach.
    const Seconds spread = reached(0.9) - reached(0.5);
    tail = reached(0.5) + spread / 2;
    out.tail_error = std::max<Seconds>(std::chrono::hours{12}, spread);
    out.is_measured = true;
  }
  out.tail_ends = *out.last_activity + tail;
  return out;
}

}  // namespace backstop::watch
