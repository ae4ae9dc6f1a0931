#include "core/coverage/path.h"

#include <gtest/gtest.h>

namespace backstop::coverage {
namespace {

const Instant kNoon = parse_instant("2026-11-21T12:00:00Z").value();

TEST(CoveragePath, ANameIsReadAsItIsWritten) {
  for (const char* text :
       {"here", "service:postfix/submission/smtpd", "client:2001:db8::1", "selector:s1",
        "spf:include:_spf.esp.example", "message-id:*", "relay:192.0.2.0/24"}) {
    const auto name = parse_path_name(text);
    ASSERT_TRUE(name) << text;
    EXPECT_EQ(name->text(), text);
  }
  EXPECT_EQ(parse_path_name("message-id:ESP.Example")->name, "esp.example");
}

TEST(CoveragePath, WhatIsNoNameIsNone) {
  for (const char* text : {"", "relay", "relay:", "here:x", "elsewhere:x", "relay:a b",
                           "relay:a\nword b", "relay:\xc3\xa9"})
    EXPECT_FALSE(parse_path_name(text)) << text;
  EXPECT_FALSE(parse_path_name("relay:" + std::string(254, 'a')));
}

TEST(CoveragePath, AForeignNameIsMadeOneLineOfPlainText) {
  EXPECT_EQ(clean_path_name("Mail.Esp\nword shop.test"), "mail.esp?word?shop.test");
  EXPECT_EQ(clean_path_name("\x1b[31m"), "?[31m");
  EXPECT_EQ(clean_path_name(""), "?");
  EXPECT_EQ(clean_path_name(std::string(1000, 'x')).size(), limits::kPathNameBytes);
}

TEST(CoverageWords, ComeBackAsTheyWereWritten) {
  Words words;
  words["shop.test"].whole = kNoon;
  words["shop.test"].said[{PathKind::MessageId, "esp.example"}] = {
      Word::Ours, kNoon, {"news@shop.test", "o'neil, \"x\" \xc3\xa9@shop.test"}};
  words["b.test"].said[{PathKind::Spf, "include:x%{i}.example"}] = {Word::Later, kNoon, {}};
  const std::string text = render_words(words);
  EXPECT_EQ(parse_words(text), words) << text;
}

TEST(CoverageWords, HalfOfThemAreNotWhatWasSaid) {
  EXPECT_TRUE(parse_words("# a comment\n\n"));
  for (const char* line :
       {"word shop.test here:x ours 2026-11-21T12:00:00Z -", "whole shop.test yesterday",
        "word shop.test relay:x perhaps 2026-11-21T12:00:00Z -", "whole shop.test",
        "word shop.test relay:x ours 2026-11-21T12:00:00Z", "nothing shop.test x",
        "word shop.test relay:x ours 2026-11-21T12:00:00Z a,,b"})
    EXPECT_FALSE(parse_words(std::string("whole a.test 2026-11-21T12:00:00Z\n") + line)) << line;
}

}  // namespace
}  // namespace backstop::coverage
