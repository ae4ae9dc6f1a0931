// What is kept of coverage on the disk.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "core/base/coverage_limits.h"
#include "core/coverage/book_test.h"

namespace backstop::coverage {
namespace {

using policy::Coverage;
using std::chrono::hours;
using CoverageFile = BookFixture;

TEST_F(CoverageFile, TheFileHoldsAllOfIt) {
  publish({{.text = "include:x%{i}.test",
            .is_own = false,
            .is_open = true,
            .networks = {*IpNetwork::parse("192.0.2.0/24"), *IpNetwork::parse("2001:db8::/32")}}},
          ' ');
  see(kEsp, Weight::Strong, kStart, "o'neil, x");
  see({PathKind::Relay, "?"}, Weight::Pair, kStart + kLearningDays);
  book_.on_logged(kShop, kSubmission, "anna@shop.test", false, kStart);
  book_.on_logged(kShop, kSubmission, "anna@shop.test", true, kStart + hours(1));
  book_.on_outgoing(kShop, false, kStart);
  book_.on_outgoing("empty.test", true, kStart);
  book_.on_loss(kStart);
  const std::string text = book_.render();
  const auto read = Book::parse(text);
  ASSERT_TRUE(read) << text;
  EXPECT_TRUE(*read == book_) << read->render() << text;
}

TEST_F(CoverageFile, ABadLineLosesItsOwnDomainAlone) {
  see(kEsp, Weight::Strong, kStart);
  publish({place("mx")});
  book_.on_outgoing("other.test", true, kStart);
  const std::string text = book_.render();
  for (const char* line : {"path shop.test", "what shop.test", "term shop.test x",
                           "domain shop.test - - maybe", "spf shop.test - yes all -",
                           "since shop.test x", "left shop.test x y", "lost shop.test yesterday"}) {
    for (const std::string& broken : {text + line + "\n", line + ("\n" + text)}) {
      const auto read = Book::parse(broken);
      ASSERT_TRUE(read) << line;
      EXPECT_EQ(read->damaged(), std::vector<std::string>{kShop}) << line;
      EXPECT_TRUE(*read->find("other.test") == *book_.find("other.test")) << line;
      words_.whole = kStart + Days(9000);
      const DomainView lost = find_coverage(kShop, read->find(kShop), &words_, read->lost());
      EXPECT_EQ(lost.wholeness, Wholeness::Lost) << line;
      EXPECT_EQ(lost.coverage, Coverage::Unknown) << line;
    }
  }
}

TEST_F(CoverageFile, ALossOfOneDomainIsRememberedUntilSomebodyLooked) {
  publish();
  book_.on_loss(kShop, kStart + Days(1));
  book_.on_outgoing(kShop, true, kStart + Days(1));
  publish();
  EXPECT_EQ(coverage(), Coverage::Unknown);
  const auto read = Book::parse(book_.render());
  ASSERT_TRUE(read);
  EXPECT_TRUE(*read == book_);
  words_.whole = kStart + Days(2);
  EXPECT_EQ(coverage(), Coverage::Covered);
}

TEST_F(CoverageFile, AFileWithALineOfNobodyIsNone) {
  const std::string text = book_.render();
  for (const char* line : {"lost yesterday", "path", "what", "term a,b x"})
    EXPECT_FALSE(Book::parse(text + line)) << line;
}

TEST_F(CoverageFile, WhatIsWrittenIsReadTheSame) {
  std::mt19937 random(20261122);
  const auto pick = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  const auto any_text = [&] {
    std::string out;
    for (unsigned i = pick(300); i > 0; --i)
      out += static_cast<char>(pick(4) == 0 ? pick(256) : '!' + pick(94));
    return out;
  };
  for (unsigned round = 0; round < 300; ++round) {
    Book book;
    for (unsigned step = pick(60); step > 0; --step) {
      const std::string domain = pick(3) == 0 ? any_text() : fmt::format("d{}.test", pick(4));
      const Instant at = kStart + hours(pick(2000));
      const PathName name{static_cast<PathKind>(pick(kPathKinds)), any_text()};
      switch (pick(7)) {
        case 0:
          book.on_outgoing(domain, pick(2) == 0, at);
          break;
        case 1:
          book.on_logged(domain, name, any_text(), pick(2) == 0, at);
          break;
        case 2:
          book.on_sighting(domain,
                           {.path = name,
                            .address = any_text(),
                            .at = at,
                            .sent = at - hours(pick(99)),
                            .weight = static_cast<Weight>(pick(3))},
                           pick(2) == 0);
          break;
        case 3: {
          SpfFindings findings{.has_record = pick(4) > 0,
                               .all = std::string_view("-~?+ ")[pick(5)],
                               .places = {},
                               .fault = ""};
          if (pick(3) == 0) findings.fault = pick(2) == 0 ? "-" : any_text();
          for (unsigned i = pick(2 * limits::kSpfPlaces); i > 0; --i) {
            findings.places.push_back({.text = pick(2) == 0 ? any_text() : "t" + std::to_string(i),
                                       .is_own = pick(2) == 0,
                                       .is_open = pick(2) == 0,
                                       .networks = {}});
            for (unsigned k = pick(3); k > 0; --k)
              findings.places.back().networks.push_back(
                  *IpNetwork::parse(fmt::format("{}.{}.0.0/16", pick(256), pick(256))));
          }
          book.on_spf(domain, findings, at);
          break;
        }
        case 4:
          book.on_loss(domain, at);
          break;
        case 5:
          book.on_rest(at, at + hours(pick(99)));
          break;
        default:
          if (pick(20) == 0) book.on_loss(at);
      }
    }
    const std::string text = book.render();
    const auto read = Book::parse(text);
    ASSERT_TRUE(read) << text;
    EXPECT_TRUE(read->damaged().empty()) << round << " " << read->damaged().front();
    ASSERT_TRUE(*read == book) << round << "\n" << text << "\n" << read->render();
  }
}

TEST_F(CoverageFile, WhatFitsNoFileIsWrittenAsLostTheLargestFirst) {
  publish();
  for (unsigned i = 0; i < 30; ++i)
    see({PathKind::MessageId, fmt::format("esp{}.example", i)}, Weight::Strong, kStart);
  book_.on_outgoing("small.test", true, kStart);
  const std::string whole = book_.render();
  const auto same = book_.render_within(whole.size(), kStart);
  EXPECT_EQ(same.text, whole);
  EXPECT_TRUE(same.left_out.empty());
  const auto cut = book_.render_within(whole.size() - 1, kStart + Days(1));
  EXPECT_LT(cut.text.size(), whole.size());
  EXPECT_EQ(cut.left_out, std::vector<std::string>{kShop});
  const auto read = Book::parse(cut.text);
  ASSERT_TRUE(read);
  EXPECT_TRUE(*read->find("small.test") == *book_.find("small.test"));
  EXPECT_EQ(read->find(kShop)->lost, kStart + Days(1));
  EXPECT_EQ(find_coverage(kShop, read->find(kShop), nullptr, {}).wholeness, Wholeness::Lost);
}

}  // namespace
}  // namespace backstop::coverage
