#include "core/base/ascii.h"

#include <gtest/gtest.h>

namespace backstop::ascii {
namespace {

TEST(Ascii, FoldsOnlyAToZ) {
  EXPECT_EQ(lower("AbZ\xc3\x89@["), "abz\xc3\x89@[");
  EXPECT_TRUE(equals_folded("Auto-Submitted", "auto-submitted"));
  EXPECT_FALSE(equals_folded("a", "ab"));
  EXPECT_TRUE(starts_with_folded("MAILER-DAEMON@x", "mailer-daemon"));
  EXPECT_EQ(find_folded("see Report-Type here", "report-type"), 4U);
  EXPECT_EQ(find_folded("abc", "x"), std::string_view::npos);
}

TEST(Ascii, FoldsEveryByteAtEveryPlaceAlike) {
  for (int c = 0; c < 256; ++c) {
    for (std::size_t at = 0; at < 20; ++at) {
      std::string text(20, 'x');
      text[at] = static_cast<char>(c);
      std::string other(20, 'X');
      other[at] = to_lower(static_cast<char>(c));
      EXPECT_TRUE(equals_folded(text, other)) << c << " at " << at;
      other[at] = static_cast<char>(c ^ 1);
      EXPECT_FALSE(equals_folded(text, other)) << c << " at " << at;
    }
  }
}

TEST(Ascii, TheBitOfCaseIsOneOfLettersOnlyAtEveryLength) {
  for (std::size_t size = 1; size < 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int c = 0; c < 256; ++c) {
        std::string text(size, 'x');
        std::string other(size, 'X');
        text[at] = static_cast<char>(c);
        other[at] = static_cast<char>(c ^ 0x20);
        EXPECT_EQ(equals_folded(text, other), is_alpha(static_cast<char>(c)))
            << c << " at " << at << " of " << size;
      }
    }
  }
}

TEST(Ascii, FourCharactersAreFoldedAsOneIs) {
  for (std::uint32_t c = 0; c < 256; ++c) {
    const auto folded = static_cast<unsigned char>(to_lower(static_cast<char>(c)));
    EXPECT_EQ(lower_four(c * 0x01010101U), folded * 0x01010101U) << c;
    EXPECT_EQ(lower_four(c << 16), std::uint32_t{folded} << 16) << c;
  }
}

TEST(Ascii, FindsWordsWhereverTheyStand) {
  for (const std::string needle : {"q", "qu", "quick", "quick brown fox"}) {
    for (std::size_t before = 0; before < 20; ++before) {
      for (std::size_t after = 0; after < 12; ++after) {
        std::string text = std::string(before, 'Q') + "!" + needle + std::string(after, 'z');
        text.back() = static_cast<char>(text.back() == 'z' ? 'Z' : text.back());
        const std::size_t expected = needle == "q" && before > 0 ? 0 : before + 1;
        EXPECT_EQ(find_folded(text, needle), expected) << text;
        EXPECT_EQ(find_folded(text.substr(0, before), "quick"), std::string_view::npos);
      }
    }
  }
}

TEST(Ascii, TrimsAllWhiteSpaceOfMail) {
  EXPECT_EQ(trim(" \t\r\n a b \r\n"), "a b");
  EXPECT_EQ(trim(" \t"), "");
}

}  // namespace
}  // namespace backstop::ascii
