#include <fmt/format.h>

#include <algorithm>

#include "app/bar.h"
#include "app/scan_report.h"
#include "app/text_page.h"

namespace backstop::app {
namespace {

using survey::KindCounts;
using survey::Totals;

constexpr std::size_t kShownNames = 10;
constexpr std::size_t kShownOrdinary = 25;
constexpr std::size_t kShownUnreadable = 20;
constexpr std::size_t kShownSpans = 32;
constexpr std::size_t kCountColumns = 11;
constexpr std::size_t kShareColumns = 7;
constexpr std::size_t kBarColumnsLeast = 8;
constexpr std::size_t kNameColumns = 42;

struct ChartRow {
  std::string name;
  std::uint64_t n = 0;
};

std::string render_share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "";
  const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  if (part > 0 && percent < 0.1) return "<0.1 %";
  return percent < 10 ? fmt::format("{:.1f} %", percent) : fmt::format("{:.0f} %", percent);
}

// Characters, not bytes, so that columns stay in line.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// At most `columns` wide, with a mark where it was cut.
std::string shorten(std::string text, std::size_t columns) {
  if (width_of(text) <= columns) return text;
  std::size_t kept = 0;
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const bool begins = (static_cast<unsigned char>(text[bytes]) & 0xC0U) != 0x80U;
    if (begins && kept + 3 >= columns) break;
    kept += begins ? 1 : 0;
    ++bytes;
  }
  text.resize(bytes);
  return text + "...";
}

std::string pad(std::string text, std::size_t columns) {
  const std::size_t width = width_of(text);
  if (width < columns) text.append(columns - width, ' ');
  return text;
}

class ScanPage {
 public:
  ScanPage(const ScanReport& report, const PageLook& look)
      : report_(report),
        totals_(report.result.totals),
        look_(look),
        page_(look.columns, look.colour) {}

  std::string render() {
    show_head();
    show_kinds();
    show_days();
    show_reasons();
    show_names("Addresses they answer", totals_.forged_addresses);
    show_names("Who sent them", totals_.sources);
    show_names("First hops of what they return", totals_.bots);
    show_names("Their languages", totals_.languages);
    show_names("What wrote them", totals_.products);
    show_ordinary();
    show_unreadable();
    return page_.take();
  }

 private:
  void show_head() {
    std::string what = report_.paths.front();
    if (report_.paths.size() > 1) {
      what += fmt::format(" and {} more", report_.paths.size() - 1);
    }
    page_.title(fmt::format("{}: {}, {}", what, count_of(totals_.messages, "message"),
                            size_of(totals_.bytes)));
    if (!report_.result.complete) {
      page_.line("stopped", "Not everything was read: these are the figures so far.", Tone::Bad);
    }
    const std::uint64_t noise = totals_.backscatter();
    page_.line("backscatter",
               noise == 0 ? "none"
                          : fmt::format("{}, {} of the messages", group_digits(noise),
                                        render_share(noise, totals_.messages)),
               noise == 0 ? Tone::Good : Tone::Warning);
    if (report_.judged && noise > 0) {
      page_.line("ours",
                 fmt::format("{} of these answer mail that we sent; of {} nobody can tell",
                             group_digits(totals_.genuine), group_digits(totals_.unproven)));
    }
    if (totals_.source_knew > 0) {
      page_.line("knew", fmt::format("{} were sent back by servers that say themselves that it was "
                                     "spam or a virus",
                                     group_digits(totals_.source_knew)));
    }
    if (totals_.unreadable > 0) {
      page_.line("unreadable",
                 fmt::format("{}; see the list below", count_of(totals_.unreadable, "place")),
                 Tone::Bad);
    }
    if (totals_.cut > 0) {
      page_.line("cut", fmt::format("{} too long to be read to the end",
                                    count_of(totals_.cut, "message")));
    }
    const double rate =
        report_.seconds > 0 ? static_cast<double>(totals_.messages) / report_.seconds : 0;
    page_.line(
        "read in",
        fmt::format(
            "{:.1f} s: {} and {} a second; of {} of the messages the header alone "
            "said what they are",
            report_.seconds, count_of(static_cast<std::uint64_t>(rate), "message"),
            size_of(static_cast<std::uint64_t>(
                report_.seconds > 0 ? static_cast<double>(totals_.bytes) / report_.seconds : 0)),
            render_share(totals_.messages - totals_.bodies, totals_.messages)));
  }

  void show_chart(const std::vector<ChartRow>& rows, std::uint64_t whole) {
    std::size_t name_columns = 0;
    std::uint64_t most = 0;
    for (const ChartRow& row : rows) {
      name_columns = std::max(name_columns, std::min(width_of(row.name), kNameColumns));
      most = std::max(most, row.n);
    }
    const std::size_t taken = 2 + name_columns + kCountColumns + kShareColumns + 2;
    const std::size_t bar_columns =
        std::max(kBarColumnsLeast, look_.columns > taken ? look_.columns - taken : 0);
    for (const ChartRow& row : rows) {
      std::string line = fmt::format(
          "{}{:>{}}{:>{}}", pad(shorten(row.name, kNameColumns), name_columns), group_digits(row.n),
          kCountColumns, render_share(row.n, whole), kShareColumns);
      const std::string bar =
          render_bar(row.n, most, bar_columns, look_.utf8 ? BarStyle::Blocks : BarStyle::Ascii);
      if (!bar.empty()) line += "  " + bar;
      page_.row(line);
    }
  }

  void show_kinds() {
    if (totals_.messages == 0) return;
    page_.title("What they are");
    std::vector<ChartRow> rows;
    for (std::size_t i = 0; i < totals_.kinds.size(); ++i) {
      if (totals_.kinds[i] == 0) continue;
      rows.push_back(
          {std::string(reading::name_of(static_cast<reading::Kind>(i))), totals_.kinds[i]});
    }
    show_chart(rows, totals_.messages);
  }

  // Backscatter alone where there is any: it is what the picture is for.
  void show_days() {
    const std::uint64_t noise = totals_.backscatter();
    const DaySpans days =
        make_day_spans(noise > 0 ? keep_backscatter(totals_.days) : totals_.days, kShownSpans);
    if (days.spans.size() < 2) return;
    static constexpr std::string_view kUnits[] = {"day", "week", "month", "year"};
    page_.title(fmt::format("{}, by {}", noise > 0 ? "When the backscatter came" : "When they came",
                            kUnits[static_cast<std::size_t>(days.unit)]));
    std::vector<ChartRow> rows;
    std::uint64_t whole = 0;
    for (const DaySpan& span : days.spans) {
      const std::uint64_t n = survey::sum(span.counts);
      rows.push_back({render_span(span.first, days.unit), n});
      whole += n;
    }
    show_chart(rows, whole);
    if (days.elsewhere > 0) {
      page_.row(fmt::format("and {} of days far from these", count_of(days.elsewhere, "message")));
    }
    const std::uint64_t undated =
        noise > 0 ? survey::sum_backscatter(totals_.without_day) : survey::sum(totals_.without_day);
    if (undated > 0) page_.row(fmt::format("and {} without a date", count_of(undated, "message")));
  }

  void show_reasons() {
    if (totals_.reasons.names.empty()) return;
    page_.title("Why mail came back");
    std::vector<ChartRow> rows;
    std::uint64_t whole = 0;
    for (const Tallied& entry : totals_.reasons.names) {
      rows.push_back({entry.name, entry.n});
      whole += entry.n;
    }
    show_chart(rows, whole);
  }

  void show_names(std::string_view title, const TopNames& top) {
    if (top.names.empty()) return;
    page_.title(title);
    std::vector<ChartRow> rows;
    std::uint64_t shown = 0;
    std::uint64_t all = top.left_out;
    for (const Tallied& entry : top.names) {
      all += entry.n;
      if (rows.size() >= kShownNames) continue;
      rows.push_back({entry.name, entry.n});
      shown += entry.n;
    }
    if (rows.size() > 1 && rows.front().n == 1) {
      // Bars that are all alike say nothing.
      page_.row(fmt::format("{}{} different ones, named once each, as {}",
                            top.forgot ? "at least " : "", group_digits(top.names_seen),
                            shorten(rows.front().name, kNameColumns)));
      return;
    }
    show_chart(rows, all);
    if (all > shown) {
      page_.row(fmt::format(
          "and {} of {}{} others", count_of(all - shown, "message"), top.forgot ? "at least " : "",
          group_digits(top.names_seen - std::min<std::uint64_t>(top.names_seen, rows.size()))));
    }
  }

  void show_ordinary() {
    if (!totals_.is_mostly_noise()) return;
    const std::uint64_t all = totals_.kinds[static_cast<std::size_t>(reading::Kind::Ordinary)];
    page_.title(all == 0 ? "Nothing here is ordinary mail"
                         : fmt::format("Not noise: {} of ordinary mail", count_of(all, "message")));
    std::size_t shown = 0;
    for (const survey::OrdinaryMessage& message : totals_.ordinary) {
      if (shown++ == kShownOrdinary) break;
      page_.row(fmt::format("{}  {}", pad(shorten(message.from, 34), 34),
                            shorten(message.subject.empty() ? "(no subject)" : message.subject,
                                    std::max<std::size_t>(20, look_.columns - 40))));
    }
    if (all > kShownOrdinary) {
      page_.row(fmt::format("and {} more", group_digits(all - kShownOrdinary)));
    }
  }

  void show_unreadable() {
    if (totals_.unreadable_places.empty()) return;
    page_.title("Could not be read");
    std::size_t shown = 0;
    for (const survey::UnreadablePlace& place : totals_.unreadable_places) {
      if (shown++ == kShownUnreadable) break;
      page_.row(
          fmt::format("{}, at byte {}: {}", place.source, group_digits(place.offset), place.what),
          Tone::Bad);
    }
    if (totals_.unreadable > kShownUnreadable) {
      page_.row(fmt::format("and {} more", group_digits(totals_.unreadable - kShownUnreadable)));
    }
  }

  const ScanReport& report_;
  const Totals& totals_;
  const PageLook& look_;
  TextPage page_;
};

}  // namespace

std::string render_scan_page(const ScanReport& report, const PageLook& look) {
  std::string out = ScanPage(report, look).render();
  if (report.checked) out += "\n" + render_truth_page(report.result.truth, look);
  return out;
}

}  // namespace backstop::app
