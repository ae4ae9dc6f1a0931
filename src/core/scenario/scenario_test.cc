#include "core/scenario/scenario.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/scenario_limits.h"
#include "core/scenario/embedded.h"
#include "core/scenario/plan.h"
#include "core/scenario/writer.h"

namespace backstop::scenario {
namespace {

constexpr std::string_view kHead = "begins = 2026-03-02\nlasts = 9d\n";

Scenario parse(const std::string& text) {
  auto scenario = parse_scenario(std::string(kHead) + text, "x.scenario");
  EXPECT_TRUE(scenario) << scenario.error().text();
  return scenario ? *std::move(scenario) : Scenario{};
}

std::string complaint(const std::string& text) {
  const auto scenario = parse_scenario(text, "x.scenario");
  return scenario ? "none" : scenario.error().text();
}

TEST(Scenario, EveryNamedOneIsReadAndSaysWhatIsExpected) {
  ASSERT_GE(named_files().size(), 14U);
  for (const EmbeddedFile& named : named_files()) {
    const auto scenario = parse_scenario(named.text, named.name);
    ASSERT_TRUE(scenario) << scenario.error().text();
    EXPECT_FALSE(scenario->title.empty()) << named.name;
    EXPECT_FALSE(scenario->expected.empty()) << named.name;
  }
  EXPECT_NE(find_named("reference"), nullptr);
  EXPECT_EQ(find_named("no-such"), nullptr);
}

TEST(Scenario, ARunIsAsThoseOf2026WhereItSaysNothingElse) {
  const Scenario scenario = parse("[run]\n");
  ASSERT_EQ(scenario.runs.size(), 1U);
  EXPECT_EQ(scenario.runs[0].messages, 2'000'000);
  EXPECT_FALSE(scenario.runs[0].kinds.empty());
  EXPECT_FALSE(scenario.runs[0].languages.empty());
}

TEST(Scenario, ComplaintsNameTheLineAndWhatToDo) {
  EXPECT_EQ(complaint("begins = 2026-03-02\nlasts = 9d\n[run]\npulse = 3\n"),
            "x.scenario:4: there is no option 'pulse' here");
  EXPECT_EQ(complaint("begins = 2026-03-02\n[runs]\n"),
            "x.scenario:2: there is no section 'runs'; there are: site, own, run, callouts, "
            "dictionary, poison, new-key, expect");
  EXPECT_EQ(complaint("begins = 2026-03-02\n[run]\nundeliverable = 40\n"),
            "x.scenario:3: a share is from 0 to 1, or a percentage: write 40%, or 40 divided by "
            "100");
  EXPECT_EQ(complaint("begins = 2026-03-02\n[expect]\ngenuine.lots = 0\n"),
            "x.scenario:3: there is no figure 'genuine.lots'");
  EXPECT_EQ(complaint("begins = 2026-03-02\n[run]\nkinds = ordinary\n"),
            "x.scenario:3: no text is written for the kind ordinary");
  EXPECT_EQ(complaint("lasts = 9d\n"), "x.scenario:1: set 'begins', as 2026-03-02");
  EXPECT_EQ(complaint("begins = 2026-03-02\nlasts = 2d\n[run]\nstarts = 3d\n"),
            "x.scenario:4: a section starts after the scenario is over");
}

TEST(Scenario, WhatIsTooLongIsRefused) {
  EXPECT_FALSE(parse_scenario(std::string(limits::kScenarioFileBytes + 1, '#'), "x"));
  EXPECT_FALSE(parse_scenario(std::string(limits::kScenarioLineBytes + 1, '#'), "x"));
  std::string sections(kHead);
  for (std::size_t i = 0; i <= limits::kScenarioSections; ++i)
    sections += "[run]\n";
  EXPECT_FALSE(parse_scenario(sections, "x"));
}

TEST(Scenario, ExpectationsCompareSharesTimesAndNothing) {
  const auto holds = [](const std::string& text, std::optional<double> found) {
    return parse("[expect]\n" + text + "\n").expected.at(0).holds(found);
  };
  EXPECT_TRUE(holds("genuine.lost = 0", 0));
  EXPECT_FALSE(holds("genuine.lost = 0", 1));
  EXPECT_TRUE(holds("backscatter.refused-of-enough >= 99.9%", 0.999));
  EXPECT_FALSE(holds("backscatter.refused-of-enough >= 99.9%", 0.9989));
  EXPECT_TRUE(holds("seconds-to-alarm < 60s", 59));
  EXPECT_FALSE(holds("seconds-to-alarm < 60s", 60));
  EXPECT_FALSE(holds("seconds-to-alarm < 60s", std::nullopt));
  EXPECT_TRUE(holds("seconds-to-alarm = none", std::nullopt));
  EXPECT_FALSE(holds("seconds-to-alarm = none", 5));
}

TEST(Scenario, ScalingChangesAmountsAndWhatIsExpectedOfThem) {
  Scenario scenario = parse(
      "[run]\nanswers = 1000\n[expect]\nbackscatter.offered = 1000\nalarms.backscatter >= 1\n");
  scale(scenario, 0.25);
  EXPECT_EQ(scenario.runs[0].answers, 250);
  EXPECT_EQ(scenario.expected[0].value, 250);
  EXPECT_EQ(scenario.expected[1].value, 1);
}

TEST(Plan, IsTheSameForTheSameSeedAndInOrder) {
  const Scenario scenario = parse("[own]\nper-day = 50\n[run]\nanswers = 2000\n");
  const auto plan = make_plan(scenario, 7);
  const auto again = make_plan(scenario, 7);
  const auto other = make_plan(scenario, 8);
  ASSERT_TRUE(plan && again && other);
  const auto seeds = [](const Plan& one) {
    std::vector<std::uint64_t> out;
    for (const Event& event : one.events)
      out.push_back(event.seed);
    return out;
  };
  EXPECT_EQ(seeds(*plan), seeds(*again));
  EXPECT_NE(seeds(*plan), seeds(*other));
  EXPECT_TRUE(std::ranges::is_sorted(plan->events, {}, &Event::at));
}

TEST(Plan, HasAsManyAnswersAsTheRunComesTo) {
  const Scenario scenario = parse("[run]\nmessages = 100000\n");
  const auto plan = make_plan(scenario, 1);
  ASSERT_TRUE(plan);
  EXPECT_EQ(std::ranges::count(plan->events, Happening::Backscatter, &Event::what), 3600);
}

TEST(Plan, NothingComesBeforeItsOriginalOrAfterTheEnd) {
  const Scenario scenario = parse("[run]\nanswers = 3000\n");
  const auto plan = make_plan(scenario, 3);
  ASSERT_TRUE(plan);
  for (const Event& event : plan->events) {
    EXPECT_GE(event.at, event.original);
    EXPECT_LT(event.at, scenario.begins + scenario.lasts);
  }
}

TEST(Plan, SpamComesInBurstsOfTheirPeak) {
  const Scenario scenario = parse("[run]\nanswers = 20000\nlasts = 4d\npeak = 6.9\n");
  const auto plan = make_plan(scenario, 5);
  ASSERT_TRUE(plan);
  std::map<Seconds::rep, int> by_hour;
  for (const Event& event : plan->events)
    ++by_hour[(event.original - scenario.begins).count() / 3600];
  int most = 0;
  for (const auto& [hour, n] : by_hour)
    most = std::max(most, n);
  const double mean = 20000 / 96.0;
  EXPECT_GT(most, 3 * mean);
  EXPECT_LT(by_hour.size(), 80U);
}

TEST(Plan, MoreThanCanBePlayedIsRefusedWithAWayOut) {
  const auto plan = make_plan(parse("[run]\nanswers = 6M\n"), 1);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, Errc::Limit);
  EXPECT_NE(plan.error().detail.find("--scale"), std::string::npos);
}

TEST(Writer, LeavesNoPlaceOpenAndEndsEveryLine) {
  const Scenario scenario = parse(
      "[site]\nservice = esp.example\n[own]\nper-day = 20\n[run]\nanswers = 500\n"
      "kinds = bounce, delay, auto-reply, ticket-ack, challenge, virus-notice, content-notice, "
      "subscription-confirm\n"
      "languages = en, de, fr, es, it, pt, nl, sv, pl, ru, ja, zh\n");
  const auto plan = make_plan(scenario, 2);
  ASSERT_TRUE(plan);
  const Writer writer(scenario, 2);
  for (const Event& event : plan->events) {
    if (event.what != Happening::Backscatter) continue;
    const Letter letter = writer.write_backscatter(event);
    const std::string text = letter.header + "\r\n" + letter.body;
    for (std::size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1))
      ASSERT_EQ(text[at - 1], '\r');
    EXPECT_EQ(letter.header.find('{'), letter.header.npos) << letter.header;
    EXPECT_TRUE(letter.header.ends_with("\r\n"));
    EXPECT_NE(letter.recipient.find("@example.com"), std::string::npos);
  }
}

TEST(Writer, WritesTheSameAgain) {
  const Scenario scenario = parse("[run]\nanswers = 50\n");
  const auto plan = make_plan(scenario, 2);
  ASSERT_TRUE(plan);
  const Writer one(scenario, 2);
  const Writer other(scenario, 2);
  for (const Event& event : plan->events)
    EXPECT_EQ(one.write_backscatter(event).body, other.write_backscatter(event).body);
}

}  // namespace
}  // namespace backstop::scenario
