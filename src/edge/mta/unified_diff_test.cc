#include "edge/mta/unified_diff.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace backstop::mta {
namespace {

std::string numbers(int from, int to) {
  std::string out;
  for (int i = from; i <= to; ++i)
    out += fmt::format("{}\n", i);
  return out;
}

TEST(UnifiedDiff, EqualTextsHaveNone) {
  EXPECT_EQ(unified_diff("a\n", "a\n", "f"), "");
}

TEST(UnifiedDiff, ShowsEachChangeWithThreeLinesAround) {
  std::string after = numbers(1, 30);
  after.replace(after.find("10\n"), 3, "ten\nten and a half\n");
  after += "31\n";
  EXPECT_EQ(unified_diff(numbers(1, 30), after, "f"),
            "--- f\n+++ f\n"
            "@@ -7,7 +7,8 @@\n 7\n 8\n 9\n-10\n+ten\n+ten and a half\n 11\n 12\n 13\n"
            "@@ -28,3 +29,4 @@\n 28\n 29\n 30\n+31\n");
}

TEST(UnifiedDiff, SaysWhereALastLineHasNoEnd) {
  EXPECT_EQ(unified_diff("a", "a\n", "f"),
            "--- f\n+++ f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
}

TEST(UnifiedDiff, AFileThatWasNotThereHasAnEmptyRange) {
  EXPECT_EQ(unified_diff("", "a\nb\n", "f"), "--- f\n+++ f\n@@ -0,0 +1,2 @@\n+a\n+b\n");
  EXPECT_EQ(unified_diff("a\n", "", "f"), "--- f\n+++ f\n@@ -1 +0,0 @@\n-a\n");
}

TEST(UnifiedDiff, NearChangesShareAHunk) {
  std::string after = numbers(1, 12);
  after.replace(after.find("3\n"), 2, "three\n");
  after.replace(after.find("9\n"), 2, "nine\n");
  const std::string diff = unified_diff(numbers(1, 12), after, "f");
  EXPECT_EQ(diff.find("@@", diff.find("@@ -1,12 +1,12 @@\n") + 17), std::string::npos) << diff;
}

}  // namespace
}  // namespace backstop::mta
