// Days put into spans for a picture.
#include <algorithm>

#include "app/scan_report.h"

namespace backstop::app {
namespace {

using std::chrono::year_month_day;
using survey::Day;
using survey::KindCounts;

using DayCounts = std::map<Day, KindCounts>;

// So many in a thousand must be in the picture; else spans are longer.
constexpr std::uint64_t kShownOfThousand = 995;

Day begin_of(Day day, SpanUnit unit) {
  const year_month_day date{day};
  switch (unit) {
    case SpanUnit::Day:
      return day;
    case SpanUnit::Week:
      return day - (std::chrono::weekday{day} - std::chrono::Monday);
    case SpanUnit::Month:
      return Day{date.year() / date.month() / 1};
    case SpanUnit::Year:
      return Day{date.year() / 1 / 1};
  }
  return day;
}

// The first day of the span that many later.
Day advance(Day first, SpanUnit unit, std::size_t spans) {
  const year_month_day date{first};
  const auto n = static_cast<int>(spans);
  switch (unit) {
    case SpanUnit::Day:
      return first + Days{n};
    case SpanUnit::Week:
      return first + Days{7 * n};
    case SpanUnit::Month:
      return Day{(date.year() / date.month() + std::chrono::months{n}) / 1};
    case SpanUnit::Year:
      return Day{(date.year() + std::chrono::years{n}) / 1 / 1};
  }
  return first;
}

// What of the days is shown: those from `first` to `last`, which hold `messages`.
struct Window {
  Day first;
  Day last;
  std::uint64_t messages = 0;
};

// The fullest of the windows of `spans_max` spans that begin with a day on which something came.
Window find_fullest(const DayCounts& days, SpanUnit unit, std::size_t spans_max) {
  Window best;
  std::uint64_t inside = 0;
  auto end = days.begin();
  Day last = days.begin()->first;
  for (const auto& [day, counts] : days) {
    const Day limit = advance(begin_of(day, unit), unit, spans_max);
    for (; end != days.end() && end->first < limit; ++end) {
      inside += survey::sum(end->second);
      last = end->first;
    }
    if (inside > best.messages) best = Window{.first = day, .last = last, .messages = inside};
    inside -= survey::sum(counts);
  }
  return best;
}

}  // namespace

DaySpans make_day_spans(const DayCounts& days, std::size_t spans_max) {
  DaySpans out;
  if (days.empty() || spans_max == 0) return out;
  std::uint64_t all = 0;
  for (const auto& [day, counts] : days)
    all += survey::sum(counts);
  Window window;
  for (const SpanUnit unit : {SpanUnit::Day, SpanUnit::Week, SpanUnit::Month, SpanUnit::Year}) {
    out.unit = unit;
    window = find_fullest(days, unit, spans_max);
    if (window.messages * 1000 >= all * kShownOfThousand) break;
  }
  for (Day at = begin_of(window.first, out.unit); at <= window.last;
       at = advance(at, out.unit, 1)) {
    out.spans.push_back(DaySpan{.first = at});
  }
  const Day end = advance(out.spans.back().first, out.unit, 1);
  for (const auto& [day, counts] : days) {
    if (day < out.spans.front().first || day >= end) {
      out.elsewhere += survey::sum(counts);
      continue;
    }
    auto span = std::ranges::upper_bound(out.spans, day, {}, &DaySpan::first);
    --span;
    for (std::size_t kind = 0; kind < counts.size(); ++kind)
      span->counts[kind] += counts[kind];
  }
  return out;
}

DayCounts keep_backscatter(const DayCounts& days) {
  DayCounts out;
  for (const auto& [day, counts] : days) {
    if (survey::sum_backscatter(counts) == 0) continue;
    KindCounts& kept = out[day];
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (survey::is_backscatter(static_cast<reading::Kind>(i))) kept[i] = counts[i];
    }
  }
  return out;
}

std::string render_span(Day first, SpanUnit unit) {
  const std::string day = render_instant(first).substr(0, 10);
  switch (unit) {
    case SpanUnit::Day:
    case SpanUnit::Week:
      return day;
    case SpanUnit::Month:
      return day.substr(0, 7);
    case SpanUnit::Year:
      return day.substr(0, 4);
  }
  return day;
}

}  // namespace backstop::app
