#include "core/mail/utf8.h"

#include <gtest/gtest.h>

namespace backstop::mail {
namespace {

std::string cut(std::string text, std::size_t bytes_max) {
  cut_utf8(text, bytes_max);
  return text;
}

TEST(Utf8, TextIsCutBetweenCharacters) {
  EXPECT_EQ(cut("abc", 3), "abc");
  EXPECT_EQ(cut("a\u00E4", 2), "a");
  EXPECT_EQ(cut("a\U0001F600", 4), "a");
  EXPECT_EQ(cut("a\U0001F600z", 5), "a\U0001F600");
}

TEST(Utf8, ManyContinuationBytesAreNotAllLost) {
  EXPECT_EQ(cut("ab" + std::string(1000, '\x80'), 500).size(), 500U);
  EXPECT_EQ(cut(std::string(10, '\x80'), 0), "");
}

}  // namespace
}  // namespace backstop::mail
