#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "app/html.h"
#include "app/scan_report.h"
#include "app/text_page.h"

namespace backstop::app {
namespace {

using reading::Kind;
using survey::KindCounts;
using survey::Totals;

constexpr std::size_t kShownNames = 20;
constexpr std::size_t kShownOrdinary = 100;
constexpr std::size_t kShownUnreadable = 100;
constexpr std::size_t kShownSpans = 120;

constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--paper:#fbfaf8;--card:#fff;--ink:#1d1d1b;--quiet:#66645e;--line:#e2dfd8;
--plain:#54738c;--returned:#c4512d;--answered:#2f6f9f;--asked:#9a5b93;--noticed:#c98a1b;--ordinary:#9aa6ad;--other:#6f8f6a}
@media (prefers-color-scheme:dark){:root{--paper:#161614;--card:#1f1f1c;--ink:#ecebe6;--quiet:#a3a099;--line:#37352f;
--plain:#7fa3bf;--returned:#e5805c;--answered:#6aaddd;--asked:#c68cbf;--noticed:#e0ad4d;--ordinary:#75818a;--other:#93b58d}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:68rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .3rem;text-wrap:balance}
h2{font-size:1.05rem;margin:0 0 .6rem}
p{margin:.2rem 0}.quiet,.note,.axis,.legend{color:var(--quiet)}.quiet{overflow-wrap:anywhere}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.8rem;margin:1.6rem 0}
.tile,section{background:var(--card);border:1px solid var(--line);border-radius:10px}
.tile{padding:.8rem 1rem}.tile b{display:block;font-size:1.6rem;font-weight:650;font-variant-numeric:tabular-nums}
.tile span{color:var(--quiet);font-size:.9rem}.tile.bad b{color:var(--returned)}
section{padding:1.1rem 1.25rem 1.2rem;margin:0 0 1rem}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(26rem,100%),1fr));gap:1rem;margin:0 0 1rem;align-items:start}
.pair section{margin:0;min-width:0}
table{border-collapse:collapse;width:100%;font-size:.92rem}
.bars th{text-align:left;font-weight:500;padding:.16rem .8rem .16rem 0;overflow-wrap:anywhere;min-width:7rem;max-width:22rem}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;padding:.16rem .6rem .16rem 0}.share{color:var(--quiet)}
.bar{width:38%}.pair .bar{width:34%}.bar svg{display:block;width:100%;height:.75rem}.note{white-space:nowrap;padding-left:.8rem;font-size:.85rem}
.columns{display:block;width:100%;height:auto}.axis{font-size:12px;fill:var(--quiet);font-variant-numeric:tabular-nums}
.grid{stroke:var(--line);stroke-width:1}.point{fill:transparent}g:hover>.point{fill:var(--ink);fill-opacity:.07}
.legend{font-size:.9rem;margin-top:.4rem}.legend span{margin-right:1.1rem;white-space:nowrap}
.legend svg{width:.75rem;height:.75rem;margin-right:.4rem;vertical-align:-.06rem}
.plain{fill:var(--plain)}.returned{fill:var(--returned)}.answered{fill:var(--answered)}.asked{fill:var(--asked)}
.noticed{fill:var(--noticed)}.ordinary{fill:var(--ordinary)}.other{fill:var(--other)}
@media(max-width:40rem){.note{display:none}.picture .columns{min-width:36rem}}
.list td,.list th{text-align:left;vertical-align:top;padding:.25rem .9rem .25rem 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
.list th{border-top:0;font-weight:600}.scroll{overflow-x:auto}
.warning{border-left:4px solid var(--returned);padding:.4rem .8rem;margin:1rem 0;background:var(--card)}
@media print{:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--quiet:#444;--line:#ccc;--plain:#54738c;
--returned:#c4512d;--answered:#2f6f9f;--asked:#9a5b93;--noticed:#c98a1b;--ordinary:#9aa6ad;--other:#6f8f6a}
body{font-size:11pt}main{max-width:none;padding:0}section,.tile{break-inside:avoid}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
)";

// How kinds are drawn together.
struct Group {
  std::string_view name;
  std::string_view style;
  std::vector<Kind> kinds;
};
const std::vector<Group>& backscatter_groups() {
  static const std::vector<Group> groups = {
      {"bounces and reports",
       "returned",
       {Kind::Bounce, Kind::Delay, Kind::DeliveryReport, Kind::ReadReceipt}},
      {"automatic replies", "answered", {Kind::AutoReply, Kind::TicketAck}},
      {"challenges and confirmations", "asked", {Kind::Challenge, Kind::SubscriptionConfirm}},
      {"notices of filters", "noticed", {Kind::VirusNotice, Kind::ContentNotice}},
  };
  return groups;
}

std::string style_of(Kind kind) {
  for (const Group& group : backscatter_groups()) {
    if (std::ranges::find(group.kinds, kind) != group.kinds.end()) return std::string(group.style);
  }
  return kind == Kind::Ordinary ? "ordinary" : "other";
}

std::string render_share(std::uint64_t part, std::uint64_t whole) {
  const double percent =
      whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  return part > 0 && percent < 0.1 ? "less than 0.1 %"
                                   : fmt::format("{:.{}f} %", percent, percent < 10 ? 1 : 0);
}

std::string render_day(const std::optional<Instant>& instant) {
  return instant ? render_instant(*instant).substr(0, 10) : "";
}

class HtmlPage {
 public:
  explicit HtmlPage(const ScanReport& report) : report_(report), totals_(report.result.totals) {}

  std::string render() {
    head();
    tiles();
    days();
    out_ += "<div class=\"pair\">\n";
    kinds();
    reasons();
    out_ += "</div>\n";
    names("Addresses they answer",
          "Whom the senders of these notices took for the writer of what they return.",
          totals_.forged_addresses, true);
    names("Who sent them", "Reporting servers, else the domain of the sender.", totals_.sources,
          false);
    names("Where the originals came from",
          "The first hop of what is returned: computers that sent mail in another's name.",
          totals_.bots, true);
    out_ += "<div class=\"pair\">\n";
    names("Languages of the notices", "", totals_.languages, false);
    names("What wrote them", "Mail systems, by the form of their notices.", totals_.products,
          false);
    out_ += "</div>\n";
    ordinary();
    unreadable();
    out_ += "</main>\n</body>\n</html>\n";
    return std::move(out_);
  }

 private:
  void put(std::string_view text) { out_ += text; }

  void head() {
    const std::uint64_t noise = totals_.backscatter();
    std::string paths = report_.paths.front();
    if (report_.paths.size() > 1) paths += fmt::format(" and {} more", report_.paths.size() - 1);
    put("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    put(fmt::format("{} of backscatter in {}", count_of(noise, "message"), escape_html(paths)));
    put("</title>\n<style>");
    put(kStyle);
    put("</style>\n</head>\n<body>\n<main>\n<h1>");
    put(noise == 0 ? "No backscatter"
                   : fmt::format("{} of {} are backscatter", group_digits(noise),
                                 count_of(totals_.messages, "message")));
    put("</h1>\n<p class=\"quiet\">");
    put(escape_html(paths));
    if (!totals_.days.empty()) {
      put(fmt::format(" · {} to {}", render_day(totals_.days.begin()->first),
                      render_day(totals_.days.rbegin()->first)));
    }
    put("</p>\n");
    if (!report_.result.complete) {
      put("<p class=\"warning\">The reading was stopped: these are the figures so far.</p>\n");
    }
  }

  void tile(std::string_view number, std::string_view what, bool bad = false) {
    put(fmt::format("<div class=\"tile{}\"><b>{}</b><span>{}</span></div>\n", bad ? " bad" : "",
                    number, what));
  }

  void tiles() {
    const std::uint64_t noise = totals_.backscatter();
    put("<div class=\"tiles\">\n");
    tile(group_digits(totals_.messages), "messages, " + size_of(totals_.bytes));
    tile(group_digits(noise), "backscatter, " + render_share(noise, totals_.messages), noise > 0);
    tile(group_digits(totals_.kinds[static_cast<std::size_t>(Kind::Ordinary)]), "ordinary mail");
    if (report_.judged) {
      tile(group_digits(totals_.genuine), "answer mail that we sent");
      tile(group_digits(totals_.unproven), "without proof that we sent it");
    }
    if (totals_.source_knew > 0) {
      tile(group_digits(totals_.source_knew), "sent back although known to be spam or a virus");
    }
    if (totals_.unreadable > 0) {
      tile(group_digits(totals_.unreadable), "places could not be read", true);
    }
    put("</div>\n");
  }

  void section(std::string_view title, std::string_view note) {
    put(fmt::format("<section>\n<h2>{}</h2>\n", title));
    if (!note.empty()) put(fmt::format("<p class=\"quiet\">{}</p>\n", note));
  }

  void days() {
    const bool noise = totals_.backscatter() > 0;
    const DaySpans days =
        make_day_spans(noise ? keep_backscatter(totals_.days) : totals_.days, kShownSpans);
    if (days.spans.empty()) return;
    std::vector<Series> series;
    std::vector<Group> groups = {{"ordinary mail", "ordinary", {Kind::Ordinary}}};
    if (noise) groups = backscatter_groups();
    for (const Group& group : groups)
      series.push_back({std::string(group.name), std::string(group.style)});
    std::vector<Column> columns;
    for (const DaySpan& span : days.spans) {
      Column column{.label = render_span(span.first, days.unit), .parts = {}};
      for (const Group& group : groups) {
        std::uint64_t n = 0;
        for (const Kind kind : group.kinds)
          n += span.counts[static_cast<std::size_t>(kind)];
        column.parts.push_back(n);
      }
      columns.push_back(std::move(column));
    }
    static constexpr std::array<std::string_view, 4> kUnits = {"day", "week", "month", "year"};
    const std::string title =
        fmt::format("{}, by {} (UTC)", noise ? "When the backscatter came" : "When they came",
                    kUnits[static_cast<std::size_t>(days.unit)]);
    section(title, "");
    put("<div class=\"scroll picture\">");
    put(render_columns(title, series, columns));
    put("</div>\n");
    const std::uint64_t undated =
        noise ? survey::sum_backscatter(totals_.without_day) : survey::sum(totals_.without_day);
    if (days.elsewhere + undated > 0) {
      put(fmt::format(
          "<p class=\"quiet\">Not in the picture: {} of days far from these, {} without "
          "a date.</p>\n",
          count_of(days.elsewhere, "message"), group_digits(undated)));
    }
    put("</section>\n");
  }

  void kinds() {
    std::vector<BarRow> rows;
    for (std::size_t i = 0; i < totals_.kinds.size(); ++i) {
      if (totals_.kinds[i] == 0) continue;
      const Kind kind = static_cast<Kind>(i);
      rows.push_back({.name = std::string(reading::name_of(kind)),
                      .n = totals_.kinds[i],
                      .note = "",
                      .style = style_of(kind)});
    }
    section("What they are", "");
    put(render_bars(rows, totals_.messages));
    put("</section>\n");
  }

  void reasons() {
    if (totals_.reasons.names.empty()) return;
    std::vector<BarRow> rows;
    std::uint64_t whole = 0;
    for (const Tallied& entry : totals_.reasons.names) {
      rows.push_back({.name = entry.name, .n = entry.n, .note = "", .style = ""});
      whole += entry.n;
    }
    section("Why mail came back", "");
    put(render_bars(rows, whole));
    put("</section>\n");
  }

  void names(std::string_view title, std::string_view note, const TopNames& top, bool dates) {
    if (top.names.empty()) return;
    std::vector<BarRow> rows;
    std::uint64_t shown = 0;
    std::uint64_t all = top.left_out;
    for (const Tallied& entry : top.names) {
      all += entry.n;
      if (rows.size() >= kShownNames) continue;
      shown += entry.n;
      std::string span;
      if (dates && entry.first) {
        span = render_day(entry.first);
        if (render_day(entry.last) != span) span += " to " + render_day(entry.last);
      }
      rows.push_back({.name = entry.name, .n = entry.n, .note = span, .style = ""});
    }
    section(title, note);
    if (rows.size() > 1 && rows.front().n == 1) {
      // Bars that are all alike say nothing.
      put(fmt::format("<p>{}{} different ones, named once each: {}", top.forgot ? "At least " : "",
                      group_digits(top.names_seen), escape_html(rows.front().name)));
      for (std::size_t i = 1; i < rows.size(); ++i)
        put(", " + escape_html(rows[i].name));
      put(top.names_seen > rows.size() ? " and so on.</p>\n" : ".</p>\n");
    } else {
      put(render_bars(rows, all));
    }
    if (all > shown && rows.front().n > 1) {
      put(fmt::format("<p class=\"quiet\">And {} of {}{} others.</p>\n",
                      count_of(all - shown, "message"), top.forgot ? "at least " : "",
                      group_digits(top.names_seen - rows.size())));
    }
    put("</section>\n");
  }

  void ordinary() {
    if (!totals_.is_mostly_noise() || totals_.ordinary.empty()) return;
    const std::uint64_t all = totals_.kinds[static_cast<std::size_t>(Kind::Ordinary)];
    section(fmt::format("Not noise: {}", count_of(all, "message")),
            "Ordinary mail among it. Look at these first.");
    put("<div class=\"scroll\"><table class=\"list\">\n<tr><th>From</th><th>Subject</th>"
        "<th>Where</th></tr>\n");
    std::size_t shown = 0;
    for (const survey::OrdinaryMessage& message : totals_.ordinary) {
      if (shown++ == kShownOrdinary) break;
      put(fmt::format("<tr><td>{}</td><td>{}</td><td class=\"quiet\">{}</td></tr>\n",
                      escape_html(message.from), escape_html(message.subject),
                      escape_html(message.source)));
    }
    put("</table></div>\n");
    if (all > kShownOrdinary) {
      put(fmt::format("<p class=\"quiet\">And {} more.</p>\n", group_digits(all - kShownOrdinary)));
    }
    put("</section>\n");
  }

  void unreadable() {
    if (totals_.unreadable_places.empty()) return;
    section("Could not be read", "");
    put("<table class=\"list\">\n");
    std::size_t shown = 0;
    for (const survey::UnreadablePlace& place : totals_.unreadable_places) {
      if (shown++ == kShownUnreadable) break;
      put(fmt::format("<tr><td>{}</td><td>at byte {}</td><td>{}</td></tr>\n",
                      escape_html(place.source), group_digits(place.offset),
                      escape_html(place.what)));
    }
    put("</table>\n</section>\n");
  }

  const ScanReport& report_;
  const Totals& totals_;
  std::string out_;
};

}  // namespace

std::string render_scan_html(const ScanReport& report) {
  return HtmlPage(report).render();
}

}  // namespace backstop::app
