#include "core/proof/tag_exemption.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/tag_limits.h"

namespace backstop::proof {
namespace {

const Instant kDay = parse_instant("2026-11-21T12:00:00Z").value();

TagRefusal refusal(int day, std::string sender = "anna@example.com",
                   std::string domain = "lists.example.net") {
  return {kDay + Days{day}, std::move(domain), std::move(sender)};
}

TEST(TagExemptions, AreLearntFromThreeRefusalsOnTwoDaysFromTwoSenders) {
  TagExemptions learnt;
  EXPECT_FALSE(learnt.add(refusal(0)));
  EXPECT_FALSE(learnt.add(refusal(0, "bert@example.com")));
  EXPECT_FALSE(learnt.add(refusal(0, "carl@example.com"))) << "one day";
  EXPECT_TRUE(learnt.add(refusal(1)));
  EXPECT_EQ(learnt.exemptions(),
            (std::vector<TagExemption>{{"lists.example.net", kDay + Days{1} + kTagExemptFor}}));
}

TEST(TagExemptions, AreNotLearntFromOneSenderOrFromTwoRefusals) {
  TagExemptions learnt;
  for (int day = 0; day < 10; ++day)
    EXPECT_FALSE(learnt.add(refusal(day)));
  EXPECT_FALSE(learnt.add(refusal(0, "bert@example.com", "else.test")));
  EXPECT_FALSE(learnt.add(refusal(3, "anna@example.com", "else.test")));
  EXPECT_TRUE(learnt.exemptions().empty());
}

TEST(TagExemptions, AreNotLearntFromRefusalsFarApart) {
  TagExemptions learnt;
  learnt.add(refusal(0));
  learnt.add(refusal(1, "bert@example.com"));
  EXPECT_FALSE(learnt.add(refusal(40)));
}

TEST(TagExemptions, EndAfterNinetyDaysAndAreLearntAnew) {
  TagExemptions learnt;
  learnt.add(refusal(0));
  learnt.add(refusal(1, "bert@example.com"));
  ASSERT_TRUE(learnt.add(refusal(2)));
  EXPECT_TRUE(learnt.expire(kDay + Days{60})) << "the refusals";
  EXPECT_EQ(learnt.exemptions().size(), 1U);
  EXPECT_TRUE(learnt.expire(kDay + Days{2} + kTagExemptFor));
  EXPECT_TRUE(learnt.exemptions().empty());
  EXPECT_FALSE(learnt.expire(kDay + Days{200}));
  EXPECT_FALSE(learnt.add(refusal(200)));
}

TEST(TagExemptions, ThatAreRemovedBeginAnew) {
  TagExemptions learnt;
  learnt.add(refusal(0));
  learnt.add(refusal(1, "bert@example.com"));
  learnt.add(refusal(2));
  EXPECT_FALSE(learnt.remove("else.test"));
  EXPECT_TRUE(learnt.remove("lists.example.net"));
  EXPECT_FALSE(learnt.add(refusal(3)));
  EXPECT_TRUE(learnt.exemptions().empty());
}

TEST(TagExemptions, ReadBackFromTheirText) {
  TagExemptions learnt;
  learnt.add(refusal(0));
  learnt.add(refusal(1, "bert@example.com"));
  learnt.add(refusal(2));
  learnt.add(refusal(2, "anna@example.com", "else.test"));
  unsigned unreadable = 0;
  const TagExemptions again = TagExemptions::parse(learnt.render(), &unreadable);
  EXPECT_EQ(again.render(), learnt.render());
  EXPECT_EQ(unreadable, 0U);
  EXPECT_EQ(TagExemptions::parse("# a note\n\nexempt a.test\nexempt a.test soon\nrefused a b\n"
                                 "exempt b.test 2027-01-01T00:00:00Z more\n"
                                 "exempt c.test 2027-01-01T00:00:00Z",
                                 &unreadable)
                .exemptions()
                .size(),
            1U);
  EXPECT_EQ(unreadable, 4U);
}

TEST(TagExemptions, KeepNoMoreThanTheirLimit) {
  TagExemptions learnt;
  for (std::size_t i = 0; i < limits::kTagRefusalsKept + 10; ++i)
    learnt.add(refusal(0, "anna@example.com", fmt::format("d{}.test", i)));
  const std::string text = learnt.render();
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(text, '\n')), limits::kTagRefusalsKept);
}

TEST(TagExemptions, AreLearntFromWhatIsSaidOfTheSenderOnly) {
  EXPECT_TRUE(blames_sender("5.1.8", "domain of sender address does not exist"));
  EXPECT_TRUE(
      blames_sender("5.7.1",
                    "host mx.example.net[192.0.2.1] said: 550 5.7.1 Access denied (in reply "
                    "to MAIL FROM command)"));
  EXPECT_TRUE(blames_sender("5.7.1", "550 5.7.1 You are NOT A MEMBER of this list"));
  EXPECT_TRUE(blames_sender("", "550 prvs=1799d94d41=anna@example.com is unknown here"));
  EXPECT_FALSE(blames_sender("5.1.1",
                             "550 5.1.1 <bob@example.net>: User unknown (in reply to "
                             "RCPT TO command)"));
  EXPECT_FALSE(blames_sender("5.7.1", "554 5.7.1 Message looks like spam"));
  EXPECT_FALSE(blames_sender("4.7.1", "450 4.7.1 Sender address rejected: greylisted"));
}

}  // namespace
}  // namespace backstop::proof
