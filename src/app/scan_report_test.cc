#include "app/scan_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/bar.h"
#include "app/html.h"
#include "app/scan_csv.h"
#include "app/scan_progress.h"

namespace backstop::app {
namespace {

using nlohmann::json;
using reading::Kind;

const Instant kNoon = parse_instant("2026-11-21T12:00:00Z").value();
const survey::Day kToday = std::chrono::floor<Days>(kNoon);
constexpr const char* kHostile = "</title><script>alert(1)</script>\"'&\x1b[31m\x80\u202Eevil";

survey::Sighting sighting(Kind kind, const std::string& forged) {
  survey::Sighting one;
  one.kind = kind;
  one.time = kNoon;
  one.language = "en";
  one.forged_address = forged;
  one.source = "mx.else.test";
  one.bot = IpAddress::parse("203.0.113.9");
  one.reason = reading::FailureReason::UserUnknown;
  return one;
}

ScanReport report_of(const survey::Census& census) {
  ScanReport report{.paths = {"in.mbox"}, .seconds = 2.0};
  report.result.totals = census.totals();
  return report;
}

survey::Census hostile_census() {
  survey::Census census;
  for (int i = 0; i < 3; ++i) {
    auto one = sighting(Kind::Bounce, kHostile);
    one.source = kHostile;
    one.language = kHostile;
    one.time = kNoon + Days{i};
    census.add(one);
  }
  census.add_ordinary(kToday);
  census.list_ordinary({.source = kHostile, .from = kHostile, .subject = kHostile});
  census.add_unreadable({.source = kHostile, .offset = 7, .what = kHostile});
  return census;
}

TEST(ScanJson, HasEveryFieldOfItsContract) {
  survey::Census census;
  census.add(sighting(Kind::Bounce, "a@shop.test"));
  census.add_ordinary(kToday);
  census.add_ordinary(std::nullopt);
  const json out = json::parse(render_scan_json(report_of(census)));
  EXPECT_EQ(out["v"], 1);
  EXPECT_EQ(out["messages"], 3);
  EXPECT_EQ(out["backscatter"], 1);
  EXPECT_EQ(out["kinds"]["bounce"], 1);
  EXPECT_EQ(out["kinds"].size(), reading::kKindCount);
  EXPECT_TRUE(out["genuine"].is_null());
  EXPECT_TRUE(out["unproven"].is_null());
  EXPECT_TRUE(out["runs"].is_null());
  EXPECT_TRUE(out["human"].is_null());
  EXPECT_EQ(out["by_day"], json::parse(R"([{"day":"2026-11-21","bounce":1,"ordinary":1},
                                           {"day":"unknown","ordinary":1}])"));
  EXPECT_EQ(out["forged_addresses"],
            json::parse(R"([{"address":"a@shop.test","n":1,"first":"2026-11-21T12:00:00Z",
                             "last":"2026-11-21T12:00:00Z","state":"unknown"}])"));
  EXPECT_EQ(out["sources"], json::parse(R"([{"mta":"mx.else.test","n":1}])"));
  EXPECT_EQ(out["bots"][0]["ip"], "203.0.113.9");
  EXPECT_EQ(out["languages"], json::parse(R"({"en":1})"));
  EXPECT_EQ(out["reasons"], json::parse(R"({"user-unknown":1})"));
  EXPECT_EQ(out["left_out"]["forged_addresses"], 0);
  for (const char* field : {"bytes", "seconds", "unreadable"})
    EXPECT_TRUE(out[field].is_number()) << field;
}

TEST(ScanJson, WhereHalfIsNoiseTheRestIsListed) {
  survey::Census census;
  census.add(sighting(Kind::AutoReply, "a@shop.test"));
  census.add_ordinary(kToday);
  census.list_ordinary({.source = "in.mbox#2", .from = "Bob", .subject = "Lunch"});
  const json out = json::parse(render_scan_json(report_of(census)));
  EXPECT_EQ(out["human"],
            json::parse(R"([{"source":"in.mbox#2","from":"Bob","subject":"Lunch"}])"));
  EXPECT_EQ(out["left_out"]["human"], 0);
}

TEST(ScanJson, HostileTextIsStillJson) {
  const json out = json::parse(render_scan_json(report_of(hostile_census())));
  EXPECT_EQ(out["forged_addresses"].size(), 1U);
  EXPECT_EQ(out["unreadable_list"][0]["offset"], 7);
}

TEST(ScanPage, ShowsCountsBarsAndWhatIsNotNoise) {
  survey::Census census;
  for (int i = 0; i < 40; ++i) {
    auto one = sighting(Kind::Bounce, "a@shop.test");
    one.time = kNoon - Days{i % 4};
    census.add(one);
  }
  census.add_ordinary(kToday);
  census.list_ordinary({.source = "in.mbox#2", .from = "Bob", .subject = "Lunch"});
  const std::string page = render_scan_page(report_of(census), {.columns = 100});
  for (const char* piece : {"in.mbox: 41 messages", "40, 98 % of the messages", "bounce", "###",
                            "2026-11-18", "a@shop.test", "mx.else.test", "Lunch"}) {
    EXPECT_NE(page.find(piece), page.npos) << piece << "\n" << page;
  }
  for (std::size_t at = 0; at < page.size();) {
    const std::size_t end = std::min(page.find('\n', at), page.size());
    EXPECT_LE(end - at, 100U) << page.substr(at, end - at);
    at = end + 1;
  }
}

TEST(ScanPage, HostileTextReachesNoTerminal) {
  const std::string page =
      render_scan_page(report_of(hostile_census()), {.columns = 80, .utf8 = true});
  EXPECT_EQ(page.find('\x1b'), page.npos);
  EXPECT_EQ(page.find("\u202E"), page.npos);
}

TEST(ScanHtml, HostileTextIsNoMarkup) {
  const std::string page = render_scan_html(report_of(hostile_census()));
  EXPECT_EQ(page.find("<script"), page.npos);
  EXPECT_EQ(page.find("\u202E"), page.npos);
  EXPECT_EQ(page.find('\x1b'), page.npos);
  EXPECT_NE(page.find("&lt;script&gt;"), page.npos);
}

TEST(ScanHtml, NothingIsFetchedAndNothingRuns) {
  const std::string page = render_scan_html(report_of(hostile_census()));
  for (const char* piece : {"http:", "https:", "src=", "href=", "url(", "@import", " onload"})
    EXPECT_EQ(page.find(piece), page.npos) << piece;
  EXPECT_NE(page.find("default-src 'none'"), page.npos);
}

TEST(ScanHtml, AnEmptyMailboxIsAPageToo) {
  const std::string page = render_scan_html(report_of({}));
  EXPECT_NE(page.find("No backscatter"), page.npos);
  EXPECT_NE(page.find("</html>"), page.npos);
}

TEST(Html, TextIsEscapedForContentAndAttributes) {
  EXPECT_EQ(escape_html("a<b> & \"c\" 'd'"), "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;");
  EXPECT_EQ(escape_html("gr\u00fc\u00df"), "gr\u00fc\u00df");
}

TEST(Html, AColumnOfHugeNumbersStaysInThePicture) {
  const std::string picture = render_columns("t", {{"one", "a"}, {"two", "b"}},
                                             {{"x", {~std::uint64_t{0} / 8, 1}}, {"y", {0, 0}}});
  EXPECT_EQ(picture.find("y=\"-"), picture.npos) << picture;
  EXPECT_EQ(picture.find("nan"), picture.npos);
}

std::string csv_value(std::string_view value) {
  std::string out;
  append_csv_value(out, value);
  return out;
}

TEST(ScanCsv, ValuesThatWouldRunAreText) {
  EXPECT_EQ(csv_value("plain"), "plain");
  EXPECT_EQ(csv_value("=1+2"), "\"'=1+2\"");
  EXPECT_EQ(csv_value("+49 30"), "\"'+49 30\"");
  EXPECT_EQ(csv_value("-1"), "\"'-1\"");
  EXPECT_EQ(csv_value("@SUM(A1)"), "\"'@SUM(A1)\"");
  EXPECT_EQ(csv_value("\t=cmd|' /C calc'!A0"), "\"' =cmd|' /C calc'!A0\"");
  EXPECT_EQ(csv_value("\"=1"), "\"'\"\"=1\"");
  EXPECT_EQ(csv_value("\uFF1D1"), "\"'\uFF1D1\"");
  EXPECT_EQ(csv_value("\x01x"), "\"'\uFFFDx\"");
}

TEST(ScanCsv, WhatIsNotSeenIsShown) {
  for (const char* hidden :
       {"\xC2\x85", "\u202E", "\u2066", "\u2028", "\u2029", "\uFEFF", "\u200B"})
    EXPECT_EQ(csv_value(std::string("a") + hidden + "b"), "a\uFFFDb");
}

TEST(ScanCsv, ValuesAreQuotedOnOneLine) {
  EXPECT_EQ(csv_value(""), "");
  EXPECT_EQ(csv_value("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_value("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(csv_value("a\r\nb;c"), "\"a  b;c\"");
  EXPECT_EQ(csv_value("a\x80z"), "a\uFFFDz");
}

std::string csv_row(Kind kind, Redaction redaction) {
  reading::Reading reading;
  reading.kind = kind;
  std::string out;
  append_csv_row(out,
                 CsvMessage{.place = {.source = "in.mbox#1", .offset = 42, .envelope_sender = {}},
                            .from = "Bob <bob@else.test>",
                            .subject = "Away until Monday",
                            .verdict = ""},
                 reading, sighting(kind, "a@shop.test"), redaction);
  return out;
}

TEST(ScanCsv, EveryRowHasTheColumnsOfTheHeader) {
  const std::string row = csv_row(Kind::Bounce, Redaction::On);
  EXPECT_EQ(std::ranges::count(row, ','), std::ranges::count(csv_header(), ','));
  EXPECT_TRUE(row.starts_with("in.mbox#1,42,bounce,"));
  EXPECT_NE(row.find("Away until Monday"), row.npos);
}

TEST(ScanCsv, PeoplesOwnAnswersAreRedactedUnlessAskedFor) {
  EXPECT_EQ(csv_row(Kind::AutoReply, Redaction::On).find("Away"), std::string::npos);
  EXPECT_EQ(csv_row(Kind::TicketAck, Redaction::On).find("bob@"), std::string::npos);
  EXPECT_NE(csv_row(Kind::AutoReply, Redaction::On).find("[redacted]"), std::string::npos);
  EXPECT_NE(csv_row(Kind::AutoReply, Redaction::Off).find("Away"), std::string::npos);
}

std::map<survey::Day, survey::KindCounts> days_of(
    std::initializer_list<std::pair<int, std::uint64_t>> list) {
  std::map<survey::Day, survey::KindCounts> days;
  for (const auto& [day, n] : list)
    days[kToday + Days{day}][0] = n;
  return days;
}

TEST(DaySpans, DaysThatFitAreShownWithTheGapsBetween) {
  const DaySpans spans = make_day_spans(days_of({{0, 3}, {4, 5}}), 10);
  EXPECT_EQ(spans.unit, SpanUnit::Day);
  ASSERT_EQ(spans.spans.size(), 5U);
  EXPECT_EQ(spans.spans[0].counts[0], 3U);
  EXPECT_EQ(spans.spans[1].counts[0], 0U);
  EXPECT_EQ(spans.spans[4].counts[0], 5U);
  EXPECT_EQ(spans.elsewhere, 0U);
}

TEST(DaySpans, LongerTimesBecomeWeeksMonthsAndYears) {
  EXPECT_EQ(make_day_spans(days_of({{0, 3}, {60, 5}}), 10).unit, SpanUnit::Week);
  EXPECT_EQ(make_day_spans(days_of({{0, 3}, {200, 5}}), 10).unit, SpanUnit::Month);
  const DaySpans years = make_day_spans(days_of({{-4000, 3}, {0, 5}}), 10);
  EXPECT_EQ(years.unit, SpanUnit::Year);
  EXPECT_LE(years.spans.size(), 10U);
  std::uint64_t all = years.elsewhere;
  for (const DaySpan& span : years.spans)
    all += span.counts[0];
  EXPECT_EQ(all, 8U);
  EXPECT_TRUE(make_day_spans({}, 10).spans.empty());
}

TEST(DaySpans, OfMoreYearsThanFitTheFullestAreShown) {
  const DaySpans spans = make_day_spans(days_of({{-20000, 10}, {-400, 20}, {0, 60}}), 5);
  EXPECT_EQ(spans.unit, SpanUnit::Year);
  EXPECT_EQ(spans.spans.size(), 2U);
  EXPECT_EQ(spans.elsewhere, 10U);
}

TEST(DaySpans, BackscatterAloneIsAPictureOfItsOwn) {
  auto days = days_of({{0, 3}});
  days[kToday][static_cast<std::size_t>(Kind::Ordinary)] = 9;
  days[kToday + Days{1}][static_cast<std::size_t>(Kind::Ordinary)] = 9;
  EXPECT_EQ(keep_backscatter(days), days_of({{0, 3}}));
}

TEST(DaySpans, OneWrongDateDoesNotSqueezeAllOthers) {
  const DaySpans spans =
      make_day_spans(days_of({{-20000, 1}, {0, 400}, {1, 500}, {2, 300}, {300000, 1}}), 30);
  EXPECT_EQ(spans.unit, SpanUnit::Day);
  EXPECT_EQ(spans.spans.size(), 3U);
  EXPECT_EQ(spans.elsewhere, 2U);
}

TEST(Bar, WhatIsThereIsSeenAndFitsItsColumns) {
  EXPECT_EQ(render_bar(0, 10, 10, BarStyle::Ascii), "");
  EXPECT_EQ(render_bar(1, 1'000'000, 10, BarStyle::Ascii), "#");
  EXPECT_EQ(render_bar(1, 1'000'000, 10, BarStyle::Blocks), "\u258F");
  EXPECT_EQ(render_bar(10, 10, 4, BarStyle::Ascii), "####");
  EXPECT_EQ(render_bar(10, 10, 2, BarStyle::Blocks), "\u2588\u2588");
  EXPECT_EQ(render_bar(99, 10, 2, BarStyle::Ascii), "##");
}

TEST(Progress, TellsHowFarItIsAndForHowLong) {
  const ScanProgress progress{.messages = 1000,
                              .backscatter = 10,
                              .disk_bytes = 250'000'000,
                              .disk_bytes_total = 1'000'000'000};
  const std::string line = render_progress(progress, std::chrono::seconds(2), 120, false);
  EXPECT_EQ(line,
            "[######                  ]  25 %  1,000 messages, 10 backscatter, 125 MB/s, 500/s, "
            "6 s left");
  EXPECT_EQ(render_progress(progress, std::chrono::seconds(2), 40, false).size(), 40U);
  EXPECT_EQ(render_progress({.messages = 1}, std::chrono::seconds(1), 120, true).find('['),
            std::string::npos);
}

}  // namespace
}  // namespace backstop::app
