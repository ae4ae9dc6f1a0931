#include "core/alarm/book.h"

#include <utility>

#include "core/base/assert.h"
#include "core/base/limits.h"

namespace backstop::alarm {
namespace {

// A clock that was set back must not silence anything.
bool is_past(const std::optional<Instant>& at, Seconds by, Instant now) {
  return !at || now >= *at + by || now < *at;
}

}  // namespace

std::string_view name_of(Event event) {
  switch (event) {
    case Event::Raised:
      return "raised";
    case Event::Still:
      return "still";
    case Event::Over:
      return "over";
  }
  BS_ASSERT(false);
}

bool Book::raise(Alarm alarm, std::string_view sentence, Instant now) {
  std::optional<Standing>& slot = of(alarm);
  if (!slot) slot = Standing{.alarm = alarm, .end = std::nullopt, .sentence = {}, .told = {}};
  const bool begins = !std::exchange(slot->is_open, true);
  if (begins) {
    slot->since = now;
    slot->count = 0;
    slot->end.reset();
  }
  slot->last = now;
  ++slot->count;
  slot->sentence = sentence.substr(0, limits::kAlarmSentenceBytes);
  return begins;
}

bool Book::end(Alarm alarm, std::string_view sentence, Instant now) {
  std::optional<Standing>& slot = of(alarm);
  if (!slot || !slot->is_open) return false;
  slot->is_open = false;
  slot->end = now;
  if (!sentence.empty()) slot->sentence = sentence.substr(0, limits::kAlarmSentenceBytes);
  return true;
}

std::vector<Alarm> Book::end_quiet(Instant started, Instant now) {
  std::vector<Alarm> ended;
  for (std::optional<Standing>& slot : all_) {
    if (!slot || !slot->is_open) continue;
    const Seconds lasts = info_of(slot->alarm).lasts;
    const bool is_quiet = lasts > Seconds{0} && is_past(slot->last, lasts, now);
    const bool is_left = lasts == Seconds{0} && slot->last < started &&
                         is_past(started, limits::kAlarmEarlierLife, now);
    if (!is_quiet && !is_left) continue;
    end(slot->alarm, "", now);
    ended.push_back(slot->alarm);
  }
  return ended;
}

std::vector<Notice> Book::take_due(Instant now) {
  std::vector<Notice> due;
  for (std::optional<Standing>& slot : all_) {
    if (!slot || !info_of(slot->alarm).hook) continue;
    if (slot->is_open && !slot->is_told) {
      if (!is_past(slot->told, limits::kAlarmTellAgain, now)) continue;
      slot->is_told = true;
      slot->told = now;
      due.push_back({.event = Event::Raised, .standing = *slot});
    } else if (slot->is_open) {
      if (!is_past(slot->told, limits::kAlarmRemind, now)) continue;
      slot->told = now;
      due.push_back({.event = Event::Still, .standing = *slot});
    } else if (slot->is_told) {
      slot->is_told = false;
      due.push_back({.event = Event::Over, .standing = *slot});
    }
  }
  return due;
}

std::vector<Standing> Book::standings() const {
  std::vector<Standing> out;
  for (const std::optional<Standing>& slot : all_)
    if (slot) out.push_back(*slot);
  return out;
}

bool Book::is_open(Alarm alarm) const {
  const std::optional<Standing>& slot = all_.at(static_cast<std::size_t>(alarm));
  return slot && slot->is_open;
}

void Book::restore(const std::vector<Standing>& standings) {
  for (const Standing& standing : standings)
    of(standing.alarm) = standing;
}

}  // namespace backstop::alarm
