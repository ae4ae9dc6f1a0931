#include "core/coverage/book.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/coverage/book_test.h"
#include "core/coverage/domain_view.h"

namespace backstop::coverage {
namespace {

using policy::Coverage;
using std::chrono::hours;

using CoverageBook = BookFixture;

TEST_F(CoverageBook, NothingIsCoveredBeforeItsListIsWhole) {
  EXPECT_EQ(coverage(), Coverage::Unknown);
  EXPECT_EQ(view().wholeness, Wholeness::NotAsked);
  for (const char open : {'?', '+', ' '}) {
    publish({}, open);
    EXPECT_EQ(coverage(), Coverage::Unknown) << open;
  }
  publish({}, '~');
  EXPECT_EQ(coverage(), Coverage::Covered);
  publish({}, '-');
  EXPECT_EQ(coverage(), Coverage::Covered);
}

TEST_F(CoverageBook, TheOperatorMaySayThatTheListIsWhole) {
  words_.whole = kStart;
  EXPECT_EQ(coverage(), Coverage::Covered);
  words_.whole.reset();
  EXPECT_EQ(coverage(), Coverage::Unknown) << "and take it back";
}

TEST_F(CoverageBook, NothingIsCoveredBeforeAnythingSigns) {
  Book silent;
  silent.on_spf(kShop, {.has_record = true, .all = '-', .places = {}, .fault = ""}, kStart);
  EXPECT_EQ(find_coverage(kShop, silent.find(kShop), &words_, {}).coverage, Coverage::Unknown);
  silent.on_outgoing(kShop, false, kStart);
  EXPECT_EQ(find_coverage(kShop, silent.find(kShop), &words_, {}).coverage, Coverage::Unknown);
  EXPECT_EQ(find_coverage(kShop, nullptr, nullptr, {}).coverage, Coverage::Unknown);
}

TEST_F(CoverageBook, ABrokenOrMissingRecordDoesNotMakeTheListWhole) {
  book_.on_spf(kShop, {.has_record = true, .all = '-', .places = {}, .fault = "x"}, kStart);
  EXPECT_EQ(view().wholeness, Wholeness::Broken);
  book_.on_spf(kShop, {}, kStart);
  EXPECT_EQ(view().wholeness, Wholeness::NoRecord);
  EXPECT_EQ(coverage(), Coverage::Unknown);
}

TEST_F(CoverageBook, ATermThatLetsOthersSendNeedsAWord) {
  publish({place("mx", true), place("include:_spf.esp.example")});
  EXPECT_EQ(coverage(), Coverage::Unknown);
  const PathName term{PathKind::Spf, "include:_spf.esp.example"};
  ASSERT_EQ(view().paths.front().name, term);
  EXPECT_TRUE(view().paths.front().is_open);
  for (const Word word : {Word::Signs, Word::NotOurs}) {
    say(term, word, kStart);
    EXPECT_EQ(coverage(), Coverage::Covered) << name_of(word);
  }
  say(term, Word::Later, kStart);
  EXPECT_EQ(coverage(), Coverage::Unknown) << "later is no answer";
  say(term, Word::Ours, kStart);
  EXPECT_EQ(coverage(), Coverage::Partly) << "nobody knows which addresses use it";
  say(term, Word::Ours, kStart, {"news@shop.test"});
  EXPECT_EQ(coverage(), Coverage::Covered);
  EXPECT_EQ(of("news@shop.test"), Coverage::Partly);
  EXPECT_EQ(of("anna@shop.test"), Coverage::Covered);
}

TEST_F(CoverageBook, ATermThatIsGoneIsNoPathUnlessMailWasSeenOnIt) {
  publish({place("include:_spf.esp.example")});
  publish();
  EXPECT_EQ(coverage(), Coverage::Covered);
  const PathName term{PathKind::Spf, "include:_spf.esp.example"};
  see(term, Weight::Weak, kStart);
  EXPECT_TRUE(view().paths.front().is_open);
  see(term, Weight::Pair, kStart);
  EXPECT_EQ(coverage(), Coverage::Partly);
}

TEST_F(CoverageBook, AnUnknownPathNeverMakesADomainCoveredByWaiting) {
  publish();
  see(kEsp, Weight::Strong, kStart + hours(1));
  EXPECT_EQ(coverage(), Coverage::Partly);
  for (unsigned day = 1; day < 2000; ++day)
    book_.on_outgoing(kShop, true, kStart + Days(day));
  EXPECT_EQ(coverage(), Coverage::Partly);
  say(kEsp, Word::Later, kStart + Days(3));
  EXPECT_EQ(coverage(), Coverage::Partly);
}

TEST_F(CoverageBook, APathOfOursThatDoesNotSignSparesOnlyItsAddresses) {
  publish();
  see(kEsp, Weight::Strong, kStart + hours(1), "news");
  say(kEsp, Word::Ours, kStart + hours(2));
  EXPECT_EQ(coverage(), Coverage::Covered);
  EXPECT_EQ(of("news@shop.test"), Coverage::Partly);
  EXPECT_EQ(of("never@shop.test"), Coverage::Covered) << "one that never sent takes its domain's";
  see(kEsp, Weight::Strong, kStart + hours(3), "offers");
  EXPECT_EQ(of("offers@shop.test"), Coverage::Partly) << "what is seen later is added";
}

TEST_F(CoverageBook, APathWithMoreAddressesThanAreKeptMayBeAnybodys) {
  publish();
  for (unsigned i = 0; i <= limits::kPathAddresses; ++i)
    see(kEsp, Weight::Strong, kStart, fmt::format("a{}", i));
  say(kEsp, Word::Ours, kStart);
  EXPECT_TRUE(path(kEsp).more);
  EXPECT_EQ(of("anna@shop.test"), Coverage::Partly);
}

TEST_F(CoverageBook, AWordThatItSignsHoldsUntilMailSaysOtherwise) {
  publish();
  see(kEsp, Weight::Strong, kStart + hours(1));
  say(kEsp, Word::Signs, kStart + hours(2));
  EXPECT_EQ(coverage(), Coverage::Covered);
  EXPECT_EQ(view().signing_since, kStart + hours(2)) << "what left before it may still come back";
  Sighting old{.path = kEsp,
               .address = "a@shop.test",
               .at = kStart + Days(3),
               .sent = kStart + hours(1),
               .weight = Weight::Strong};
  book_.on_sighting(kShop, old, true);
  EXPECT_EQ(coverage(), Coverage::Covered) << "it left before the word";
  see(kEsp, Weight::Strong, kStart + Days(4));
  EXPECT_EQ(coverage(), Coverage::Partly);
  EXPECT_TRUE(view().paths.front().is_contradicted);
  say(kEsp, Word::Signs, kStart + Days(5));
  EXPECT_EQ(coverage(), Coverage::Covered);
}

TEST_F(CoverageBook, WhatIsNotOursStaysSo) {
  publish();
  see(kEsp, Weight::Pair, kStart + hours(1));
  say(kEsp, Word::NotOurs, kStart + hours(2));
  see(kEsp, Weight::Strong, kStart + Days(9));
  EXPECT_EQ(coverage(), Coverage::Covered);
  EXPECT_EQ(of("a@shop.test"), Coverage::Covered);
  words_.said.clear();
  EXPECT_EQ(coverage(), Coverage::Partly) << "taken back, the path is open again";
}

TEST_F(CoverageBook, WhatWhoeverKnowsUsCanWriteUndoesNoWord) {
  publish({place("include:_spf.esp.example")});
  const PathName term{PathKind::Spf, "include:_spf.esp.example"};
  say(term, Word::Signs, kStart);
  for (unsigned i = 0; i < 1000; ++i)
    see(term, Weight::Weak, kStart + hours(i), fmt::format("victim{}", i));
  EXPECT_EQ(coverage(), Coverage::Covered);
  EXPECT_EQ(of("victim1@shop.test"), Coverage::Covered);
  EXPECT_FALSE(path(term).more);
}

TEST_F(CoverageBook, AForgedAddressBookOpensNoPathOnceLearningIsOver) {
  publish();
  const Instant later = kStart + kLearningDays;
  for (unsigned i = 0; i < 10'000; ++i)
    see({PathKind::MessageId, fmt::format("invented{}.example", i)}, Weight::Pair,
        later + Seconds(i));
  EXPECT_EQ(coverage(), Coverage::Covered) << "a run of one day";
  see({PathKind::MessageId, "invented1.example"}, Weight::Pair, later + 2 * kPairSpan);
  EXPECT_EQ(path({PathKind::MessageId, "invented1.example"}).opened, std::nullopt) << "twice";
}

TEST_F(CoverageBook, AKnownCorrespondentOpensAPathAtOnceWhileLearning) {
  publish();
  see(kEsp, Weight::Pair, kStart + hours(1));
  EXPECT_EQ(coverage(), Coverage::Partly);
}

TEST_F(CoverageBook, LaterItTakesSeveralOverMoreThanADay) {
  publish();
  const Instant later = kStart + kLearningDays;
  see(kEsp, Weight::Pair, later);
  see(kEsp, Weight::Pair, later + hours(1));
  see(kEsp, Weight::Pair, later + hours(2));
  EXPECT_EQ(coverage(), Coverage::Covered);
  see(kEsp, Weight::Pair, later + hours(25));
  EXPECT_EQ(coverage(), Coverage::Partly);
}

TEST_F(CoverageBook, AFloodOfInventedNamesEvictsNothing) {
  publish();
  see(kEsp, Weight::Strong, kStart);
  book_.on_logged(kShop, kSubmission, "anna@shop.test", false, kStart);
  for (unsigned i = 0; i < 5000; ++i) {
    for (const PathKind kind : {PathKind::MessageId, PathKind::Relay})
      see({kind, fmt::format("invented{}.example", i)}, Weight::Pair, kStart + Seconds(i));
  }
  const auto& paths = book_.find(kShop)->paths;
  EXPECT_LE(paths.size(), 2 * (limits::kPathsPerKind + 1) + 2);
  EXPECT_TRUE(paths.contains(kEsp));
  EXPECT_TRUE(paths.contains(kSubmission));
  EXPECT_GT(paths.at({PathKind::MessageId, "*"}).unsigned_count, 4000U);
}

TEST_F(CoverageBook, ManyClientsThatSignMakeRoomForOneThatDoesNot) {
  publish();
  for (unsigned i = 0; i < 200; ++i)
    book_.on_logged(kShop, {PathKind::Client, fmt::format("192.0.2.{}", i)}, "a@shop.test", true,
                    kStart);
  EXPECT_EQ(coverage(), Coverage::Covered);
  const PathName bad{PathKind::Client, "198.51.100.1"};
  book_.on_logged(kShop, bad, "a@shop.test", false, kStart);
  EXPECT_EQ(path(bad).unsigned_count, 1U);
  EXPECT_EQ(coverage(), Coverage::Partly);
  for (unsigned i = 0; i < 200; ++i)
    book_.on_logged(kShop, {PathKind::Client, fmt::format("203.0.113.{}", i)}, "a@shop.test", false,
                    kStart);
  EXPECT_EQ(path(bad).unsigned_count, 1U) << "what left mail unsigned makes room for nothing";
}

TEST_F(CoverageBook, APathOfTheLogSignsAgainOnlyByManySignedMessagesOverDays) {
  publish();
  book_.on_logged(kShop, kSubmission, "anna@shop.test", true, kStart);
  EXPECT_EQ(coverage(), Coverage::Covered);
  book_.on_logged(kShop, kSubmission, "anna@shop.test", false, kStart + hours(1));
  EXPECT_EQ(coverage(), Coverage::Partly);
  const Instant mended = kStart + hours(2);
  for (unsigned i = 0; i < 100; ++i)
    book_.on_logged(kShop, kSubmission, "anna@shop.test", true, mended + Seconds(i));
  EXPECT_EQ(coverage(), Coverage::Partly) << "a hundred in two minutes";
  book_.on_logged(kShop, kSubmission, "anna@shop.test", true, mended + kSignedAgainFor);
  EXPECT_EQ(coverage(), Coverage::Covered);
  EXPECT_EQ(view().signing_since, mended);
  book_.on_logged(kShop, kSubmission, "anna@shop.test", false, mended + kSignedAgainFor);
  EXPECT_EQ(coverage(), Coverage::Partly) << "and one unsigned begins it anew";
  book_.on_logged(kShop, kSubmission, "anna@shop.test", true, mended + Days(4));
  book_.on_logged(kShop, kSubmission, "anna@shop.test", true, mended + Days(9));
  EXPECT_EQ(coverage(), Coverage::Partly) << "from nothing";
}

TEST_F(CoverageBook, SigningIsSinceItsFirstMessage) {
  EXPECT_EQ(view().signing_since, kStart);
  book_.on_outgoing(kShop, true, kStart + Days(9));
  EXPECT_EQ(view().signing_since, kStart);
}

TEST_F(CoverageBook, MailThatTheMilterLeftUnsignedForLongBeginsItAnew) {
  book_.on_outgoing(kShop, false, kStart + kSigningPause);
  EXPECT_EQ(view().signing_since, kStart) << "that is a signing gap";
  book_.on_outgoing(kShop, false, kStart + kSigningPause + Seconds(1));
  EXPECT_EQ(view().signing_since, std::nullopt) << "not while it does not sign";
  book_.on_outgoing(kShop, true, kStart + Days(2));
  EXPECT_EQ(view().signing_since, kStart + Days(2));
  EXPECT_EQ(find_coverage("other.test", book_.find("other.test"), nullptr, {}).signing_since,
            std::nullopt);
}

TEST_F(CoverageBook, WhatAStrangerCanWriteKeepsNobodyFromStayingInEnforce) {
  publish();
  const PathName host{PathKind::Relay, "mx.shop.test"};
  for (unsigned i = 0; i < 1000; ++i)
    see(host, Weight::Weak, kStart + hours(i), fmt::format("victim{}", i));
  EXPECT_TRUE(view().paths.front().is_open) << "it is to be looked at";
  EXPECT_TRUE(view().paths.front().is_weak);
  EXPECT_EQ(coverage(), Coverage::Covered);
  EXPECT_EQ(of("victim1@shop.test"), Coverage::Covered);
  EXPECT_FALSE(path(host).more);
}

TEST_F(CoverageBook, OneCorrespondentContradictsNoWord) {
  publish({place("include:_spf.esp.example")});
  const PathName term{PathKind::Spf, "include:_spf.esp.example"};
  say(term, Word::Signs, kStart);
  see(term, Weight::Pair, kStart + hours(2));
  EXPECT_EQ(coverage(), Coverage::Covered);
  see(term, Weight::Pair, kStart + hours(3));
  see(term, Weight::Pair, kStart + hours(2) + kPairSpan);
  EXPECT_EQ(coverage(), Coverage::Partly) << "three of a day do";
}

TEST_F(CoverageBook, SigningCountsFromTheWordThatATermSigns) {
  publish({place("include:_spf.esp.example")});
  say({PathKind::Spf, "include:_spf.esp.example"}, Word::Signs, kStart + Days(30));
  EXPECT_EQ(view().signing_since, kStart + Days(30)) << "what left before may still come back";
}

TEST_F(CoverageBook, ALongRestBeginsItAnewAndAShortOneDoesNot) {
  EXPECT_FALSE(book_.on_rest(kStart + Days(1), kStart + Days(1) + kSigningPause));
  EXPECT_EQ(view().signing_since, kStart);
  const Instant end = kStart + Days(1) + kSigningPause + Seconds(1);
  EXPECT_TRUE(book_.on_rest(kStart + Days(1), end));
  EXPECT_EQ(view().signing_since, end);
  EXPECT_FALSE(book_.on_rest(kStart + Days(1), end)) << "once";
}

TEST_F(CoverageBook, ALossIsNeverCoveredBeforeSomebodyLooked) {
  publish();
  words_.whole = kStart;
  book_.on_loss(kStart + Days(1));
  EXPECT_EQ(view().wholeness, Wholeness::Lost);
  EXPECT_EQ(coverage(), Coverage::Unknown) << "neither by SPF nor by an older word";
  words_.whole = kStart + Days(2);
  EXPECT_EQ(coverage(), Coverage::Covered);
}

TEST(CoverageInForce, TheConfigurationsWordWins) {
  Book book;
  book.on_outgoing(kShop, true, kStart);
  DomainWords words{.whole = kStart, .said = {}};
  const DomainView view = find_coverage(kShop, book.find(kShop), &words, {});
  CoverageList list;
  list.add(view);
  config::Domain domain;
  domain.name = kShop;
  const mail::Address anna{.local = "Anna", .domain = "Shop.Test"};
  EXPECT_EQ(coverage_in_force(domain, &list, anna), Coverage::Covered);
  EXPECT_EQ(coverage_in_force(domain, nullptr, anna), Coverage::Unknown);
  EXPECT_EQ(signing_since_in_force(domain, &list), kStart);
  domain.unknown_is_said = true;
  EXPECT_EQ(coverage_in_force(domain, &list, anna), Coverage::Unknown);
  domain.coverage = Coverage::Partly;
  EXPECT_EQ(coverage_in_force(domain, &list, anna), Coverage::Partly);
  domain.signing_since = kStart + Days(5);
  EXPECT_EQ(signing_since_in_force(domain, &list), kStart + Days(5));
  EXPECT_EQ(domain_in_force(domain, view).signing_since, kStart + Days(5));
  EXPECT_EQ(domain_in_force(config::Domain{}, view).coverage, Coverage::Covered);
}

}  // namespace
}  // namespace backstop::coverage
