#include "core/reading/inline_return.h"

#include <gtest/gtest.h>

namespace backstop::reading {
namespace {

Returned read_text(std::string_view text, bool whole = true) {
  InlineReturn found;
  LineSplitter lines;
  const auto on_line = [&found](std::string_view line) { found.on_line(line); };
  lines.feed(text, on_line);
  lines.finish(on_line);
  found.on_text_end(whole);
  return found.take();
}

constexpr std::string_view kBlock =
    "Received: from a ([192.0.2.1]) by b; Fri, 20 Nov 2026 10:00:00 +0000\n"
    "From: alice@example.com\nMessage-ID: <1@example.com>\n";

TEST(InlineReturnTest, APromiseOfSomeLinesIsNeverEnough) {
  for (const char* line : {
           "The first 50 lines of your original message follow:",
           "The header and top 20 lines of the message follows:",
           "Your message reads (in part):",
           "-- bounced e-mail --",
           "--- Исходное сообщение ---",
           "--- исходное сообщение ---",
           "Original mail as follows:",
       }) {
    const Returned back = read_text(std::string(line) + "\n\n" + std::string(kBlock) + "\nbody\n");
    EXPECT_EQ(back.message_id, "1@example.com") << line;
    EXPECT_FALSE(back.returned_enough()) << line;
  }
  for (const char* line : {"Исходное сообщение", "исходное сообщение", "Старое сообщение"})
    EXPECT_FALSE(announces_returned(line)) << line;
}

TEST(InlineReturnTest, ProductsAnnounceWhatTheyReturn) {
  for (const char* line : {
           "------ This is a copy of the message, including all the headers. ------",
           "------ This is a copy of your message, including all the headers. ------",
           "------ This is a copy of the message's headers. ------",
           "\t--- Undelivered message follows ---",
           "--- Below this line is a copy of the message.",
           "   ----- Original message follows -----",
           "   ----- Message header follows -----",
           "    Below is a copy of the original message:",
           "----- Original message -----",
       }) {
    EXPECT_TRUE(announces_returned(line)) << line;
    const Returned back = read_text(std::string(line) + "\n\n" + std::string(kBlock) + "\nbody\n");
    EXPECT_EQ(back.form, ReturnForm::Full) << line;
    EXPECT_TRUE(back.returned_enough()) << line;
  }
  for (const char* line :
       {"Original message", "The original message follows your text.", "-----", ""}) {
    EXPECT_FALSE(announces_returned(line)) << line;
  }
}

TEST(InlineReturnTest, ProseWithColonsIsNoHeaderBlock) {
  EXPECT_EQ(read_text("--- Original message follows.\n\nNote: nothing here\nHint: none\n\n").form,
            ReturnForm::None);
}

TEST(InlineReturnTest, BlockBehindProseIsStillFound) {
  const Returned back = read_text(
      "--- Original message follows.\n\nNote: cut\n\n"
      "--- Original message follows.\n\n" +
      std::string(kBlock) + "\nx");
  EXPECT_TRUE(back.returned_enough());
}

TEST(InlineReturnTest, BlockNobodyAnnouncedNeverReturnedEnough) {
  const Returned back = read_text("Sorry.\n\n" + std::string(kBlock) + "\nbody\n");
  EXPECT_EQ(back.form, ReturnForm::Full);
  EXPECT_EQ(back.message_id, "1@example.com");
  EXPECT_FALSE(back.returned_enough());
}

TEST(InlineReturnTest, QuotedBlocksAreRead) {
  for (const std::string quote : {"> ", ">", "| ", "    "}) {
    std::string text = "--- Original message follows.\n";
    std::string_view rest = kBlock;
    while (!rest.empty()) {
      text += quote + std::string(rest.substr(0, rest.find('\n') + 1));
      rest.remove_prefix(rest.find('\n') + 1);
    }
    const Returned back = read_text(text + "\n" + quote + "body\n");
    EXPECT_EQ(back.message_id, "1@example.com") << quote;
    EXPECT_TRUE(back.returned_enough()) << quote;
  }
}

TEST(InlineReturnTest, LinesThatAreNoFieldsTakeTheProofAway) {
  const Returned back = read_text("--- Original message follows.\n" + std::string(kBlock) +
                                  "[lines removed]\nTo: b@c\n\n");
  EXPECT_EQ(back.form, ReturnForm::Headers);
  EXPECT_FALSE(back.read_to_end);
}

TEST(InlineReturnTest, TextCutInsideTheBlockIsAFragment) {
  const Returned back = read_text("--- Original message follows.\n" + std::string(kBlock), false);
  EXPECT_EQ(back.form, ReturnForm::Fragment);
}

}  // namespace
}  // namespace backstop::reading
