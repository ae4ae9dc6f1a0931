#include "core/simulation/player.h"

#include <gtest/gtest.h>

namespace backstop::simulation {
namespace {

scenario::Scenario parse(const std::string& text) {
  auto scenario =
      scenario::parse_scenario("begins = 2026-03-02\nlasts = 9d\n" + text, "x.scenario");
  EXPECT_TRUE(scenario) << scenario.error().text();
  return scenario ? *std::move(scenario) : scenario::Scenario{};
}

Outcome play(const scenario::Scenario& scenario, std::uint64_t seed = 1) {
  auto player = Player::make(scenario, seed);
  EXPECT_TRUE(player);
  while ((*player)->play(1000)) {
  }
  return (*player)->outcome();
}

constexpr std::string_view kRun = "[run]\nlasts = 20h\nanswers = 2000\n";

TEST(Player, RefusesWhatReturnedEnoughAndLosesNothingGenuine) {
  const Outcome outcome = play(
      parse("[site]\ncatch-all = yes\n[own]\nper-day = 200\nfails = 20%\nasynchronous = 60%\n" +
            std::string(kRun)));
  EXPECT_EQ(outcome.backscatter.offered, 2000U);
  EXPECT_GT(outcome.backscatter.returned_enough, 900U);
  EXPECT_EQ(outcome.backscatter.enough_refused, outcome.backscatter.returned_enough);
  EXPECT_GT(outcome.genuine.offered, 150U);
  EXPECT_EQ(outcome.genuine.accepted, outcome.genuine.offered);
  EXPECT_EQ(outcome.genuine.lost, 0U);
}

TEST(Player, RefusesNothingWhereItOnlyObserves) {
  const Outcome outcome =
      play(parse("[site]\nenforces = no\ncatch-all = yes\n" + std::string(kRun)));
  EXPECT_EQ(outcome.backscatter.refused_eom + outcome.backscatter.refused_rcpt, 0U);
  EXPECT_EQ(outcome.backscatter.quarantined, 0U);
}

TEST(Player, UnknownRecipientsAreRefusedByTheMailServer) {
  const Outcome outcome = play(parse(std::string(kRun) + "forges = fresh\n"));
  EXPECT_EQ(outcome.backscatter.refused_rcpt, outcome.backscatter.offered);
  EXPECT_EQ(outcome.messages, 0U);
}

TEST(Player, CountsAGenuineAnswerThatIsLost) {
  // A service that sends for us, which nobody told of.
  scenario::Scenario scenario = parse(
      "[site]\nservice = esp.example\n[own]\nway = service\nmailing-to = 2000\nfails = 50%\n"
      "asynchronous = 100%\nsenders = 5\n");
  const Outcome outcome = play(scenario);
  EXPECT_GT(outcome.genuine.lost, 0U);
  EXPECT_EQ(outcome.genuine.lost + outcome.genuine.accepted, outcome.genuine.offered);
  EXPECT_FALSE(outcome.lost.empty());
}

TEST(Player, TheSameSeedComesToTheSame) {
  const scenario::Scenario scenario =
      parse("[site]\ncatch-all = yes\n[own]\nper-day = 50\n" + std::string(kRun));
  const Outcome one = play(scenario, 3);
  const Outcome again = play(scenario, 3);
  const Outcome other = play(scenario, 4);
  EXPECT_EQ(one.backscatter.refused_eom, again.backscatter.refused_eom);
  EXPECT_EQ(one.kinds, again.kinds);
  EXPECT_EQ(one.seconds_to_alarm, again.seconds_to_alarm);
  EXPECT_NE(one.kinds, other.kinds);
}

TEST(Player, ReadsEveryKindThatItWrites) {
  for (const std::string kind : {"bounce", "delay", "auto-reply", "ticket-ack", "challenge",
                                 "virus-notice", "content-notice", "subscription-confirm"}) {
    const Outcome outcome =
        play(parse("[site]\ncatch-all = yes\n[run]\nlasts = 5h\nanswers = 300\nkinds = " + kind +
                   "\nlanguages = en, de, fr, es, it, pt, nl, sv, pl, ru, ja, zh\n"));
    EXPECT_GE(outcome.measure(scenario::Figure::Recognised).value_or(0), 0.97) << kind;
  }
}

TEST(Player, TellsTheAlarmAndTheRunClock) {
  const Outcome outcome =
      play(parse("[site]\ncatch-all = yes\n[run]\nstarts = 1d\nlasts = 30h\nanswers = 20000\n"));
  ASSERT_FALSE(outcome.alarms.empty());
  EXPECT_EQ(outcome.alarms.front().kind, watch::AttackKind::Backscatter);
  EXPECT_LT(outcome.seconds_to_alarm.value_or(1e9), 300);
  EXPECT_LE(outcome.measure(scenario::Figure::ActivityOff).value_or(1e9), 86'400);
  EXPECT_LE(outcome.measure(scenario::Figure::TailOff).value_or(1e9), 86'400);
}

}  // namespace
}  // namespace backstop::simulation
