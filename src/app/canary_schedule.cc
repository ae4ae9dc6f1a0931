#include "app/canary_schedule.h"

#include <algorithm>

namespace backstop::app {
namespace {

// A server and a daemon that were started together are given this long to find each other.
constexpr Seconds kStart{60};
// Runs with a wrong answer until it is an alarm: a restart may spoil one, and the next.
constexpr unsigned kWrongRuns = 3;
// How long a restart may keep the canary out.
constexpr std::chrono::minutes kLongestRestart{15};
// Until it has been set up it is looked for so often.
constexpr std::chrono::minutes kLooksForListener{5};
constexpr Seconds kShortestGap{1};
constexpr Seconds kLongestFirstGap{30};

}  // namespace

CanarySchedule::CanarySchedule(Seconds interval, bool has_entered, Instant now)
    : interval_(interval), has_entered_(has_entered), next_(now + std::min(kStart, interval / 4)) {}

Seconds CanarySchedule::first_gap() const {
  return std::clamp(interval_ / 20, kShortestGap, kLongestFirstGap);
}

Seconds CanarySchedule::grace() const {
  return std::min<Seconds>(kLongestRestart, interval_ / 2);
}

CanaryWord CanarySchedule::on_outcome(CanaryOutcome outcome, bool entered, Instant now) {
  has_entered_ = has_entered_ || entered;
  if (!has_entered_) {
    next_ = now + std::min<Seconds>(interval_, kLooksForListener);
    return CanaryWord::Nothing;
  }
  if (outcome != CanaryOutcome::Passed) return on_failure(outcome, now);
  const bool alarmed = alarmed_at_.has_value();
  wrong_ = failures_ = 0;
  failing_since_.reset();
  alarmed_at_.reset();
  next_ = now + interval_;
  return alarmed ? CanaryWord::Recovered : CanaryWord::Nothing;
}

CanaryWord CanarySchedule::on_failure(CanaryOutcome outcome, Instant now) {
  if (!failing_since_ || now < *failing_since_) failing_since_ = now;
  ++failures_;
  if (outcome == CanaryOutcome::Wrong) ++wrong_;
  const bool over = wrong_ >= kWrongRuns || now - *failing_since_ >= grace();
  if (!over) {
    // Twice as long each time, but no later than the grace is over.
    const Seconds gap = first_gap() * (1U << std::min(failures_ - 1, 10U));
    next_ = std::min(now + gap, *failing_since_ + grace());
    next_ = std::max(next_, now + kShortestGap);
    return CanaryWord::Nothing;
  }
  next_ = now + interval_;
  if (alarmed_at_ && now < *alarmed_at_ + Days(1)) return CanaryWord::Nothing;
  alarmed_at_ = now;
  return CanaryWord::Alarm;
}

void CanarySchedule::begin_anew(Seconds interval, Instant now) {
  interval_ = interval;
  next_ = std::min(next_, now + first_gap());
}

}  // namespace backstop::app
