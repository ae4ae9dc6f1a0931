#include "core/base/tally.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/base/limits.h"

namespace backstop {
namespace {

std::string text_of(const TopNames& top) {
  std::string out;
  for (const Tallied& name : top.names)
    out += name.name + "=" + std::to_string(name.n) + " ";
  return out + "+" + std::to_string(top.left_out);
}

TEST(Tally, TheMostFrequentComeFirstThenByName) {
  Tally tally;
  for (const char* name : {"b", "a", "c", "c", "", "b", "d"})
    tally.add(name);
  EXPECT_EQ(text_of(tally.top(3)), "b=2 c=2 a=1 +1");
  EXPECT_EQ(text_of(tally.top(0)), "+6");
  EXPECT_EQ(tally.top(9).names_seen, 4U);
}

TEST(Tally, FirstAndLastAreTheDatesGiven) {
  Tally tally;
  const Instant noon = parse_instant("2026-11-21T12:00:00Z").value();
  tally.add("a");
  EXPECT_FALSE(tally.top(1).names[0].first);
  tally.add("a", noon);
  tally.add("a", noon - Days{3});
  tally.add("a");
  EXPECT_EQ(tally.top(1).names[0].first, noon - Days{3});
  EXPECT_EQ(tally.top(1).names[0].last, noon);
}

TEST(Tally, UpToItsLimitTheOrderDoesNotMatter) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < limits::kSurveyNames; ++i)
    names.push_back("n" + std::to_string(i % (limits::kSurveyNames / 2 + i % 7)));
  Tally forwards;
  for (const auto& name : names)
    forwards.add(name);
  std::mt19937 shuffler(7);
  std::shuffle(names.begin(), names.end(), shuffler);
  Tally shuffled;
  for (const auto& name : names)
    shuffled.add(name);
  EXPECT_EQ(text_of(forwards.top(5000)), text_of(shuffled.top(5000)));
  EXPECT_FALSE(shuffled.top(1).forgot);
}

TEST(Tally, PastItsLimitTheFrequentStayAndTheRestIsStillCounted) {
  const auto count = [] {
    Tally tally;
    for (std::size_t i = 0; i < 3 * limits::kSurveyNames; ++i) {
      tally.add("once" + std::to_string(i));
      if (i % 10 == 0) tally.add("frequent");
    }
    return tally;
  };
  const TopNames top = count().top(1);
  EXPECT_EQ(top.names[0].name, "frequent");
  EXPECT_EQ(top.names[0].n, (3 * limits::kSurveyNames + 9) / 10);
  EXPECT_EQ(top.left_out, 3 * limits::kSurveyNames);
  EXPECT_TRUE(top.forgot);
  EXPECT_LE(top.names_seen, limits::kSurveyNames);
  EXPECT_EQ(text_of(count().top(100)), text_of(count().top(100)));
}

TEST(Tally, LongNamesAreCutButNotWithinACharacter) {
  Tally tally;
  tally.add(std::string(limits::kSurveyNameBytes - 1, 'x') + "\u00e9" + std::string(9999, 'y'));
  EXPECT_EQ(tally.top(1).names[0].name, std::string(limits::kSurveyNameBytes - 1, 'x'));
}

}  // namespace
}  // namespace backstop
