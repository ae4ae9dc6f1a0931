#include "edge/door/activation.h"

#include <gtest/gtest.h>

namespace backstop::door {
namespace {

TEST(Activation, ReadsWhatSystemdHandsOver) {
  const auto sockets = parse_activation("42", "2", "milter:other", 42);
  ASSERT_EQ(sockets.size(), 2u);
  EXPECT_EQ(sockets[0].descriptor, 3);
  EXPECT_EQ(sockets[0].name, "milter");
  EXPECT_EQ(sockets[1].descriptor, 4);
  EXPECT_EQ(sockets[1].name, "other");
  EXPECT_EQ(parse_activation("42", "2", "", 42)[1].name, "");
}

TEST(Activation, TakesNothingThatIsNotMeantForIt) {
  EXPECT_TRUE(parse_activation("41", "1", "x", 42).empty());
  EXPECT_TRUE(parse_activation("", "", "", 42).empty());
  EXPECT_TRUE(parse_activation("42", "-1", "", 42).empty());
  EXPECT_TRUE(parse_activation("42", "1x", "", 42).empty());
  EXPECT_TRUE(parse_activation("42", "100000", "", 42).empty());
}

}  // namespace
}  // namespace backstop::door
