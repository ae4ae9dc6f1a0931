// What `backstop scan` found, as JSON, as a page for a terminal, and as a page for a browser.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/scan_run.h"

namespace backstop::app {

struct ScanReport {
  ScanResult result = {};
  std::vector<std::string> paths = {};
  double seconds = 0;
  bool judged = false;   // Keys were there: genuine and unproven are known.
  bool checked = false;  // A truth was there.
};

// Where a text page is shown.
struct PageLook {
  std::size_t columns = 80;
  bool colour = false;
  bool utf8 = false;  // Block characters may be used for bars.
};

// One JSON object on one line, without the line end.  The fields and their names are stable.
std::string render_scan_json(const ScanReport& report);

// For a person at a terminal.  What came from outside is escaped.
std::string render_scan_page(const ScanReport& report, const PageLook& look);

// One page of HTML with pictures, without scripts and without anything from elsewhere.
std::string render_scan_html(const ScanReport& report);

// The confusion matrix, the scores and the wrong messages, for the page.
std::string render_truth_page(const survey::TruthTally& truth, const PageLook& look);

// Days in spans of equal length, at most `spans_max` of them, for a picture.
enum class SpanUnit { Day, Week, Month, Year };
struct DaySpan {
  survey::Day first;
  survey::KindCounts counts{};
};
struct DaySpans {
  SpanUnit unit = SpanUnit::Day;
  std::vector<DaySpan> spans;   // From the first to the last, without gaps.
  std::uint64_t elsewhere = 0;  // Messages of days too far from the others to be shown.
};
// The finest spans with which nearly all messages fit; the few of far days are left out, since one
// wrong date would squeeze all others into one span.  REQUIRES: no day without messages.
DaySpans make_day_spans(const std::map<survey::Day, survey::KindCounts>& days,
                        std::size_t spans_max);
// Of the same days, backscatter alone.
std::map<survey::Day, survey::KindCounts> keep_backscatter(
    const std::map<survey::Day, survey::KindCounts>& days);
// "2026-11-21", "2026-11", "2026".
std::string render_span(survey::Day first, SpanUnit unit);

}  // namespace backstop::app
