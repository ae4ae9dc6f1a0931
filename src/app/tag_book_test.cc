#include "app/tag_book.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "testing/fake_log.h"
#include "testing/temporary_directory.h"

namespace backstop::app {
namespace {

const Instant kNoon = parse_instant("2026-11-21T12:00:00Z").value();

class TagBookTest : public ::testing::Test {
 protected:
  void refuse(TagBook& book, int times) {
    for (int i = 0; i < times; ++i)
      book.learn({kNoon + Days{i}, "lists.test", i % 2 == 0 ? "anna@shop.test" : "bert@shop.test"});
    book.beat(kNoon);
  }
  ::backstop::testing::TemporaryDirectory folder_;
  ::backstop::testing::FakeLog log_;
};

TEST_F(TagBookTest, LearnsADomainAndKeepsItOverARestart) {
  {
    TagBook book(folder_.path(), log_);
    refuse(book, 2);
    EXPECT_TRUE(book.domains()->empty());
  }
  TagBook book(folder_.path(), log_);
  book.learn({kNoon + Days{2}, "lists.test", "anna@shop.test"});
  EXPECT_TRUE(book.domains()->contains("lists.test"));
  EXPECT_TRUE(read_tag_file(folder_.path())->exemptions().empty());  // Written at the next beat.
  book.beat(kNoon + Days{2});
  EXPECT_NE(log_.lines().back().text.find("lists.test refuses tagged senders"), std::string::npos);
  EXPECT_TRUE(TagBook(folder_.path(), log_).domains()->contains("lists.test"));
}

TEST_F(TagBookTest, TakesUpWhatACommandRemoved) {
  TagBook book(folder_.path(), log_);
  refuse(book, 3);
  ASSERT_TRUE(book.domains()->contains("lists.test"));
  auto file = read_tag_file(folder_.path()).value();
  ASSERT_TRUE(file.remove("lists.test"));
  ASSERT_TRUE(write_tag_file(folder_.path(), file));
  book.beat(kNoon);
  EXPECT_TRUE(book.domains()->empty());
}

TEST_F(TagBookTest, ForgetsAfterNinetyDays) {
  TagBook book(folder_.path(), log_);
  refuse(book, 3);
  book.beat(kNoon + Days{2} + proof::kTagExemptFor);
  EXPECT_TRUE(book.domains()->empty());
  EXPECT_TRUE(read_tag_file(folder_.path())->exemptions().empty());
}

TEST_F(TagBookTest, KeepsInMemoryWhatCannotBeWrittenAndTriesAgain) {
  const std::string later = folder_ / "later";
  TagBook book(later, log_);
  refuse(book, 3);
  EXPECT_TRUE(book.domains()->contains("lists.test"));
  std::filesystem::create_directory(later);
  book.beat(kNoon + Days{3});
  EXPECT_FALSE(read_tag_file(later)->exemptions().empty());
}

}  // namespace
}  // namespace backstop::app
