#include "core/base/escape.h"

#include <gtest/gtest.h>

namespace backstop {
namespace {

TEST(Escape, LogValuesCannotForgeALineOrAField) {
  const std::pair<std::string, std::string> table[] = {
      {"alice@example.com", "alice@example.com"},
      {"", "\"\""},
      {"two words", "\"two words\""},
      {"a=b", "\"a=b\""},
      {"say \"hi\"", "\"say \\\"hi\\\"\""},
      {"x\r\nverdict=genuine", "\"x\\x0d\\nverdict=genuine\""},
      {"back\\slash", "back\\\\slash"},
      {"\x1b[2J", "\\x1b[2J"},
      {"caf\xc3\xa9", "caf\xc3\xa9"},
      {"\xc3\x28", "\\xc3("},
      {"\xc0\xaf", "\\xc0\\xaf"},
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
      {"a\xe2\x80\xae"
       "b",
       "a\\xe2\\x80\\xae"
       "b"},
      {"\xc2\x85", "\\xc2\\x85"},
      {std::string("a\0b", 3), "a\\x00b"},
  };
  for (const auto& [input, want] : table)
    EXPECT_EQ(escape_log(input), want) << input;
}

TEST(Escape, RepliesArePrintableAsciiOnOneLine) {
  EXPECT_EQ(escape_reply("caf\xc3\xa9\r\n250 ok", 100), "caf????250 ok");
  EXPECT_EQ(escape_reply("abcdef", 3), "abc");
}

}  // namespace
}  // namespace backstop
