#include "core/mail/header_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/mail/utf8.h"

namespace backstop::mail {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(Unfold, LineEndsBeforeBlanksGoAndTheBlanksStay) {
  EXPECT_EQ(unfold(" a\r\n b"), "a b");
  EXPECT_EQ(unfold("a\n\tb\r\r\n  c\r\n"), "a\tb  c");
  EXPECT_EQ(unfold("a\rb"), "a\rb");
  EXPECT_EQ(unfold("a\nb"), "a\nb");
  EXPECT_EQ(unfold(" \r\n "), "");
}

struct CharsetCase {
  std::string_view bytes, charset, want;
  bool unknown = false, broken = false;
};

TEST(DecodeCharset, NamesAliasesAndLies) {
  const CharsetCase cases[] = {
      {"Gr\xfc\xdf", "ISO-8859-1", "Grüß"},
      {"\x93quoted\x94", "iso-8859-1", "“quoted”"},
      {"\x93quoted\x94", "Windows-1252", "“quoted”"},
      {"Gr\xc3\xbc\xc3\x9f", "utf8", "Grüß"},
      {"Gr\xc3\xbc\xc3\x9f", "us-ascii", "Grüß", false, true},
      {"Gr\xfc\xdf", "US-ASCII", "Grüß", false, true},
      {"Gr\xfc\xdf", "x-nowhere", "Grüß", true},
      {"Gr\xfc\xdf", "", "Grüß", true},
      {"Gr\xfc\xdf", "latin1//TRANSLIT", "Grüß", true},
      {"a\xff\xfe\xffz", "utf-8", "a\xef\xbf\xbdz", false, true},
      {"\x1b$B;3ED\x1b(B", "ISO-2022-JP", "山田"},
      {"\x8eR\x93\x63", "Shift_JIS", "山田"},
      {"\xbb\xb3\xc5\xc4", "EUC-JP", "山田"},
      {"\xcd\xcb\xd0\xc5", "gb2312", "退信"},
      {"\xb0\x68\xab\x48", "Big5", "退信"},
      {"\xb9\xdd\xbc\xdb", "ks_c_5601-1987", "반송"},
      {"\xee\xc5\xd4", "KOI8-R", "Нет"},
      {"\xcd\xe5\xf2", "windows-1251", "Нет"},
      {"+BB0-", "utf-7", "Н"},
      {"\x8eR\x93", "shift_jis", "山\xef\xbf\xbd", false, true},
  };
  for (const CharsetCase& c : cases) {
    Defects defects;
    EXPECT_EQ(decode_charset(c.bytes, c.charset, &defects), c.want) << c.charset;
    EXPECT_EQ(defects.has(Defect::CharsetUnknown), c.unknown) << c.charset;
    EXPECT_EQ(defects.has(Defect::CharsetBroken), c.broken) << c.charset << ": " << c.want;
  }
}

TEST(DecodeCharset, AnyBytesOfAnyCharsetBecomeValidUtf8) {
  std::string bytes;
  for (int i = 0; i < 1024; ++i)
    bytes.push_back(static_cast<char>(i * 37 % 256));
  for (const char* charset :
       {"utf-8",     "us-ascii", "iso-8859-1", "iso-2022-jp", "iso-2022-kr", "iso-2022-cn-ext",
        "shift_jis", "euc-jp",   "euc-kr",     "big5",        "gb18030",     "utf-7",
        "utf-16",    "utf-32",   "ucs-2",      "koi8-u",      "macintosh",   "tscii",
        "ibm1390",   "viscii",   "tcvn"}) {
    const std::string out = decode_charset(bytes, charset);
    EXPECT_TRUE(is_utf8(out)) << charset;
    EXPECT_LE(out.size(), 8 * bytes.size() + 4096) << charset;
  }
}

struct TextCase {
  std::string_view raw, want;
};

TEST(DecodeText, EncodedWords) {
  const TextCase cases[] = {
      {" plain text\r\n", "plain text"},
      {"=?utf-8?Q?Gr=C3=BC=C3=9Fe_aus?= =?utf-8?Q?_K=C3=B6ln?=", "Grüße aus Köln"},
      {"=?UTF-8?B?w5xiZXI=?=", "Über"},
      {"=?utf-8*de?q?=C3=9Cber?=", "Über"},
      {"before =?iso-8859-1?q?caf=E9?= after", "before café after"},
      {"=?utf-8?B?w5w=?=\r\n =?UTF-8?Q?=C3=9C?=", "ÜÜ"},
      // A character cut in two by adjacent words.
      {"=?utf-8?B?w5xiZcM=?= =?utf-8?B?nA==?=", "ÜbeÜ"},
      {"=?utf-8?q?a?= =?iso-8859-1?q?b?=  c", "ab  c"},
      {"=?utf-8?q?a?=b", "ab"},
      {"=?utf-8?q?two words?=", "two words"},
      {"=?iso-2022-jp?B?GyRCOzMbKEI=?= =?iso-2022-jp?B?GyRCRUQbKEI=?=", "山田"},
      {"=?utf-8?x?no?=", "=?utf-8?x?no?="},
      {"=?utf-8?q?open", "=?utf-8?q?open"},
      {"=??q?a?=", "=??q?a?="},
      {"=?=?utf-8?q?a?=", "=?a"},
      {"Gr\xfc\xdf", "Grüß"},
      {"Gr\xc3\xbc\xc3\x9f", "Grüß"},
      {"", ""},
  };
  for (const TextCase& c : cases)
    EXPECT_EQ(decode_text(c.raw), c.want) << c.raw;
}

TEST(DecodeText, IsBoundedAndNeverCutsACharacter) {
  std::string raw;
  for (int i = 0; i < 20'000; ++i)
    raw += "ü";
  const std::string out = decode_text(raw);
  EXPECT_LE(out.size(), limits::kDecodedFieldBytes);
  EXPECT_TRUE(is_utf8(out));
  std::string opens;
  for (int i = 0; i < 100'000; ++i)
    opens += "=?";
  EXPECT_EQ(decode_text(opens), opens.substr(0, limits::kDecodedFieldBytes));
}

TEST(ParseStructured, ValuesAndParameters) {
  const auto plain = parse_structured(" Text/Plain; charset=UTF-8; Format=flowed\r\n");
  EXPECT_EQ(plain.value, "text/plain");
  EXPECT_THAT(plain.parameters, ElementsAre(Pair("charset", "UTF-8"), Pair("format", "flowed")));

  const auto odd = parse_structured("multipart / mixed (a; b=c); BOUNDARY = \"a \\\"b\\\"\" ;; x");
  EXPECT_EQ(odd.value, "multipart/mixed");
  EXPECT_THAT(odd.parameters, ElementsAre(Pair("boundary", "a \"b\"")));

  const auto extended = parse_structured(
      "attachment; filename*1=\"und mehr\"; filename*2*=%20%DC.pdf; "
      "filename*0*=iso-8859-1'de'Entw%FCrfe%20");
  EXPECT_THAT(extended.parameters, ElementsAre(Pair("filename", "Entwürfe und mehr Ü.pdf")));

  const auto both = parse_structured("attachment; filename=u.txt; filename*=utf-8''%C3%BC.txt");
  EXPECT_THAT(both.parameters, ElementsAre(Pair("filename", "ü.txt")));

  EXPECT_THAT(parse_structured("a; name=\"=?iso-8859-1?Q?=FC?=.pdf\"; name=b").parameters,
              ElementsAre(Pair("name", "ü.pdf")));
  EXPECT_THAT(parse_structured("a/b; name=My file.txt; c=d e=f").parameters,
              ElementsAre(Pair("name", "My file.txt"), Pair("c", "d"), Pair("e", "f")));
  EXPECT_THAT(parse_structured("a/b; n*0=x; n*2=z").parameters, ElementsAre(Pair("n", "x")));
  EXPECT_THAT(parse_structured("").parameters, IsEmpty());
  EXPECT_THAT(parse_structured("a/b; =x; \"q\"; (; y=").parameters, IsEmpty());
}

TEST(ParseStructured, TakesNoMoreParametersThanTheLimit) {
  std::string raw = "a/b";
  for (int i = 0; i < 1000; ++i)
    raw += "; p" + std::to_string(i) + "=v";
  EXPECT_EQ(parse_structured(raw).parameters.size(), limits::kParametersPerField);
}

std::vector<std::string> addresses(std::string_view raw) {
  std::vector<std::string> out;
  for (const Address& address : parse_address_list(raw)) {
    out.push_back(address.local + "|" + address.domain);
  }
  return out;
}

TEST(ParseAddressList, FormsOfMailboxesAndGroups) {
  EXPECT_THAT(addresses("a@b.example"), ElementsAre("a|b.example"));
  EXPECT_THAT(addresses("\"Doe, John\" <john@two.example>, jane@two.example (Jane (2nd) Doe)"),
              ElementsAre("john|two.example", "jane|two.example"));
  EXPECT_THAT(addresses("John Q. Public <john.q@x.example>"), ElementsAre("john.q|x.example"));
  EXPECT_THAT(addresses("g: a@x.example, B <b@x.example>;, c@x.example"),
              ElementsAre("a|x.example", "b|x.example", "c|x.example"));
  EXPECT_THAT(addresses("undisclosed-recipients:;"), IsEmpty());
  EXPECT_THAT(addresses("<@r.example,@s.example:a@x.example>"), ElementsAre("a|x.example"));
  EXPECT_THAT(addresses("\"quoted local\"@x.example"), ElementsAre("quoted local|x.example"));
  EXPECT_THAT(addresses("a . b @ x . example"), ElementsAre("a.b|x.example"));
  EXPECT_THAT(addresses("a@[192.0.2.1], <b@x.example.>"),
              ElementsAre("a|[192.0.2.1]", "b|x.example"));
  EXPECT_THAT(addresses("MAILER-DAEMON"), ElementsAre("MAILER-DAEMON|"));
  EXPECT_THAT(addresses("Mail Delivery Subsystem"), IsEmpty());
  EXPECT_THAT(addresses("Mail Delivery System <postmaster>"), ElementsAre("postmaster|"));
  EXPECT_THAT(addresses("<>"), IsEmpty());
  EXPECT_THAT(addresses("\"\""), IsEmpty());
  EXPECT_THAT(addresses("<Undisclosed Recipients>, <none:;>, [x]@y.example"), IsEmpty());
  EXPECT_THAT(addresses("Max | [x] <max@x.example>"), ElementsAre("max|x.example"));
  EXPECT_THAT(addresses("M\xfcller@x.example"), ElementsAre("Müller|x.example"));
  EXPECT_THAT(addresses("a@x.example <b@y.example>"), ElementsAre("b|y.example"));
  EXPECT_THAT(addresses("=?utf-8?q?a=2C?= <b@y.example>"), ElementsAre("b|y.example"));
  EXPECT_THAT(addresses("jörg@müller.example"), ElementsAre("jörg|müller.example"));
  EXPECT_THAT(addresses(",, a@x.example,,;b@x.example"), ElementsAre("a|x.example", "b|x.example"));
}

TEST(ParseAddressList, TakesNoMoreThanAskedFor) {
  std::string raw;
  for (int i = 0; i < 1000; ++i)
    raw += "a@x.example, ";
  EXPECT_EQ(parse_address_list(raw).size(), 100U);
  EXPECT_EQ(parse_address_list(raw, 3).size(), 3U);
  EXPECT_THAT(parse_address_list(raw, 0), IsEmpty());
}

// What is written as usual is read by a shorter way; a blank more takes it the long one.
TEST(ParseDate, UsualAndUnusualBlanksGiveTheSame) {
  unsigned valid = 0;
  for (const std::string_view month : {"Jan", "feb", "NOV", "Foo"}) {
    for (const std::string_view day : {"0", "1", "9", "09", "29", "30", "31", "32"}) {
      for (const std::string_view rest :
           {"2026 23:59:60 +0000", "1969 00:00:00 -0100", "2024 24:00:00 +0000",
            "2024 12:60:00 +0000", "2024 12:00:61 +0000", "0099 12:00:00 +0000",
            "2024 09:05:07 -0830", "2024 09:05:07 +1260", "2024 09:05:07 +0130 (CET)",
            "2024 09:05:07 +0130 (a) pm", "2024 09:05:07 +0130 (a"}) {
        const std::string text =
            std::string(day) + ' ' + std::string(month) + ' ' + std::string(rest);
        const std::string usual = "Tue, " + text;
        const std::string unusual = "Tue,  " + text;
        EXPECT_EQ(parse_date(usual), parse_date(unusual)) << usual;
        valid += parse_date(usual) ? 1 : 0;
      }
    }
  }
  EXPECT_GT(valid, 50U);
}

TEST(ParseDate, FormsThatMailersWrite) {
  const TextCase cases[] = {
      {"Sat, 21 Nov 2026 09:12:33 +0100", "2026-11-21T08:12:33Z"},
      {" 21 Nov 2026 9:02 +0000 (comment (nested))", "2026-11-21T09:02:00Z"},
      {"Friday, 06-Nov-26 08:49:37 GMT", "2026-11-06T08:49:37Z"},
      {"Fri Nov  6 08:49:37 2026", "2026-11-06T08:49:37Z"},
      {"Fri Nov  6 08:49:37 2026 -0500", "2026-11-06T13:49:37Z"},
      {"Fri Nov  6 08:49:37 CET 2026", "2026-11-06T07:49:37Z"},
      {"6 Nov 94 08:49 EST", "1994-11-06T13:49:00Z"},
      {"6 Nov 104 08:49 UT", "2004-11-06T08:49:00Z"},
      {"6 Nov 2026 08:49:37 Z", "2026-11-06T08:49:37Z"},
      {"6 Nov 2026 08:49:37", "2026-11-06T08:49:37Z"},
      {"6 Nov 2026 08:49:37 GMT+0200", "2026-11-06T06:49:37Z"},
      {"6 Nov 2026 08:49:37 +02:00", "2026-11-06T06:49:37Z"},
      {"6 Nov 2026 02:49:37 PM -0000", "2026-11-06T14:49:37Z"},
      {"31 Dec 2026 23:59:60 +0000", "2027-01-01T00:00:00Z"},
      {"2026/11/06 Fri 02:29:32 CDT", "2026-11-06T07:29:32Z"},
      {"29 Feb 2024 00:00:00 +0000", "2024-02-29T00:00:00Z"},
      {"Tue,\r\n 3 Nov 2026\r\n\t04:05:06 -0000", "2026-11-03T04:05:06Z"},
  };
  for (const TextCase& c : cases) {
    const auto date = parse_date(c.raw);
    ASSERT_TRUE(date.has_value()) << c.raw;
    EXPECT_EQ(render_instant(*date), c.want) << c.raw;
  }
}

TEST(ParseDate, WhatIsNoDateIsNothing) {
  for (const char* raw :
       {"", "never", "30 Feb 2026 10:00:00 +0000", "6 Nov 2026", "6 Nov 2026 25:00:00 +0000",
        "6 Nov 1969 08:49:37 GMT", "6 Nov 2026 08:61:37 GMT", "((((", "1 1 1 1 1 1 1", ": : :"}) {
    EXPECT_FALSE(parse_date(raw).has_value()) << raw;
  }
}

TEST(ParseMessageIds, BracketsBlanksAndNone) {
  EXPECT_THAT(parse_message_ids(" <a@x>\r\n\t<b@x><c@x>"), ElementsAre("a@x", "b@x", "c@x"));
  EXPECT_THAT(parse_message_ids("Your message of \"Thu\" <a@x>"), ElementsAre("a@x"));
  EXPECT_THAT(parse_message_ids("<two\r\n @x>"), ElementsAre("two@x"));
  EXPECT_THAT(parse_message_ids("bare@x "), ElementsAre("bare@x"));
  EXPECT_THAT(parse_message_ids("two words"), IsEmpty());
  EXPECT_THAT(parse_message_ids("<open <a@x> <never"), ElementsAre("a@x"));
  EXPECT_THAT(parse_message_ids("<> < >"), IsEmpty());
  EXPECT_THAT(parse_message_ids("<a@x> <b@x>", 1), ElementsAre("a@x"));
}

struct ReceivedCase {
  std::string_view name, raw, from_name, from_ip, by, with, id, for_address, date;
};

TEST(ParseReceived, AsRealServersWriteIt) {
  const ReceivedCase cases[] = {
      {"Postfix",
       " from mx.a.example (mx.a.example [192.0.2.10])\r\n\tby mail.b.example (Postfix) with "
       "ESMTPS id 4F1B\r\n\tfor <anna@b.example>; Sat, 21 Nov 2026 09:12:33 +0100 (CET)",
       "mx.a.example", "192.0.2.10", "mail.b.example", "ESMTPS", "4F1B", "anna@b.example",
       "2026-11-21T08:12:33Z"},
      {"Exim",
       "from [198.51.100.7] (port=4711 helo=laptop)\n\tby mx.b.example with esmtpsa "
       "(TLS1.3:ECDHE:256)\n\t(Exim 4.96)\n\tid 1abc-00\n\tfor anna@b.example;\n\tSat, 21 Nov "
       "2026 08:12:33 +0000",
       "[198.51.100.7]", "198.51.100.7", "mx.b.example", "esmtpsa", "1abc-00", "anna@b.example",
       "2026-11-21T08:12:33Z"},
      {"Exim with a HELO literal", "from [10.0.0.1] (helo=[10.0.0.1] [192.0.2.9]) by b; x",
       "[10.0.0.1]", "10.0.0.1", "b", "", "", "", ""},
      {"Sendmail",
       "from a.example (root@a.example [IPv6:2001:db8::7] (may be forged)) by b.example "
       "(8.17.1/8.17.1) with ESMTP id 3AL8 for <anna@b.example>; Sat, 21 Nov 2026 08:12:33 GMT",
       "a.example", "2001:db8::7", "b.example", "ESMTP", "3AL8", "anna@b.example",
       "2026-11-21T08:12:33Z"},
      {"qmail",
       "from unknown (HELO a.example) (user@203.0.113.5)\n  by b.example with SMTP; 21 "
       "Nov 2026 08:12:33 -0000",
       "unknown", "203.0.113.5", "b.example", "SMTP", "", "", "2026-11-21T08:12:33Z"},
      {"qmail local", "(qmail 1234 invoked by uid 89); 21 Nov 2026 08:12:33 -0000", "", "", "", "",
       "", "", "2026-11-21T08:12:33Z"},
      {"Exchange",
       "from A.b.example (10.1.2.3) by C.b.example (2001:db8::1) with Microsoft SMTP Server "
       "(version=TLS1_2) id 15.20.1; Sat, 21 Nov 2026 08:12:33 +0000",
       "A.b.example", "10.1.2.3", "C.b.example", "Microsoft", "15.20.1", "",
       "2026-11-21T08:12:33Z"},
      {"nothing of use", "; ;;(((", "", "", "", "", "", "", ""},
  };
  for (const ReceivedCase& c : cases) {
    const Received got = parse_received(c.raw);
    EXPECT_EQ(got.from_name, c.from_name) << c.name;
    EXPECT_EQ(got.from_ip ? got.from_ip->text() : "", c.from_ip) << c.name;
    EXPECT_EQ(got.by, c.by) << c.name;
    EXPECT_EQ(got.with, c.with) << c.name;
    EXPECT_EQ(got.id, c.id) << c.name;
    EXPECT_EQ(got.for_address ? got.for_address->text() : "", c.for_address) << c.name;
    EXPECT_EQ(got.date ? render_instant(*got.date) : "", c.date) << c.name;
  }
}

}  // namespace
}  // namespace backstop::mail
