#include "core/metrics/exposition.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "core/metrics/metric.h"
#include "core/policy/policy.h"
#include "core/reading/reading.h"

namespace backstop::metrics {
namespace {

// As nobody has counted anything.
std::vector<std::int64_t> first_cells() {
  std::vector<std::int64_t> cells(cell_count(), 0);
  for (unsigned i = 0; i < metric_count(); ++i) {
    const Info& info = info_of(static_cast<Metric>(i));
    if (info.type != Type::Gauge) continue;
    for (std::size_t a = 0; a < values_of(info.labels[0]).size(); ++a)
      for (std::size_t b = 0; b < values_of(info.labels[1]).size(); ++b)
        cells[cell_of(series(static_cast<Metric>(i), a, b))] = kUnset;
  }
  return cells;
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(Exposition, ShowsACounterFromTheStartAndAGaugeOnceItIsSet) {
  auto cells = first_cells();
  std::string text = render_exposition(cells);
  EXPECT_TRUE(has_line(text, "backstop_signed_total 0"));
  EXPECT_TRUE(has_line(text, R"(backstop_judged_total{verdict="forged",decision="refuse"} 0)"));
  EXPECT_EQ(text.find("backstop_keys"), std::string::npos);
  cells[cell_of({.metric = Metric::Keys})] = 2;
  cells[cell_of(series(Metric::JudgedTotal, policy::Verdict::Forged, policy::Decision::Refuse))] =
      7;
  text = render_exposition(cells);
  EXPECT_TRUE(has_line(text, "backstop_keys 2"));
  EXPECT_TRUE(has_line(text, R"(backstop_judged_total{verdict="forged",decision="refuse"} 7)"));
}

TEST(Exposition, PutsHelpAndTypeBeforeTheSamplesOfEachMetricOnce) {
  std::istringstream lines(render_exposition(first_cells()));
  std::set<std::string> seen;
  std::string line;
  std::string name;
  while (std::getline(lines, line)) {
    if (line.starts_with("# HELP ")) {
      name = line.substr(7, line.find(' ', 7) - 7);
      EXPECT_TRUE(seen.insert(name).second) << name;
      ASSERT_TRUE(std::getline(lines, line));
      EXPECT_TRUE(line.starts_with("# TYPE " + name + " ")) << line;
      continue;
    }
    EXPECT_TRUE(line.starts_with(name)) << line;
  }
  EXPECT_FALSE(seen.empty());
}

TEST(Exposition, AddsTheBucketsOfAHistogramUp) {
  auto cells = first_cells();
  const std::size_t first = cell_of(series(Metric::QuestionSeconds, Question::Ledger));
  cells[first + bucket_of(std::chrono::microseconds(50))] += 3;
  cells[first + bucket_of(std::chrono::milliseconds(1))] += 1;
  cells[first + bucket_of(std::chrono::seconds(60))] += 1;
  cells[first + kBuckets.size() + 1] = 60'001'150'000;
  const std::string text = render_exposition(cells);
  const std::string head = R"(backstop_question_seconds_bucket{question="ledger",le=")";
  EXPECT_TRUE(has_line(text, head + "1e-05\"} 0")) << text;
  EXPECT_TRUE(has_line(text, head + "0.0001\"} 3"));
  EXPECT_TRUE(has_line(text, head + "0.001\"} 4"));
  EXPECT_TRUE(has_line(text, head + "5\"} 4"));
  EXPECT_TRUE(has_line(text, head + "+Inf\"} 5"));
  EXPECT_TRUE(has_line(text, R"(backstop_question_seconds_sum{question="ledger"} 60.00115)"));
  EXPECT_TRUE(has_line(text, R"(backstop_question_seconds_count{question="ledger"} 5)"));
}

TEST(Exposition, EscapesWhatTheFormatKeepsForItself) {
  EXPECT_EQ(escape_label("a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
  EXPECT_EQ(escape_help("a\"b\\c\nd"), "a\"b\\\\c\\nd");
}

TEST(Metric, GivesEverySeriesCellsOfItsOwn) {
  std::map<std::size_t, std::string> owners;
  for (unsigned i = 0; i < metric_count(); ++i) {
    const auto metric = static_cast<Metric>(i);
    const Info& info = info_of(metric);
    const std::size_t cells = info.type == Type::Histogram ? kBuckets.size() + 2 : 1;
    for (std::size_t a = 0; a < values_of(info.labels[0]).size(); ++a)
      for (std::size_t b = 0; b < values_of(info.labels[1]).size(); ++b)
        for (std::size_t c = 0; c < cells; ++c)
          EXPECT_TRUE(owners.emplace(cell_of(series(metric, a, b)) + c, info.name).second);
  }
  EXPECT_EQ(owners.size(), cell_count());
  EXPECT_EQ(owners.rbegin()->first, cell_count() - 1);
}

TEST(Metric, HasLabelsInTheOrderOfTheirEnumerations) {
  EXPECT_EQ(values_of(Label::Verdict)[static_cast<std::size_t>(policy::Verdict::Replayed)],
            policy::name_of(policy::Verdict::Replayed));
  EXPECT_EQ(values_of(Label::Kind).size(), reading::kKindCount);
  EXPECT_EQ(values_of(Label::Reason).size(), policy::reason_count());
  EXPECT_EQ(values_of(Label::Question)[static_cast<std::size_t>(Question::DkimKey)], "dkim-key");
}

TEST(Metric, KnowsNoDoorButThoseListed) {
  EXPECT_EQ(values_of(Label::Door)[index_of(Label::Door, "milter")], "milter");
  EXPECT_EQ(values_of(Label::Door)[index_of(Label::Door, "192.0.2.1")], "other");
}

TEST(Metric, PutsABoundIntoTheBucketItEnds) {
  EXPECT_EQ(bucket_of(kBuckets[2]), 2u);
  EXPECT_EQ(bucket_of(kBuckets[2] + std::chrono::nanoseconds(1)), 3u);
  EXPECT_EQ(bucket_of(std::chrono::hours(1)), kBuckets.size());
}

}  // namespace
}  // namespace backstop::metrics
