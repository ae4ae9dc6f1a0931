// Every play of this folder against the transaction itself, fed whole and byte by byte.
#include <gtest/gtest.h>

#include "core/play/run.h"
#include "plays/plays.h"

namespace backstop::play {
namespace {

class Plays : public testing::TestWithParam<std::string> {};

TEST_P(Plays, HoldInProcess) {
  const Play play = load_play(GetParam());
  for (const Feeding feeding : {Feeding::Whole, Feeding::ByteByByte}) {
    const auto failures = run_play(play, feeding);
    ASSERT_TRUE(failures) << failures.error().text();
    for (const Failure& failure : *failures) {
      ADD_FAILURE() << GetParam() << ":" << failure.line << ": " << failure.text
                    << (feeding == Feeding::ByteByByte ? " (fed byte by byte)" : "");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Folder, Plays, testing::ValuesIn(list_plays()),
                         [](const auto& play) { return title_of(play.param); });

TEST(PlayRunner, SaysWhatDidNotHold) {
  const auto play = parse_play(
      "connect 192.0.2.1\nmail <a@b.test>\nrcpt <c@d.test>\neoh\nexpect reply refuse\n", "p");
  ASSERT_TRUE(play);
  const auto failures = run_play(*play, Feeding::Whole);
  ASSERT_EQ(failures->size(), 1U);
  EXPECT_EQ(failures->front().line, 5U);
  EXPECT_EQ(failures->front().text, "expected 'reply refuse', got 'reply accept'");
}

TEST(PlayRunner, ComplainsOfLinesThatAreNoneOfAPlay) {
  for (const char* text :
       {"dance\n", "expect reply accept\n", "headers\n    X: 1\n", "headers\nX: 1\nend\n",
        "answer permit nonce 01\n", "clock noon\n", "keys some\n"}) {
    const auto play = parse_play(text, "p");
    ASSERT_FALSE(play) << text;
    EXPECT_EQ(play.error().where.substr(0, 2), "p:") << play.error().text();
  }
}

TEST(Bindings, ANameIsTheSameTextWhereverItStands) {
  Bindings bindings;
  EXPECT_TRUE(bindings.match("insert X: {token}", "insert X: abc"));
  EXPECT_EQ(bindings.fill("token={token} {other}"), "token=abc {other}");
  EXPECT_TRUE(bindings.match("{token}*", "abc and more"));
  EXPECT_FALSE(bindings.match("{token}", "abd"));
  EXPECT_TRUE(bindings.match("*=1 *=2", "a=1 b=2"));
  EXPECT_FALSE(bindings.match("*=3", "a=1 b=2"));
  EXPECT_TRUE(bindings.match("prvs={tag}=anna", "prvs=1234=anna"));
  EXPECT_EQ(bindings.fill("{tag}"), "1234");
}

}  // namespace
}  // namespace backstop::play
