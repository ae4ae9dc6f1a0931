#include "app/canary_schedule.h"

#include <algorithm>

namespace backstop::app {
namespace {

// A server and a daemon that were started together are given this long to find each other.
constexpr Seconds kStart{60};
// Runs with a wrong answer until it is an alarm, and runs of any sort at least: a restart may spoil
// one, and the next.
constexpr unsigned kWrongRuns = 3;
// How long a restart may keep the canary out.
constexpr std::chrono::minutes kLongestRestart{15};
// Until it has been set up it is looked for so often.
constexpr std::chrono::minutes kLooksForListener{5};
constexpr Seconds kShortestGap{1};
constexpr Seconds kLongestFirstGap{30};

}  // namespace

CanarySchedule::CanarySchedule(Seconds interval, bool has_entered, Instant now)
    : interval_(interval),
      has_entered_(has_entered),
      next_(now + std::min(kStart, interval / 4)),
      set_at_(now) {}

void CanarySchedule::run_at(Instant next, Instant now) {
  next_ = next;
  set_at_ = now;
}

Seconds CanarySchedule::first_gap() const {
  return std::clamp(interval_ / 20, kShortestGap, kLongestFirstGap);
}

Seconds CanarySchedule::grace() const {
  return std::min<Seconds>(kLongestRestart, interval_ / 2);
}

CanaryWord CanarySchedule::on_outcome(CanaryOutcome outcome, bool entered, Instant now) {
  has_entered_ = has_entered_ || entered;
  if (!has_entered_) {
    run_at(now + std::min<Seconds>(interval_, kLooksForListener), now);
    return CanaryWord::Nothing;
  }
  if (outcome != CanaryOutcome::Passed) return on_failure(outcome, now);
  const bool alarmed = alarmed_at_.has_value();
  wrong_ = failures_ = 0;
  failing_since_.reset();
  alarmed_at_.reset();
  run_at(now + interval_, now);
  return alarmed ? CanaryWord::Recovered : CanaryWord::Nothing;
}

CanaryWord CanarySchedule::on_failure(CanaryOutcome outcome, Instant now) {
  if (!failing_since_ || now < *failing_since_) failing_since_ = now;
  ++failures_;
  if (outcome == CanaryOutcome::Wrong) ++wrong_;
  // A clock that jumps ahead is no time that passed.
  const bool over =
      wrong_ >= kWrongRuns || (failures_ >= kWrongRuns && now - *failing_since_ >= grace());
  if (!over) {
    // Twice as long each time, but no later than the grace is over.
    const Seconds gap = first_gap() * (1U << std::min(failures_ - 1, 10U));
    const Instant soon = std::min(now + gap, *failing_since_ + grace());
    run_at(std::max(soon, now + kShortestGap), now);
    return CanaryWord::Nothing;
  }
  run_at(now + interval_, now);
  if (alarmed_at_ && now >= *alarmed_at_ && now < *alarmed_at_ + Days(1))
    return CanaryWord::Nothing;
  alarmed_at_ = now;
  return CanaryWord::Alarm;
}

void CanarySchedule::begin_anew(Seconds interval, Instant now) {
  interval_ = interval;
  run_at(std::min(next_, now + first_gap()), now);
}

}  // namespace backstop::app
