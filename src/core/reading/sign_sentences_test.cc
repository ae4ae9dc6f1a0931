#include "core/reading/sign_sentences.h"

#include <gtest/gtest.h>

#include <set>

namespace backstop::reading {
namespace {

TEST(SignSentences, EverySignThatWasMetIsListedUnderANameOfItsOwn) {
  HeaderSigns signs;
  EXPECT_TRUE(list_signs(signs).empty());
  signs.on_field("Auto-Submitted", " auto-replied");
  signs.on_field("List-Unsubscribe", " <mailto:off@list.test>");
  std::set<std::string_view> names;
  for (const HeaderSign sign : list_signs(signs)) {
    EXPECT_TRUE(sentence_of(sign).ends_with('.')) << name_of(sign);
    names.insert(name_of(sign));
  }
  EXPECT_TRUE(names.contains("auto-replied"));
  EXPECT_TRUE(names.contains("newsletter"));
  EXPECT_EQ(names.size(), list_signs(signs).size());
}

TEST(SignSentences, NoTwoSignsShareTheirName) {
  std::set<std::string_view> names;
  const auto last = static_cast<unsigned>(HeaderSign::Newsletter);
  for (unsigned i = 0; i <= last; ++i)
    names.insert(name_of(static_cast<HeaderSign>(i)));
  EXPECT_EQ(names.size(), last + 1);
}

}  // namespace
}  // namespace backstop::reading
