#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/scan_report.h"
#include "app/text_page.h"

namespace backstop::app {
namespace {

using reading::Kind;

constexpr std::size_t kShownWrong = 50;

std::string_view kind_name(std::size_t index) {
  return reading::name_of(static_cast<Kind>(index));
}

// Thirteen names do not fit above their columns: two letters do.
std::string kind_mark(std::size_t index) {
  // Which would be that of auto-reply.
  if (static_cast<Kind>(index) == Kind::AggregateReport) return "ag";
  const std::string_view name = kind_name(index);
  const std::size_t hyphen = name.find('-');
  return {name[0], hyphen == name.npos ? name[1] : name[hyphen + 1]};
}

std::string render_percent(std::optional<double> share) {
  return share ? fmt::format("{:.2f} %", *share * 100) : "-";
}

void show_confusion(TextPage& page, const survey::TruthTally& truth) {
  std::set<std::size_t> met;
  std::size_t label_columns = 10;
  for (const auto& [label, counts] : truth.confusion()) {
    label_columns = std::max(label_columns, label.size());
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] > 0) met.insert(i);
    }
  }
  page.title("What they are, and what they were called");
  std::string head = fmt::format("{:<{}}", "", label_columns);
  std::string legend;
  for (const std::size_t kind : met) {
    head += fmt::format("{:>8}", kind_mark(kind));
    legend += fmt::format("{}{} {}", legend.empty() ? "" : ", ", kind_mark(kind), kind_name(kind));
  }
  page.row(head, Tone::Strong);
  for (const auto& [label, counts] : truth.confusion()) {
    std::string line = fmt::format("{:<{}}", label, label_columns);
    for (const std::size_t kind : met) {
      line += fmt::format("{:>8}", counts[kind] == 0 ? "." : group_digits(counts[kind]));
    }
    page.row(line);
  }
  page.line("columns", legend);
}

void show_scores(TextPage& page, const survey::TruthTally& truth) {
  page.title("How well each kind is told");
  page.row(fmt::format("{:<22}{:>9}{:>9}{:>9}{:>12}{:>12}{:>12}", "kind", "right", "missed",
                       "extra", "precision", "recall", "F1"),
           Tone::Strong);
  for (std::size_t i = 0; i < truth.scores().size(); ++i) {
    const survey::KindScore& score = truth.scores()[i];
    if (!score.f1()) continue;
    page.row(fmt::format("{:<22}{:>9}{:>9}{:>9}{:>12}{:>12}{:>12}", kind_name(i),
                         group_digits(score.right), group_digits(score.missed),
                         group_digits(score.extra), render_percent(score.precision()),
                         render_percent(score.recall()), render_percent(score.f1())));
  }
}

}  // namespace

std::string render_truth_page(const survey::TruthTally& truth, const PageLook& look) {
  TextPage page(look.columns, look.colour);
  show_confusion(page, truth);
  show_scores(page, truth);
  page.title(fmt::format("{} of {} are wrong", group_digits(truth.wrong()),
                         count_of(truth.checked(), "message")),
             truth.wrong() == 0 ? Tone::Good : Tone::Bad);
  if (truth.unknown() > 0) {
    page.row(fmt::format("{} more are not in the table", group_digits(truth.unknown())));
  }
  if (truth.missing() > 0) {
    page.row(fmt::format("{} of the table {} not met, the first is {}",
                         count_of(truth.missing(), "path"), truth.missing() == 1 ? "was" : "were",
                         truth.missing_paths().front()),
             Tone::Bad);
  }
  std::size_t shown = 0;
  for (const survey::WrongMessage& message : truth.wrong_messages()) {
    if (shown++ == kShownWrong) break;
    page.row(fmt::format("{}: {}, called {}", message.source, message.label,
                         reading::name_of(message.found)));
  }
  if (truth.wrong() > kShownWrong) {
    page.row(fmt::format("and {} more", group_digits(truth.wrong() - kShownWrong)));
  }
  return page.take();
}

}  // namespace backstop::app
