#include "core/base/word_line.h"

#include <gtest/gtest.h>

namespace backstop {
namespace {

TEST(WordLine, EmptyLinesAndCommentsAreNoLines) {
  std::string_view text = "\n# a comment\n  one two  \r\nlast";
  EXPECT_EQ(take_word_line(text), (std::vector<std::string_view>{"one", "two"}));
  EXPECT_EQ(take_word_line(text), std::vector<std::string_view>{"last"});
  EXPECT_FALSE(take_word_line(text));
}

TEST(WordLine, AnyTextIsOneWordHoweverItIsMade) {
  for (const std::string& text : {std::string("a b,c%d@shop.test"), std::string("\n\x7f\xff", 3)}) {
    const std::string word = escape_word(text);
    EXPECT_EQ(word.find_first_of(" ,\n"), std::string::npos);
    EXPECT_EQ(unescape_word(word), text);
  }
  EXPECT_FALSE(unescape_word("%4"));
  EXPECT_FALSE(unescape_word("%zz"));
}

}  // namespace
}  // namespace backstop
