#include "core/mail/escaped_charset.h"

#include <gtest/gtest.h>

#include "core/mail/header_text.h"

namespace backstop::mail {
namespace {

struct Case {
  const char* what;
  std::string_view bytes, charset, want;
};

TEST(EscapedCharset, WhatMailersWriteIsRead) {
  constexpr Case kCases[] = {
      {"kanji and kana", "\x1b$B$\"$$4A\x1b(B ok", "iso-2022-jp", "あい漢 ok"},
      {"Roman letters of Japan", "\x1b(Ja\x1b$B$\"\x1b(Jb", "iso-2022-jp", "aあb"},
      {"half-width katakana", "\x1b(ICO\x1b(B", "iso-2022-jp", "ﾃﾏ"},
      {"NEC's circled numbers", "\x1b$B-!\x1b(B", "iso-2022-jp", "①"},
      {"an escape lost at a line end", "\x1b$B$\"\nplain", "iso-2022-jp", "あ\nplain"},
      {"raw EUC-JP between", "\xa4\xa2\x1b$B$\"\x1b(B", "iso-2022-jp", "ああ"},
      {"half a character at the end", "\x1b$B$\"$", "iso-2022-jp", "あ$"},
      {"an escape of something else", "\x1b[31mred", "iso-2022-jp", "\x1b[31mred"},
      {"HZ", "~{VPND~} ok ~~ ~}", "hz-gb-2312", "中文 ok ~ ~}"},
      {"HZ over a line that goes on", "a~\nb", "hz", "ab"},
      {"HZ not closed on its line", "~{VPND\nplain", "hz", "中文\nplain"},
  };
  for (const Case& c : kCases)
    EXPECT_EQ(decode_charset(c.bytes, c.charset), c.want) << c.what;
}

}  // namespace
}  // namespace backstop::mail
