#include "core/mail/field_name.h"

#include <gtest/gtest.h>

#include <string>

namespace backstop::mail {
namespace {

TEST(FieldName, EndsAtAColonABlankAControlAndAtWhatIsNoAsciiWhereverThatStands) {
  for (int c = 0; c < 256; ++c) {
    const auto end = static_cast<char>(c);
    const bool ends = c <= ' ' || c >= 0x7f || c == ':';
    for (std::size_t size = 0; size < 2 * kLanes + 2; ++size) {
      const std::string name(size, 'n');
      EXPECT_EQ(field_name_size(name), size);
      EXPECT_EQ(field_name_size(name + end), size + (ends ? 0 : 1)) << c;
      EXPECT_EQ(field_name_size(name + end + "name: value of the field"),
                ends ? size : size + std::string_view("xname").size())
          << c;
    }
  }
}

TEST(FieldName, IsLookedAtNoFurtherThanItsLimitTells) {
  const std::size_t most = limits::kFieldNameBytes;
  for (const std::size_t size : {most - 1, most, most + 1, most + 2, 2 * most}) {
    EXPECT_EQ(field_name_size(std::string(size, 'n') + ": value"), std::min(size, most + 1));
  }
}

}  // namespace
}  // namespace backstop::mail
