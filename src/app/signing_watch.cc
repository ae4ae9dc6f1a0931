#include "app/signing_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/escape.h"
#include "edge/os/gap_file.h"

namespace backstop::app {
namespace {

using ports::LogLevel;

alarm::Alarm alarm_of(proof::GapCause cause) {
  return cause == proof::GapCause::Store ? alarm::Alarm::StoreFailing : alarm::Alarm::SigningGap;
}

}  // namespace

SigningWatch::SigningWatch(std::string directory, Seconds lifetime, ports::LogSink& log,
                           ports::Alarms& alarms, Instant now)
    : directory_(std::move(directory)),
      log_(log),
      alarms_(alarms),
      heart_(directory_, now),
      lifetime_(lifetime) {
  const std::scoped_lock lock(mutex_);
  read_last_life(now);
  snapshot_.store(std::make_shared<const std::vector<proof::SigningGap>>(gaps_));
}

void SigningWatch::read_last_life(Instant now) {
  auto read = os::read_gap_file(directory_);
  if (!read) {
    alarms_.raise(alarm::Alarm::GapsUnreadable,
                  fmt::format("the signing gaps cannot be read, so all of the last {} counts "
                              "as one: {}",
                              render_duration(lifetime_), escape_terminal(read.error().text())));
    add(now - lifetime_, now, Cause::Down, now);
    unwritten_ = true;
  } else {
    gaps_ = std::move(read->gaps);
    if (read->unreadable > 0) {
      alarms_.raise(alarm::Alarm::GapsUnreadable,
                    fmt::format("{} lines of {}/{} are no signing gaps, so all of the last {} "
                                "counts as one",
                                read->unreadable, escape_terminal(directory_), os::kGapFile,
                                render_duration(lifetime_)));
      add(now - lifetime_, now, Cause::Down, now);
      unwritten_ = true;
    }
  }
  const auto last = os::read_last_beat(directory_);
  if (!last) {
    alarms_.raise(alarm::Alarm::GapsUnreadable,
                  fmt::format("it cannot be told how long we were down, so all of the last {} "
                              "counts as a signing gap: {}",
                              render_duration(lifetime_), escape_terminal(last.error().text())));
    add(now - lifetime_, now, Cause::Down, now);
    unwritten_ = true;
    return;
  }
  if (!*last) return;
  const Instant beat = (*last)->at;
  if (beat <= now) {
    add(beat, now, Cause::Down, now);
    open_of(Cause::Down) = Open{.from = beat, .to = now};
    return;
  }
  // The clock was set back while we were down: mail then bears times after the beat, or before now.
  alarms_.raise(alarm::Alarm::ClockSet,
                fmt::format("the last heartbeat is of {}, later than now ({}): the clock was "
                            "set back; check that this host keeps its time (NTP)",
                            render_instant(beat), render_instant(now)));
  add(beat, beat + kUnknownPause, Cause::Down, now);
  add(now - kUnknownPause, now, Cause::Down, now);
  open_of(Cause::Down) = Open{.from = now - kUnknownPause, .to = now};
}

void SigningWatch::add(Instant a, Instant b, Cause cause, Instant now) {
  proof::add_gap(gaps_, {.from = std::min(a, b), .to = std::max(a, b), .cause = cause}, now,
                 lifetime_);
}

void SigningWatch::open(Cause cause, Instant now, std::string_view sentence) {
  const std::scoped_lock lock(mutex_);
  std::optional<Open>& gap = open_of(cause);
  if (gap && gap->to == now) return;
  if (!gap) {
    gap = Open{.from = now, .to = now};
    unwritten_ = true;
    is_open_[static_cast<std::size_t>(cause)] = true;
    alarms_.raise(alarm_of(cause), fmt::format("{}: a signing gap begins; for {} a bounce of "
                                               "mail of that time is marked, not refused",
                                               sentence, render_duration(lifetime_)));
  }
  gap->to = now;
  add(gap->from, now, cause, now);
  snapshot_.store(std::make_shared<const std::vector<proof::SigningGap>>(gaps_));
}

void SigningWatch::close(Cause cause, Instant now) {
  if (!is_open_[static_cast<std::size_t>(cause)].load(std::memory_order_relaxed)) return;
  const std::scoped_lock lock(mutex_);
  const std::optional<Open> gap = std::exchange(open_of(cause), std::nullopt);
  is_open_[static_cast<std::size_t>(cause)] = false;
  if (!gap) return;
  alarms_.end(alarm_of(cause), "the signing gap is over");
  add(gap->from, now, cause, now);
  unwritten_ = true;
  snapshot_.store(std::make_shared<const std::vector<proof::SigningGap>>(gaps_));
}

void SigningWatch::signing_failed(Instant now) {
  open(Cause::Signing, now, "mail of ours may go out unsigned");
}
void SigningWatch::signing_works(Instant now) {
  close(Cause::Signing, now);
}
void SigningWatch::store_failing(Instant now) {
  open(Cause::Store, now,
       fmt::format("what is sent cannot be written down in {}: look for room and for "
                   "permissions there",
                   escape_terminal(directory_)));
}
void SigningWatch::store_works(Instant now) {
  close(Cause::Store, now);
}

void SigningWatch::unseen(Instant at) {
  const std::scoped_lock lock(mutex_);
  add(at, at, Cause::Unseen, Instant{});  // A log's time drops no other gap.
  unwritten_ = true;
  snapshot_.store(std::make_shared<const std::vector<proof::SigningGap>>(gaps_));
}

void SigningWatch::set_lifetime(Seconds lifetime) {
  const std::scoped_lock lock(mutex_);
  lifetime_ = lifetime;
}

std::shared_ptr<const std::vector<proof::SigningGap>> SigningWatch::snapshot() const {
  return snapshot_.load();
}

void SigningWatch::beat(Instant now, Steady::time_point steady) {
  look_at_clocks(now, steady);
  extend_open(now);
  if (write_gaps(now)) write_beat(now);
  last_beat_ = now;
  last_steady_ = steady;
}

void SigningWatch::rest(Instant now) {
  extend_open(now);
  write_gaps(now);
}

void SigningWatch::look_at_clocks(Instant now, Steady::time_point steady) {
  if (!last_beat_) return;
  const auto passed = std::chrono::duration_cast<Seconds>(steady - last_steady_);
  const Seconds step = (now - *last_beat_) - passed;
  if (step > kClockStep || step < -kClockStep) {
    alarms_.raise(alarm::Alarm::ClockSet,
                  fmt::format("the clock was set {} by {} s: check that this host keeps its "
                              "time (NTP); proofs are judged by it",
                              step > Seconds{0} ? "forward" : "back", std::abs(step.count())));
  } else if (passed > kBeatPause) {
    log_.write(LogLevel::Warning,
               fmt::format("no heartbeat for {} s: that time counts as a signing gap; is this host "
                           "short of processors or memory?",
                           passed.count()));
    const std::scoped_lock lock(mutex_);
    add(*last_beat_, now, Cause::Down, now);
    unwritten_ = true;
    snapshot_.store(std::make_shared<const std::vector<proof::SigningGap>>(gaps_));
  }
}

// What is open reaches up to now; the gap of the start ends with the first beat.
void SigningWatch::extend_open(Instant now) {
  const std::scoped_lock lock(mutex_);
  bool changed = false;
  for (std::size_t i = 0; i < kCauses; ++i) {
    if (!open_[i]) continue;
    open_[i]->to = now;
    add(open_[i]->from, now, static_cast<Cause>(i), now);
    changed = true;
  }
  if (const std::optional<Open> down = std::exchange(open_of(Cause::Down), std::nullopt)) {
    unwritten_ = true;
    log_.write(
        LogLevel::Info,
        fmt::format("signing gap: down from {} to {}; for {} a bounce of mail of that time "
                    "is marked, not refused",
                    render_instant(down->from), render_instant(now), render_duration(lifetime_)));
  }
  if (changed) snapshot_.store(std::make_shared<const std::vector<proof::SigningGap>>(gaps_));
}

// True when the disk holds every gap, but for the last minute of one that is open.
bool SigningWatch::write_gaps(Instant now) {
  std::vector<proof::SigningGap> gaps;
  {
    const std::scoped_lock lock(mutex_);
    const bool is_open =
        std::ranges::any_of(open_, [](const auto& gap) { return gap.has_value(); });
    const bool is_old = now >= written_ + kGapRewrite || now < written_;
    if (!unwritten_ && !(is_open && is_old)) return true;
    gaps = gaps_;
    unwritten_ = false;
    written_ = now;
  }
  const auto written = os::write_gap_file(directory_, gaps);
  const std::string trouble = written ? std::string() : written.error().text();
  if (!written) {
    const std::scoped_lock lock(mutex_);
    unwritten_ = true;
  }
  if (trouble != std::exchange(gaps_trouble_, trouble)) {
    if (written)
      alarms_.end(alarm::Alarm::GapsUnwritten, "the signing gaps are written again");
    else
      alarms_.raise(alarm::Alarm::GapsUnwritten,
                    fmt::format("a signing gap is known in memory only, and tried again every "
                                "second; mail flows: {}",
                                escape_terminal(trouble)));
  }
  return written.has_value();
}

void SigningWatch::write_beat(Instant now) {
  const auto beaten = heart_.beat(now);
  const std::string trouble = beaten ? std::string() : beaten.error().text();
  if (trouble == std::exchange(beat_trouble_, trouble)) return;
  if (beaten)
    alarms_.end(alarm::Alarm::HeartbeatUnwritten, "the heartbeat is written again");
  else
    alarms_.raise(
        alarm::Alarm::HeartbeatUnwritten,
        fmt::format("the heartbeat cannot be written, and is tried again every "
                    "second; mail flows, but after a restart all the time since {} counts "
                    "as a signing gap: {}",
                    render_instant(last_beat_.value_or(now)), escape_terminal(trouble)));
}

}  // namespace backstop::app
