// Days put into spans for a picture.
#include <algorithm>

#include "app/scan_report.h"

namespace backstop::app {
namespace {

using std::chrono::year_month_day;
using survey::Day;
using survey::KindCounts;

using DayCounts = std::map<Day, KindCounts>;

// One in so many messages may be left out of the picture at each end.
constexpr std::uint64_t kSparseShare = 200;

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

Day next_span(Day first, SpanUnit unit) {
  const year_month_day date{first};
  switch (unit) {
    case SpanUnit::Day:
      return first + Days{1};
    case SpanUnit::Week:
      return first + Days{7};
    case SpanUnit::Month:
      return Day{(date.year() / date.month() + std::chrono::months{1}) / 1};
    case SpanUnit::Year:
      return Day{(date.year() + std::chrono::years{1}) / 1 / 1};
  }
  return first + Days{1};
}

std::size_t spans_between(Day first, Day last, SpanUnit unit, std::size_t stop_at) {
  std::size_t spans = 1;
  for (Day at = begin_of(first, unit); (at = next_span(at, unit)) <= last && spans <= stop_at;)
    ++spans;
  return spans;
}

// The finest unit with which the days fit.
SpanUnit unit_for(Day first, Day last, std::size_t spans_max) {
  for (const SpanUnit unit : {SpanUnit::Day, SpanUnit::Week, SpanUnit::Month}) {
    if (spans_between(first, last, unit, spans_max) <= spans_max) return unit;
  }
  return SpanUnit::Year;
}

// The first day, in the order of the iterators, before which not more than `sparse` messages came.
template <class Iterator>
Day end_of_sparse(Iterator at, Iterator end, std::uint64_t sparse) {
  std::uint64_t passed = 0;
  for (; std::next(at) != end; ++at) {
    passed += survey::sum(at->second);
    if (passed > sparse) break;
  }
  return at->first;
}

}  // namespace

DaySpans make_day_spans(const DayCounts& days, std::size_t spans_max) {
  DaySpans out;
  if (days.empty() || spans_max == 0) return out;
  Day first = days.begin()->first;
  Day last = days.rbegin()->first;
  out.unit = unit_for(first, last, spans_max);
  if (out.unit != SpanUnit::Day) {
    std::uint64_t all = 0;
    for (const auto& [day, counts] : days)
      all += survey::sum(counts);
    const Day dense_first = end_of_sparse(days.begin(), days.end(), all / kSparseShare);
    const Day dense_last = end_of_sparse(days.rbegin(), days.rend(), all / kSparseShare);
    const SpanUnit dense = unit_for(dense_first, dense_last, spans_max);
    if (dense_first <= dense_last && dense < out.unit) {
      out.unit = dense;
      first = dense_first;
      last = dense_last;
    }
  }
  for (Day at = begin_of(first, out.unit); at <= last && out.spans.size() < spans_max;
       at = next_span(at, out.unit)) {
    out.spans.push_back(DaySpan{.first = at});
  }
  const Day end = next_span(out.spans.back().first, out.unit);
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
