#include "core/reading/normal_text.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace backstop::reading {
namespace {

struct Case {
  const char* what;
  std::string_view text;
  std::string_view want;
};

TEST(NormalText, EachCharacterBecomesItsPlainForm) {
  constexpr Case kCases[] = {
      {"capitals of ASCII", "Undelivered MAIL", "undelivered mail"},
      {"runs of white space", " a \t\r\n\v b  ", "a b"},
      {"no-break and ideographic spaces", "a\u00a0b\u3000c\u2009d\u202fe", "a b c d e"},
      {"runs of digits", "550 5.1.1 #12345 a1b22", "0 0.0.0 #0 a0b0"},
      {"full-width and Arabic digits", "\uff15\uff15\uff10 \u0661\u0662 \u06f3", "0 0 0"},
      {"full-width letters and signs", "\uff2d\uff21\uff29\uff2c\uff1a\uff08\uff09", "mail:()"},
      {"capitals of Latin-1", "ÄÖÜ ÀÉÎÕÑÇ ×", "äöü àéîõñç ×"},
      {"capitals of Polish, Czech, Hungarian", "ŁŻŚĆĄĘ ŘŠČŽĎ ŐŰ ĽŇ", "łżśćąę řščžď őű ľň"},
      {"capitals of Romanian", "ȘȚĂ", "șță"},
      {"Turkish dots", "İLETİ KALIN ılık", "ileti kalin ilik"},
      {"sharp s", "Straße STRAẞE", "straße straße"},
      {"capitals of Vietnamese", "ĐƯỢC ẠẶỶỸ", "được ạặỷỹ"},
      {"capitals of Greek, and the last sigma", "ΆΈΉΊΌΎΏ ΛΌΓΟΣ λόγος", "άέήίόύώ λόγοσ λόγοσ"},
      {"capitals of Cyrillic, and io", "ПИСЬМО Ёлка её ЇЄІҐ ЂЉЊЏ", "письмо елка ее їєіґ ђљњџ"},
      {"apostrophes", "I’m `so' ‘x’ ´", "i'm 'so' 'x' '"},
      {"quotes", "„a“ “b” «c»", "\"a\" \"b\" \"c\""},
      {"dashes and minus", "a–b—c‐d‑e−f", "a-b-c-d-e-f"},
      {"ellipsis", "wait…", "wait..."},
      {"what shows nothing", "\ufeffso\u00adft\u200b \u2060x\u200dy\u200ez", "soft xyz"},
      {"digits with something invisible between", "1\u200b2", "0"},
      {"a letter and its accent", "Empfa\u0308nger E\u0301te\u0301 \u0435\u0308 ụ\u0302",
       "empfänger été е ụ\u0302"},
      {"a mark that joins nothing", "\u0301 x\u0335 7\u0301", "\u0301 x\u0335 0\u0301"},
      {"Japanese and Chinese", "自動返信：不在です。 很抱歉，", "自動返信:不在です。 很抱歉,"},
      {"zero bytes", std::string_view("a\0b", 3), "a b"},
      {"what is no UTF-8", "a\xff\xc3 B\xe3\x81", "a\xff\xc3 b\xe3\x81"},
      {"nothing", "", ""},
      {"only white space", " \r\n\u00a0", ""},
  };
  for (const Case& c : kCases)
    EXPECT_EQ(render_normal(c.text), c.want) << c.what;
}

TEST(NormalText, LinesQuotedByTheWriterAreLeftOut) {
  EXPECT_EQ(render_normal("I am away.\n> Your mail\n >> older\r\n\t>x\nBye"), "i am away. bye");
  EXPECT_EQ(render_normal("So it said:\n| Your mail\n\t| was lost\n|--- rule ---|\nBye"),
            "so it said: |--- rule ---| bye");
  EXPECT_EQ(render_normal("> all\n> of it"), "");
  EXPECT_EQ(render_normal("a > b"), "a > b");
}

TEST(NormalText, AFieldHasNoQuotedLines) {
  EXPECT_EQ(render_normal_line("> Out of\r\n Office 2"), "> out of office 0");
}

TEST(NormalText, NormalTextStaysAsItIs) {
  const std::string once =
      render_normal("„İ“ Ёж Łódź — ΣΑΣ 12:30 E\u0301 自動\u3000返信 \xff\n> q\n ﬁ Ǆ ẞ");
  EXPECT_EQ(render_normal(once), once);
}

TEST(NormalText, NoMoreThanItsLimitIsLookedAt) {
  const std::string text(limits::kNoticeTextBytes, 'A');
  EXPECT_EQ(render_normal(text + "b").size(), limits::kNoticeTextBytes);
  EXPECT_EQ(render_normal_line(text + "b").size(), limits::kNoticeTextBytes);
}

}  // namespace
}  // namespace backstop::reading
