#include <fmt/format.h>

#include <algorithm>

#include "app/bar.h"
#include "app/simulate_report.h"
#include "app/text_page.h"

namespace backstop::app {
namespace {

// Rows of the picture.
constexpr std::size_t kRows = 24;
constexpr std::size_t kTimeColumns = 18;
constexpr std::size_t kCountColumns = 9;
constexpr std::size_t kShownLost = 5;
constexpr std::size_t kShownAlarms = 12;

// "2026-03-02 09:00"
std::string show_time(Instant at) {
  return render_instant(at).substr(0, 16).replace(10, 1, " ");
}

std::string share_of(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "0 %";
  return fmt::format("{:.2f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

// As an expectation of that figure was written: "99.93%", "42s", "72,000".
std::string show_found(const simulation::Held& held) {
  if (!held.found) return "none";
  const std::string& text = held.expectation.text;
  if (text.ends_with('%')) return fmt::format("{:.4g} %", 100 * *held.found);
  if (!text.empty() && text.back() >= 'a' && text.back() <= 'z' && !text.ends_with("none"))
    return render_duration(Seconds{static_cast<Seconds::rep>(*held.found)});
  return group_digits(static_cast<std::uint64_t>(*held.found));
}

class SimulatePage {
 public:
  SimulatePage(const SimulateReport& report, const PageLook& look)
      : report_(report), outcome_(report.outcome), look_(look), page_(look.columns, look.colour) {}

  std::string render() {
    show_head();
    show_picture();
    show_alarms();
    show_backscatter();
    show_own();
    show_expected();
    show_cost();
    return page_.take();
  }

 private:
  void show_head() {
    const auto& scenario = *report_.scenario;
    page_.title(scenario.title.empty() ? report_.name
                                       : fmt::format("{}: {}", report_.name, scenario.title));
    page_.line("played", fmt::format("{} from {}, seed {}{}", render_duration(scenario.lasts),
                                     render_instant(scenario.begins).substr(0, 10), report_.seed,
                                     report_.scale == 1
                                         ? std::string()
                                         : fmt::format(", all amounts times {:g}", report_.scale)));
    if (!report_.complete)
      page_.line("stopped", "It was not played to its end: these are the figures so far.",
                 Tone::Bad);
  }

  // Hours and days down the page; what was stopped is drawn in full, what was delivered behind it.
  void show_picture() {
    std::vector<simulation::Slice> rows;
    const std::size_t each = std::max<std::size_t>(1, (outcome_.slices.size() + kRows - 1) / kRows);
    for (std::size_t i = 0; i < outcome_.slices.size(); ++i) {
      if (i % each == 0) rows.push_back({.from = outcome_.slices[i].from});
      rows.back().backscatter += outcome_.slices[i].backscatter;
      rows.back().stopped += outcome_.slices[i].stopped;
      rows.back().genuine += outcome_.slices[i].genuine;
    }
    std::uint64_t most = 0;
    for (const simulation::Slice& row : rows)
      most = std::max(most, row.backscatter + row.genuine);
    if (most == 0) return;
    page_.title(
        "What came back: refused or held (full), delivered (dotted), answers to our own "
        "mail (plus)");
    const std::size_t taken = 2 + kTimeColumns + 2 * kCountColumns + 2;
    const std::size_t columns = look_.columns > taken + 10 ? look_.columns - taken : 10;
    for (const simulation::Slice& row : rows)
      page_.row(render_row(row, most, std::min<std::size_t>(columns, 80)));
  }

  std::string render_row(const simulation::Slice& row, std::uint64_t most,
                         std::size_t columns) const {
    const auto width = [&](std::uint64_t n) { return (n * columns + most - 1) / most; };
    std::string line =
        fmt::format("{}  {:>{}} {:>{}}  ", show_time(row.from), group_digits(row.backscatter),
                    kCountColumns, group_digits(row.genuine), kCountColumns - 1);
    line += render_bar(row.stopped, most, columns, look_.utf8 ? BarStyle::Blocks : BarStyle::Ascii);
    const std::uint64_t delivered = row.backscatter - row.stopped;
    for (std::uint64_t i = 0; i < width(delivered); ++i)
      line += look_.utf8 ? "\u2591" : ".";
    line += std::string(width(row.genuine), '+');
    return line;
  }

  void show_alarms() {
    page_.title(fmt::format("What the watch said: {}", count_of(outcome_.alarms.size(), "alarm")));
    for (std::size_t i = 0; i < std::min(kShownAlarms, outcome_.alarms.size()); ++i) {
      const simulation::Alarm& alarm = outcome_.alarms[i];
      page_.line(std::string(watch::name_of(alarm.kind)),
                 fmt::format("{}: {}", show_time(alarm.at), alarm.text),
                 watch::is_attack(alarm.kind) ? Tone::Warning : Tone::Good);
    }
    if (outcome_.alarms.size() > kShownAlarms)
      page_.row(fmt::format("and {} more", outcome_.alarms.size() - kShownAlarms));
    if (outcome_.seconds_to_alarm)
      page_.line("alarm after",
                 render_duration(Seconds{static_cast<Seconds::rep>(*outcome_.seconds_to_alarm)}));
    if (!outcome_.clock || !outcome_.clock->last_activity) return;
    const simulation::RunClock& clock = *outcome_.clock;
    page_.line("run clock",
               fmt::format("run {}: the spammer was last active on {}, in truth on {}", clock.run,
                           show_time(*clock.last_activity), show_time(clock.true_activity)));
    if (clock.tail_ends)
      page_.line("", fmt::format("told on {}: the tail ends on {}, give or take {:.1f} days; in "
                                 "truth on {}",
                                 show_time(*clock.told_at), show_time(*clock.tail_ends),
                                 static_cast<double>(clock.tail_error.count()) / 86'400,
                                 show_time(clock.true_tail)));
  }

  void show_backscatter() {
    const simulation::Backscatter& counts = outcome_.backscatter;
    if (counts.offered == 0) return;
    page_.title(fmt::format("Backscatter: {}", count_of(counts.offered, "answer")));
    const auto row = [&](std::string_view name, std::uint64_t n) {
      if (n > 0)
        page_.row(
            fmt::format("{:<26}{:>11}{:>10}", name, group_digits(n), share_of(n, counts.offered)));
    };
    row("refused at RCPT", counts.refused_rcpt);
    row("refused after the message", counts.refused_eom);
    row("held", counts.quarantined);
    row("delivered, marked", counts.marked);
    row("delivered", counts.accepted);
    if (counts.returned_enough > 0) {
      const std::uint64_t stopped = counts.enough_refused + counts.enough_held;
      page_.line("enough",
                 fmt::format("{} of the {} that returned enough of the original were stopped, {}",
                             group_digits(stopped), group_digits(counts.returned_enough),
                             share_of(stopped, counts.returned_enough)),
                 stopped == counts.returned_enough ? Tone::Good : Tone::Plain);
    }
    if (outcome_.replayed > 0)
      page_.line("replayed", fmt::format("{} with a proof of ours that was used too often",
                                         count_of(outcome_.replayed, "answer")));
  }

  void show_own() {
    const simulation::Genuine& genuine = outcome_.genuine;
    page_.title("Our own mail");
    page_.line("sent", count_of(outcome_.sent, "message") + ", signed");
    page_.line("genuine",
               fmt::format("{} came back, {} delivered, {} held, {} lost",
                           count_of(genuine.offered, "answer"), group_digits(genuine.accepted),
                           group_digits(genuine.quarantined), group_digits(genuine.lost)),
               genuine.lost == 0 ? Tone::Good : Tone::Bad);
    for (std::size_t i = 0; i < std::min(kShownLost, outcome_.lost.size()); ++i) {
      const simulation::Lost& lost = outcome_.lost[i];
      page_.line("lost",
                 fmt::format("{} to {}: {}", render_instant(lost.at), lost.recipient, lost.why));
    }
    if (outcome_.ordinary_offered > 0)
      page_.line("ordinary", fmt::format("{} came in, {} lost",
                                         count_of(outcome_.ordinary_offered, "other message"),
                                         group_digits(outcome_.ordinary_lost)));
  }

  void show_expected() {
    if (report_.held.empty()) return;
    page_.title("What was expected");
    for (const simulation::Held& held : report_.held) {
      page_.row(fmt::format("{:<6} {:<46} {}", held.holds ? "held" : "FAILED",
                            held.expectation.text, show_found(held)),
                held.holds ? Tone::Good : Tone::Bad);
    }
  }

  void show_cost() {
    const double each = outcome_.messages > 0
                            ? report_.cpu_seconds / static_cast<double>(outcome_.messages) * 1e6
                            : 0;
    const double rate =
        report_.seconds > 0 ? static_cast<double>(outcome_.messages) / report_.seconds : 0;
    page_.line("cost", fmt::format("{} judged or signed in {:.1f} s of CPU: {:.0f} microseconds a "
                                   "message, writing it included; {} a minute",
                                   count_of(outcome_.messages, "message"), report_.cpu_seconds,
                                   each, group_digits(static_cast<std::uint64_t>(rate * 60))));
  }

  const SimulateReport& report_;
  const simulation::Outcome& outcome_;
  const PageLook& look_;
  TextPage page_;
};

}  // namespace

bool SimulateReport::all_held() const {
  return complete && std::ranges::all_of(held, &simulation::Held::holds);
}

std::string render_simulate_page(const SimulateReport& report, const PageLook& look) {
  return SimulatePage(report, look).render();
}

}  // namespace backstop::app
