#include "core/crypto/secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <type_traits>
#include <utility>

namespace backstop::crypto {
namespace {

using testing::Each;
using testing::ElementsAre;

TEST(Secret, CannotBeCopiedByAccident) {
  static_assert(!std::is_copy_constructible_v<Secret>);
  static_assert(!std::is_copy_assignable_v<Secret>);
  static_assert(std::is_nothrow_move_constructible_v<Secret>);
}

TEST(Secret, KeepsItsBytesWhenMovedAndLeavesNoneBehind) {
  const std::array<std::uint8_t, 3> bytes{1, 2, 3};
  Secret first{bytes};
  Secret second(std::move(first));
  EXPECT_THAT(second.bytes(), ElementsAre(1, 2, 3));
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): this is what is tested.
  Secret third;
  third = std::move(second);
  EXPECT_THAT(third.bytes(), ElementsAre(1, 2, 3));
  EXPECT_TRUE(second.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_THAT(third.clone().bytes(), ElementsAre(1, 2, 3));
}

TEST(Wipe, LeavesOnlyZeros) {
  std::array<std::uint8_t, 4> buffer{1, 2, 3, 4};
  wipe(buffer);
  EXPECT_THAT(buffer, Each(0));
  wipe({});
}

}  // namespace
}  // namespace backstop::crypto
