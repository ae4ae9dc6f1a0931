#include "core/survey/truth.h"

#include <gtest/gtest.h>

namespace backstop::survey {
namespace {

using reading::Kind;

Truth truth_of(std::string_view table) {
  auto truth = Truth::parse(table, "truth.tsv", "mail/");
  if (!truth) ADD_FAILURE() << truth.error().text();
  return truth ? *std::move(truth) : Truth();
}

TEST(Truth, LabelsAndKindsAreUnderstood) {
  EXPECT_EQ(parse_expected("bounce-failed")->kinds, std::vector{Kind::Bounce});
  EXPECT_EQ(parse_expected("autoreply")->kinds, (std::vector{Kind::AutoReply, Kind::TicketAck}));
  EXPECT_EQ(parse_expected("challenge | ordinary")->kinds,
            (std::vector{Kind::Challenge, Kind::Ordinary}));
  EXPECT_TRUE(parse_expected("*")->allows(Kind::Delay));
  EXPECT_TRUE(parse_expected("odd")->allows(Kind::Delay));
  EXPECT_EQ(parse_expected("transactional")->kinds, std::vector{Kind::Ordinary});
  EXPECT_EQ(parse_expected("transactional", "machine-report:dmarc")->kinds,
            std::vector{Kind::AggregateReport});
  EXPECT_FALSE(parse_expected("bonce"));
  EXPECT_FALSE(parse_expected("bounce|"));
  EXPECT_FALSE(parse_expected(""));
}

TEST(Truth, PathsAreThoseOfTheTablesFolder) {
  const Truth truth = truth_of("label\tpath\r\nham\ta.eml\r\n\r\nmdn\t/b.eml\r\nmdn\t./c.eml\r\n");
  EXPECT_EQ(truth.paths(), (std::vector<std::string>{"mail/a.eml", "/b.eml", "mail/c.eml"}));
  ASSERT_NE(truth.find("./mail/a.eml"), nullptr);
  EXPECT_EQ(truth.find("mail/a.eml")->label, "ham");
  EXPECT_EQ(truth.find("mail/c.eml")->label, "mdn");
  EXPECT_EQ(truth.find("a.eml"), nullptr);
}

TEST(Truth, AForeignKindColumnGivesWayToTheLabel) {
  const Truth truth = truth_of("path\tkind\tlabel\na\treal\tham\nb\tbounce\tham\n");
  EXPECT_EQ(truth.find("mail/a")->kinds, std::vector{Kind::Ordinary});
  EXPECT_EQ(truth.find("mail/b")->kinds, std::vector{Kind::Bounce});
}

TEST(Truth, AMistakeIsNamedWithItsLine) {
  const auto wrong = Truth::parse("path\tlabel\na\tham\nb\tnonsense\n", "truth.tsv", "");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().where, "truth.tsv:3");
  EXPECT_FALSE(Truth::parse("name\tlabel\n", "truth.tsv", ""));
  EXPECT_FALSE(Truth::parse("", "truth.tsv", ""));
}

TEST(Truth, ScoresAreThoseOfTheKind) {
  TruthTally tally;
  const Expected bounce = parse_expected("bounce").value();
  const Expected answer = parse_expected("autoreply").value();
  tally.add("a", bounce, Kind::Bounce);
  tally.add("b", bounce, Kind::Ordinary);
  tally.add("c", answer, Kind::TicketAck);
  tally.add("d", answer, Kind::Bounce);
  tally.add("e", parse_expected("*").value(), Kind::Bounce);
  EXPECT_EQ(tally.checked(), 5U);
  EXPECT_EQ(tally.wrong(), 2U);
  const KindScore& score = tally.scores()[static_cast<std::size_t>(Kind::Bounce)];
  EXPECT_DOUBLE_EQ(score.recall().value(), 0.5);
  EXPECT_DOUBLE_EQ(score.precision().value(), 0.5);
  EXPECT_DOUBLE_EQ(score.f1().value(), 0.5);
  EXPECT_FALSE(tally.scores()[static_cast<std::size_t>(Kind::Delay)].f1());
  ASSERT_EQ(tally.wrong_messages().size(), 2U);
  EXPECT_EQ(tally.wrong_messages()[1].source, "d");
  EXPECT_EQ(tally.confusion().at("bounce")[static_cast<std::size_t>(Kind::Ordinary)], 1U);
}

TEST(Truth, WhatTheTableNamesAndNobodyMetIsMissing) {
  const Truth truth = truth_of("path\tkind\na\tbounce\nsub/b\tbounce\nc\tbounce\n");
  TruthTally tally;
  tally.note_met("mail/a");
  tally.note_met("./mail/sub/b");
  EXPECT_EQ(tally.missing(), 0U);
  tally.finish(truth);
  EXPECT_EQ(tally.missing(), 1U);
  EXPECT_EQ(tally.missing_paths(), std::vector<std::string>{"mail/c"});
}

}  // namespace
}  // namespace backstop::survey
