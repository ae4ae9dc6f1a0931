#include "core/base/find_byte.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/char_set.h"

namespace backstop {
namespace {

constexpr std::size_t kLongest = 3 * kLanes + 2;

TEST(FindByte, FindsTheFirstFromAnyPlaceInTextsOfAnyLength) {
  for (std::size_t size = 0; size < kLongest; ++size) {
    EXPECT_EQ(find_byte(std::string(size, 'x'), '\n'), std::string::npos);
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = '\n';
      text[size - 1] = '\n';
      for (std::size_t from = 0; from <= size; ++from)
        EXPECT_EQ(find_byte(text, '\n', from), text.find('\n', from)) << at << " of " << size;
    }
  }
}

TEST(FindByte, FindsTwoThatFollowEachOtherButNeverBehindTheEnd) {
  const auto code = [](Lanes x, Lanes next) {
    return (x == every_lane('5')) & (next == every_lane('.'));
  };
  for (std::size_t size = 0; size < kLongest; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, '5');
      if (at + 1 < size) text[at + 1] = '.';
      for (std::size_t from = 0; from <= size; ++from)
        EXPECT_EQ(find_pair(text, from, code), text.find("5.", from)) << at << " of " << size;
      // What stands behind a view is not of it.
      const std::string longer = std::string(size, '5') + ".";
      EXPECT_EQ(find_pair(std::string_view(longer).substr(0, size), 0, code), std::string::npos);
    }
  }
}

TEST(CharSet, HoldsTheCharactersItWasMadeOfAndNoOthers) {
  constexpr std::string_view kCharacters(" \t\0\xff;", 5);
  constexpr CharSet kSet(kCharacters);
  for (int c = 0; c < 256; ++c) {
    const char character = static_cast<char>(c);
    EXPECT_EQ(kSet.has(character), kCharacters.find(character) != std::string_view::npos) << c;
  }
  EXPECT_EQ(kSet.find_in("type; a"), 4U);
  EXPECT_EQ(kSet.find_in("type; a", 5), 5U);
  EXPECT_EQ(kSet.find_in("type"), 4U);
  EXPECT_EQ(kSet.before_any("type; a"), "type");
  EXPECT_FALSE(kSet.any_in(""));
}

}  // namespace
}  // namespace backstop
