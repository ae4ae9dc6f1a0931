#include <fmt/format.h>

#include <algorithm>

#include "app/status_report.h"
#include "app/text_page.h"

namespace backstop::app {
namespace {

// Domains shown with a table of their own; more get a line each.
constexpr std::size_t kShownWhole = 6;
// Of those with a line each.
constexpr std::size_t kShownLines = 200;
constexpr std::size_t kShownGaps = 10;

constexpr const char* kRow = "{:<9}{:>8}{:>8}{:>6}{:>9}{:>9}{:>8}{:>8}{:>9}";

std::string render_totals(std::string_view name, const Totals& totals) {
  return fmt::format(
      fmt::runtime(kRow), name, group_digits(totals.judged), group_digits(totals.genuine),
      group_digits(totals.late), group_digits(totals.unproven), group_digits(totals.replayed),
      group_digits(totals.forged), group_digits(totals.refused), group_digits(totals.would_refuse));
}

std::string say_since(const config::Domain& domain) {
  return domain.signing_since ? "signing since " + render_instant(*domain.signing_since)
                              : "signing_since not set";
}

// The sentence without its first word, which the title has.
std::string behind_mode(const std::string& sentence) {
  const std::size_t at = sentence.find("; ");
  return at == sentence.npos ? sentence : sentence.substr(at + 2);
}

Tone tone_of(const DomainStatus& status) {
  if (status.span.genuine_would_refuse > 0) return Tone::Bad;
  return status.unmet.empty() ? Tone::Good : Tone::Warning;
}

void show_domain(TextPage& page, const DomainStatus& status, unsigned span_days) {
  const config::Domain& domain = status.domain;
  page.title(fmt::format("{}: {}, coverage {}, {}", domain.name, policy::name_of(domain.mode),
                         policy::name_of(domain.coverage), say_since(domain)));
  page.line("in a word", behind_mode(say_domain(status, span_days)), tone_of(status));
  if (domain.mode == policy::Mode::Observe && status.enforceable_from) {
    page.line("warm-up", fmt::format("signing is old enough for enforce {} {}",
                                     status.unmet.empty() ? "since" : "from",
                                     render_instant(*status.enforceable_from)));
  }
  page.row(fmt::format(fmt::runtime(kRow), "", "judged", "genuine", "late", "unproven", "replayed",
                       "forged", "refused", "would be"));
  page.row(render_totals("last day", status.day));
  page.row(render_totals("week", status.week));
  page.line("our mail",
            fmt::format("{} signed, {} not, in the last week", group_digits(status.week.signed_out),
                        group_digits(status.week.unsigned_out)));
}

void show_domain_lines(TextPage& page, const StatusReport& report) {
  constexpr const char* kLine = "{:<28} {:<8} {:<8} {:>8} {:>8} {:>8} {}";
  page.title("The last week, by domain");
  page.row(fmt::format(fmt::runtime(kLine), "", "mode", "coverage", "genuine", "forged", "would be",
                       "may"));
  const std::size_t shown = std::min(report.domains.size(), kShownLines);
  for (std::size_t i = 0; i < shown; ++i) {
    const DomainStatus& status = report.domains[i];
    page.row(
        fmt::format(fmt::runtime(kLine), status.domain.name, policy::name_of(status.domain.mode),
                    policy::name_of(status.domain.coverage), group_digits(status.week.genuine),
                    group_digits(status.week.forged), group_digits(status.week.would_refuse),
                    status.unmet.empty() ? "yes" : "no"),
        status.span.genuine_would_refuse > 0 ? Tone::Bad : Tone::Plain);
  }
  if (report.domains.size() > shown) {
    page.row(fmt::format("and {} more", report.domains.size() - shown));
  }
  page.line("one of them", "backstop status DOMAIN");
}

void show_running(TextPage& page, const StatusReport& report) {
  if (report.is_running) {
    page.title(fmt::format("backstopd is running since {}", render_instant(report.beat->started)),
               Tone::Good);
    page.line("process", std::to_string(report.beat->pid));
  } else {
    page.title("backstopd is not running", Tone::Bad);
  }
  page.line("keys", report.keys.signs != 0 ? fmt::format("key {} signs, {} in the ring",
                                                         report.keys.signs, report.keys.count)
                                           : std::string("none signs"));
  if (report.ledger) {
    page.line("ledger",
              fmt::format("{}, {} of older mail, {}{}", count_of(report.ledger->rows, "row"),
                          count_of(report.ledger->fingerprints, "fingerprint"),
                          size_of(report.ledger_bytes),
                          report.ledger->oldest
                              ? ", back to " + render_instant(*report.ledger->oldest).substr(0, 10)
                              : ""));
  }
  if (report.history) {
    page.line(
        "history",
        fmt::format(
            "{}, {}{}", count_of(report.history->rows, "row"), size_of(report.history_bytes),
            report.history->oldest ? ", back to " + render_instant(*report.history->oldest) : ""));
  }
  page.line("store",
            fmt::format("{}, {} free", report.store_directory, size_of(report.free_bytes)));
}

// "passed at …", "fails since …", "not set up".
std::string say_canary(const StatusReport& report) {
  if (!report.canary || !report.canary->has_entered)
    return "has not entered the mail server yet; with Postfix: backstop setup --apply --reload";
  const CanaryState& state = *report.canary;
  const std::string passed =
      state.passed ? "passed at " + render_instant(*state.passed) : std::string("never passed");
  return state.failing_since
             ? fmt::format("fails since {}; {}", render_instant(*state.failing_since), passed)
             : passed;
}

void show_canary(TextPage& page, const StatusReport& report) {
  if (!report.has_canary) return;
  page.line("canary", say_canary(report),
            report.canary && report.canary->failing_since ? Tone::Bad : Tone::Plain);
}

void show_gaps(TextPage& page, const StatusReport& report) {
  std::size_t shown = 0;
  for (const proof::SigningGap& gap : report.gaps) {
    if (shown++ == kShownGaps) {
      page.line("gaps", fmt::format("and {} more", report.gaps.size() - kShownGaps));
      break;
    }
    page.line("gaps", fmt::format("{} to {} {}", render_instant(gap.from), render_instant(gap.to),
                                  proof::name_of(gap.cause)));
  }
}

}  // namespace

std::string render_status_page(const StatusReport& report) {
  TextPage page = TextPage::for_stdout();
  show_running(page, report);
  show_canary(page, report);
  show_gaps(page, report);
  if (report.domains.size() > kShownWhole) {
    show_domain_lines(page, report);
  } else {
    for (const DomainStatus& status : report.domains)
      show_domain(page, status, report.span_days);
  }
  if (report.problems.empty()) {
    page.title("Nothing needs you.", Tone::Good);
    return page.take();
  }
  page.title("Needs you", Tone::Bad);
  for (std::size_t i = 0; i < report.problems.size(); ++i)
    page.line(std::to_string(i + 1), report.problems[i], Tone::Warning);
  return page.take();
}

}  // namespace backstop::app
