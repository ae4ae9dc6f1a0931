#include "core/survey/truth.h"

#include <algorithm>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/limits.h"

namespace backstop::survey {
namespace {

using reading::Kind;

struct Label {
  std::string_view name;
  std::string_view kinds;
};
// What collections call them, in our words.
constexpr std::array kLabels = {
    Label{"bounce-failed", "bounce"},
    Label{"bounce-delayed", "delay"},
    Label{"dsn-success", "delivery-report"},
    Label{"mdn", "read-receipt"},
    Label{"autoreply", "auto-reply|ticket-ack"},
    Label{"virus-notice", "virus-notice|content-notice"},
    Label{"arf-feedback", "feedback-report"},
    Label{"ham", "ordinary"},
    Label{"spam", "ordinary"},
    Label{"list-mail", "ordinary"},
    Label{"transactional", "ordinary"},
    Label{"odd", "*"},
};
// Transactional mail that is a report by DMARC or TLS-RPT.
constexpr std::string_view kReportSubtype = "machine-report";

std::optional<Kind> kind_named(std::string_view name) {
  for (unsigned i = 0; i < reading::kKindCount; ++i) {
    if (name_of(static_cast<Kind>(i)) == name) return static_cast<Kind>(i);
  }
  return std::nullopt;
}

std::optional<std::vector<Kind>> parse_kinds(std::string_view text) {
  std::vector<Kind> kinds;
  if (text == "*") return kinds;
  while (true) {
    const std::size_t bar = text.find('|');
    const auto kind = kind_named(ascii::trim(text.substr(0, bar)));
    if (!kind) return std::nullopt;
    if (std::ranges::find(kinds, *kind) == kinds.end()) kinds.push_back(*kind);
    if (bar == text.npos) return kinds;
    text.remove_prefix(bar + 1);
  }
}

std::string_view take_line(std::string_view& rest) {
  const std::size_t lf = rest.find('\n');
  std::string_view line = rest.substr(0, lf);
  rest.remove_prefix(lf == rest.npos ? rest.size() : lf + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// The column's value; "" when the line has fewer columns.
std::string_view column(std::string_view line, std::optional<std::size_t> number) {
  if (!number) return {};
  for (std::size_t i = 0; i < *number; ++i) {
    const std::size_t tab = line.find('\t');
    if (tab == line.npos) return {};
    line.remove_prefix(tab + 1);
  }
  return line.substr(0, line.find('\t'));
}

std::optional<std::size_t> find_column(std::string_view header, std::string_view name) {
  for (std::size_t number = 0;; ++number) {
    const std::size_t tab = header.find('\t');
    if (ascii::trim(header.substr(0, tab)) == name) return number;
    if (tab == header.npos) return std::nullopt;
    header.remove_prefix(tab + 1);
  }
}

// One spelling of a path, so that "./a" is "a".
std::string_view plain_path(std::string_view path) {
  while (path.starts_with("./"))
    path.remove_prefix(2);
  return path;
}

std::optional<double> share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

bool Expected::allows(Kind kind) const {
  return kinds.empty() || std::ranges::find(kinds, kind) != kinds.end();
}

Result<Expected> parse_expected(std::string_view text, std::string_view subtype) {
  Expected expected{.label = std::string(text), .kinds = {}};
  if (text == "transactional" && subtype.starts_with(kReportSubtype)) {
    expected.label += " (" + std::string(kReportSubtype) + ")";
    expected.kinds = {Kind::AggregateReport};
    return expected;
  }
  const auto* const label = std::ranges::find(kLabels, text, &Label::name);
  auto kinds = parse_kinds(label == kLabels.end() ? text : label->kinds);
  if (!kinds) {
    return fail(Errc::Invalid, "", "'" + std::string(text) + "' is neither a kind nor a label");
  }
  expected.kinds = *std::move(kinds);
  return expected;
}

Result<Truth> Truth::parse(std::string_view table, const std::string& where,
                           std::string_view folder) {
  std::string_view rest = table;
  const std::string_view header = take_line(rest);
  const auto path_column = find_column(header, "path");
  const auto kind_column = find_column(header, "kind");
  const auto label_column = find_column(header, "label");
  const auto subtype_column = find_column(header, "subtype");
  if (!path_column || (!kind_column && !label_column)) {
    return fail(Errc::Invalid, where + ":1",
                "the first line names the columns, with tabs between: path, and kind or label");
  }
  Truth truth;
  std::map<std::string, std::size_t> known;
  for (std::size_t number = 2; !rest.empty(); ++number) {
    const std::string_view line = take_line(rest);
    if (ascii::trim(line).empty() || line.starts_with('#')) continue;
    if (truth.paths_.size() >= limits::kTruthRows) {
      return fail(Errc::Limit, where, "has more rows than are read");
    }
    // Tables of others have a column `kind` of their own: then the label counts.
    auto expected = parse_expected(column(line, kind_column));
    if (!expected && label_column) {
      expected = parse_expected(column(line, label_column), column(line, subtype_column));
    }
    if (!expected) {
      return fail(Errc::Invalid, where + ":" + std::to_string(number), expected.error().detail);
    }
    const auto [at, fresh] = known.emplace(expected->label, truth.expected_.size());
    if (fresh) truth.expected_.push_back(*std::move(expected));
    const std::string_view path = plain_path(column(line, path_column));
    std::string whole = path.starts_with('/') ? std::string(path) : std::string(folder);
    if (!path.starts_with('/')) whole += path;
    truth.index_.insert_or_assign(std::string(plain_path(whole)), at->second);
    truth.paths_.push_back(std::move(whole));
  }
  return truth;
}

const Expected* Truth::find(std::string_view path) const {
  const auto found = index_.find(std::string(plain_path(path)));
  return found == index_.end() ? nullptr : &expected_[found->second];
}

std::optional<double> KindScore::recall() const {
  return share(right, right + missed);
}

std::optional<double> KindScore::precision() const {
  return share(right, right + extra);
}

std::optional<double> KindScore::f1() const {
  return share(2 * right, 2 * right + missed + extra);
}

void TruthTally::add(std::string_view source, const Expected& expected, Kind found) {
  ++checked_;
  ++confusion_[expected.label][static_cast<std::size_t>(found)];
  if (expected.kinds.empty()) return;
  if (expected.allows(found)) {
    ++scores_[static_cast<std::size_t>(found)].right;
    return;
  }
  ++wrong_;
  ++scores_[static_cast<std::size_t>(expected.kinds.front())].missed;
  ++scores_[static_cast<std::size_t>(found)].extra;
  if (wrong_messages_.size() < limits::kSurveyListed) {
    wrong_messages_.push_back(
        WrongMessage{.source = std::string(source), .label = expected.label, .found = found});
  }
}

void TruthTally::note_met(std::string_view path) {
  met_.emplace(plain_path(path));
}

void TruthTally::finish(const Truth& truth) {
  for (const std::string& path : truth.paths()) {
    if (met_.contains(std::string(plain_path(path)))) continue;
    ++missing_;
    if (missing_paths_.size() < limits::kSurveyListed) missing_paths_.push_back(path);
  }
}

}  // namespace backstop::survey
