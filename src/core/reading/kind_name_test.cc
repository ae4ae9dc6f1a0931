#include "core/reading/kind_name.h"

#include <gtest/gtest.h>

namespace backstop::reading {
namespace {

TEST(KindName, EachIsReadAsItIsWrittenAndNothingElse) {
  for (unsigned i = 0; i < kKindCount; ++i) {
    const auto kind = static_cast<Kind>(i);
    EXPECT_EQ(parse_kind(name_of(kind)), kind);
  }
  for (const char* other : {"", "bounces", "Bounce", "bounce "})
    EXPECT_FALSE(parse_kind(other)) << other;
}

}  // namespace
}  // namespace backstop::reading
