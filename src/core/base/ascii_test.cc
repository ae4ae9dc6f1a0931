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

TEST(Ascii, TrimsAllWhiteSpaceOfMail) {
  EXPECT_EQ(trim(" \t\r\n a b \r\n"), "a b");
  EXPECT_EQ(trim(" \t"), "");
}

}  // namespace
}  // namespace backstop::ascii
