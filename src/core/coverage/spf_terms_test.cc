// Terms of an SPF record that come and go.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/base/coverage_limits.h"
#include "core/coverage/book_test.h"

namespace backstop::coverage {
namespace {

using policy::Coverage;
using std::chrono::hours;
using SpfTerms = BookFixture;

TEST_F(SpfTerms, ATermThatLeavesWithoutAWordMakesSigningBeginAnew) {
  const PathName term{PathKind::Spf, "include:_spf.esp.example"};
  publish({place("mx", true), place(term.name)});
  publish({place("mx", true)}, '-', kStart + Days(9));
  EXPECT_EQ(coverage(), Coverage::Covered);
  EXPECT_EQ(view().signing_since, kStart + Days(9)) << "what left by it may still come back";
  publish({place("mx", true)}, '-', kStart + Days(10));
  EXPECT_EQ(view().signing_since, kStart + Days(9)) << "once";
  for (const Word word : {Word::Signs, Word::NotOurs}) {
    say(term, word, kStart);
    EXPECT_EQ(view().signing_since, kStart) << name_of(word);
  }
  say(term, Word::Later, kStart);
  EXPECT_EQ(view().signing_since, kStart + Days(9));
  words_.said.clear();
  publish({}, '-', kStart + Days(11));
  EXPECT_EQ(view().signing_since, kStart + Days(9)) << "what is our own signed";
}

TEST_F(SpfTerms, ATermThatComesBackMakesSigningBeginAnew) {
  const PathName term{PathKind::Spf, "include:_spf.esp.example"};
  publish({place(term.name)});
  say(term, Word::Signs, kStart);
  EXPECT_EQ(view().signing_since, kStart);
  publish({}, '-', kStart + Days(9));
  EXPECT_EQ(view().signing_since, kStart);
  publish({place(term.name)}, '-', kStart + Days(12));
  EXPECT_EQ(coverage(), Coverage::Covered) << "the word still holds";
  EXPECT_EQ(view().signing_since, kStart + Days(12));
  say(term, Word::NotOurs, kStart);
  EXPECT_EQ(view().signing_since, kStart) << "nothing of ours leaves by it";
}

TEST_F(SpfTerms, ATermThatWasOfOthersForAWhileMakesSigningBeginAnew) {
  publish({place("mx", true)});
  publish({place("mx")}, '-', kStart + Days(5));
  EXPECT_EQ(coverage(), Coverage::Unknown);
  publish({place("mx", true)}, '-', kStart + Days(6));
  EXPECT_EQ(coverage(), Coverage::Covered);
  EXPECT_EQ(view().signing_since, kStart + Days(6));
}

TEST_F(SpfTerms, ABrokenRecordTakesNoTermAway) {
  const PathName term{PathKind::Spf, "include:_spf.esp.example"};
  publish({place(term.name)});
  book_.on_spf(kShop, {.has_record = true, .all = ' ', .places = {}, .fault = "x"},
               kStart + Days(2));
  words_.whole = kStart;
  EXPECT_EQ(coverage(), Coverage::Unknown) << "the term is still a path";
  say(term, Word::Signs, kStart);
  publish({place(term.name)}, '-', kStart + Days(3));
  EXPECT_EQ(view().signing_since, kStart) << "it was never gone";
}

TEST_F(SpfTerms, TermsThatComeAndGoAreKeptWithinALimit) {
  publish();
  for (unsigned i = 0; i < 500; ++i)
    publish({place(fmt::format("include:esp{}.example", i))}, '-', kStart + hours(i));
  publish({}, '-', kStart + hours(500));
  EXPECT_LE(book_.find(kShop)->spf_left.size(), limits::kSpfLeft);
  EXPECT_TRUE(book_.find(kShop)->spf_since.empty());
  EXPECT_EQ(view().signing_since, kStart + hours(500));
}

}  // namespace
}  // namespace backstop::coverage
