#include "core/watch/rule.h"

#include <gtest/gtest.h>

namespace backstop::watch {
namespace {

const Instant kNow = *parse_instant("2026-11-22T02:00:00Z");

mail::Address address(std::string_view text) {
  return *mail::parse_path(text);
}

Rule rule_of(std::string_view subject = "cheap watches") {
  return {.action = RuleAction::Refuse,
          .domain = "shop.test",
          .subject = std::string(subject),
          .reason = "the flood since Tuesday",
          .author = "root",
          .begun = kNow,
          .ends = kNow + std::chrono::hours(24)};
}

Fingerprint print_of(std::string_view subject, std::string_view host = "") {
  return {.subject = std::string(subject), .message_id = std::string(host)};
}

TEST(Rule, FitsWhatTellsItsRunFromOtherMail) {
  const mail::Address alice = address("alice@shop.test");
  EXPECT_TRUE(fits(rule_of(), alice, print_of("cheap watches"), reading::Kind::Bounce));
  EXPECT_FALSE(fits(rule_of(), alice, print_of("your order"), reading::Kind::Bounce));
  EXPECT_FALSE(fits(rule_of(), alice, {}, reading::Kind::Bounce)) << "nothing came back";
  EXPECT_FALSE(fits(rule_of(), address("alice@other.test"), print_of("cheap watches"),
                    reading::Kind::Bounce));
  Rule narrow = rule_of();
  narrow.kind = reading::Kind::AutoReply;
  narrow.pattern = "x.x";
  EXPECT_FALSE(fits(narrow, alice, print_of("cheap watches"), reading::Kind::AutoReply));
  EXPECT_TRUE(
      fits(narrow, address("a.b@shop.test"), print_of("cheap watches"), reading::Kind::AutoReply));
  EXPECT_FALSE(
      fits(narrow, address("a.b@shop.test"), print_of("cheap watches"), reading::Kind::Bounce));
  Rule one = rule_of("");
  one.address = "alice@shop.test";
  EXPECT_TRUE(fits(one, address("Alice@SHOP.test"), {}, reading::Kind::Bounce));
  EXPECT_FALSE(fits(one, address("bob@shop.test"), {}, reading::Kind::Bounce));
}

TEST(Rule, WithoutAnythingThatTellsItsRunIsNone) {
  Rule wide = rule_of("");
  wide.pattern = "x";
  EXPECT_FALSE(validate(wide));
  wide.kind = reading::Kind::Bounce;
  EXPECT_FALSE(validate(wide));
  wide.message_id = "mail0.example.net";
  EXPECT_TRUE(validate(wide));
  Rule foreign = rule_of("");
  foreign.address = "alice@other.test";
  EXPECT_FALSE(validate(foreign));
  Rule silent = rule_of();
  silent.reason.clear();
  EXPECT_FALSE(validate(silent));
}

TEST(Rule, EndsAndAValveSooner) {
  Rule rule = rule_of();
  rule.ends = kNow + std::chrono::hours(48);
  EXPECT_TRUE(validate(rule));
  rule.ends += Seconds(1);
  EXPECT_FALSE(validate(rule));
  Rule valve = rule_of("");
  valve.action = RuleAction::Valve;
  EXPECT_TRUE(validate(valve));
  valve.ends += Seconds(1);
  EXPECT_FALSE(validate(valve));
  valve = rule_of();
  valve.action = RuleAction::Valve;
  EXPECT_FALSE(validate(valve)) << "it would look narrower than it is";
}

TEST(RuleBook, TheStrictestThatFitsIsFoundAndNoneThatEnded) {
  RuleBook book;
  Rule held = rule_of();
  held.action = RuleAction::Quarantine;
  held.ends = kNow + std::chrono::hours(30);
  ASSERT_EQ(book.add(held, kNow), 1U);
  ASSERT_EQ(book.add(rule_of(), kNow), 2U);
  const auto find = [&](Instant at) {
    const Rule* const found = book.find_fitting(
        address("alice@shop.test"), print_of("cheap watches"), reading::Kind::Bounce, false, at);
    return found == nullptr ? 0 : found->number;
  };
  EXPECT_EQ(find(kNow), 2U);
  EXPECT_EQ(find(kNow - Seconds(1)), 0U);
  EXPECT_EQ(find(kNow + std::chrono::hours(24)), 1U);
  EXPECT_EQ(find(kNow + std::chrono::hours(30)), 0U);
  EXPECT_TRUE(book.end(2, kNow + Seconds(5)));
  EXPECT_FALSE(book.end(2, kNow + Seconds(5)));
  EXPECT_FALSE(book.end(9, kNow));
  EXPECT_EQ(find(kNow + Seconds(5)), 1U);
}

TEST(RuleBook, AValveIsFoundByItsDomainAlone) {
  RuleBook book;
  Rule valve = rule_of("");
  valve.action = RuleAction::Valve;
  ASSERT_TRUE(book.add(valve, kNow));
  ASSERT_NE(book.find_valve("shop.test", kNow), nullptr);
  EXPECT_EQ(book.find_valve("other.test", kNow), nullptr);
  EXPECT_EQ(book.find_valve("shop.test", kNow + std::chrono::hours(24)), nullptr);
  EXPECT_EQ(book.find_fitting(address("alice@shop.test"), {}, reading::Kind::Bounce, false, kNow),
            nullptr);
}

TEST(RuleBook, NumbersAreNeverGivenTwice) {
  RuleBook book;
  ASSERT_EQ(book.add(rule_of(), kNow), 1U);
  book.forget(kNow + Days(40));
  EXPECT_TRUE(book.empty());
  const auto again = RuleBook::parse(book.render());
  ASSERT_TRUE(again);
  RuleBook next = *again;
  EXPECT_EQ(next.add(rule_of(), kNow), 2U);
}

TEST(RuleBook, IsReadAsItWasWritten) {
  RuleBook book;
  Rule odd = rule_of("-");
  odd.reason = "100 % \"odd\", äöü\nsecond line";
  odd.kind = reading::Kind::TicketAck;
  odd.run = "2026-11-22-1";
  ASSERT_TRUE(book.add(odd, kNow));
  ASSERT_TRUE(book.add(rule_of(), kNow));
  EXPECT_TRUE(book.end(1, kNow));
  const auto read = RuleBook::parse(book.render());
  ASSERT_TRUE(read) << book.render();
  EXPECT_EQ(*read, book);
}

TEST(RuleBook, HalfOfItIsNotRead) {
  RuleBook book;
  ASSERT_TRUE(book.add(rule_of(), kNow));
  const std::string text = book.render();
  ASSERT_TRUE(RuleBook::parse(text));
  EXPECT_FALSE(RuleBook::parse(""));
  EXPECT_FALSE(RuleBook::parse("last 1\nrule 1 refuse"));
  EXPECT_FALSE(RuleBook::parse(text + text.substr(text.find("rule")))) << "a number twice";
  std::string past = text;
  past.replace(0, 6, "last 0");
  EXPECT_FALSE(RuleBook::parse(past));
  std::string longer = text;
  longer.replace(longer.find("2026-11-23"), 10, "2027-11-23");
  EXPECT_FALSE(RuleBook::parse(longer)) << "nobody makes a rule of a year by hand";
}

TEST(RuleBook, HasRoomForWhatAnOperatorCanOversee) {
  RuleBook book;
  for (std::size_t i = 0; i < limits::kRules; ++i)
    ASSERT_TRUE(book.add(rule_of(), kNow));
  EXPECT_FALSE(book.add(rule_of(), kNow));
  EXPECT_TRUE(book.add(rule_of(), kNow + Days(3)));
  const auto read = RuleBook::parse(book.render());
  EXPECT_TRUE(read);
}

TEST(RuleBook, IsReadAgainHoweverManyRulesThereWere) {
  RuleBook book;
  for (std::size_t i = 0; i < 3 * limits::kRules; ++i) {
    book.forget(kNow);
    const auto number = book.add(rule_of(), kNow);
    ASSERT_TRUE(number);
    ASSERT_TRUE(book.end(*number, kNow));
  }
  EXPECT_LE(book.rules().size(), 2 * limits::kRules);
  EXPECT_TRUE(RuleBook::parse(book.render()));
}

TEST(RuleBook, ARuleByAddressLeavesAnAddressInUseToOtherRules) {
  RuleBook book;
  Rule by_pattern = rule_of();
  by_pattern.pattern = "x";
  ASSERT_TRUE(book.add(by_pattern, kNow));
  Rule by_subject = rule_of();
  by_subject.action = RuleAction::Quarantine;
  ASSERT_TRUE(book.add(by_subject, kNow));
  const auto find = [&](bool is_in_use) {
    return book
        .find_fitting(address("alice@shop.test"), print_of("cheap watches"), reading::Kind::Bounce,
                      is_in_use, kNow)
        ->number;
  };
  EXPECT_EQ(find(false), 1U);
  EXPECT_EQ(find(true), 2U);
}

TEST(Rule, NamesHaveALength) {
  Rule rule = rule_of();
  rule.run = std::string(limits::kRuleNameBytes + 1, 'x');
  EXPECT_FALSE(validate(rule));
}

}  // namespace
}  // namespace backstop::watch
