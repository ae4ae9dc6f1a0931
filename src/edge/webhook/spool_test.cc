#include "edge/webhook/spool.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "core/base/feed_limits.h"
#include "testing/temporary_directory.h"

namespace backstop::webhook {
namespace {

constexpr Instant kNow{Seconds{1'795'262'400}};
constexpr std::size_t kRoom = 4096;

class SpoolTest : public ::testing::Test {
 protected:
  Spool open() const { return Spool::open(path_, kRoom).value(); }
  static std::string take(Spool& spool) {
    const auto line = spool.front().value();
    if (!line) return "none";
    EXPECT_TRUE(spool.pop());
    return line->text;
  }

  ::backstop::testing::TemporaryDirectory folder_;
  std::string path_ = folder_ / "spool";
};

TEST_F(SpoolTest, GivesBackInOrderWithTheTime) {
  Spool spool = open();
  EXPECT_FALSE(spool.front().value());
  ASSERT_TRUE(spool.append("one", kNow));
  ASSERT_TRUE(spool.append("two", kNow + Seconds(1)));
  EXPECT_EQ(spool.front().value()->at, kNow);
  EXPECT_EQ(take(spool), "one");
  EXPECT_EQ(spool.front().value()->at, kNow + Seconds(1));
  EXPECT_EQ(take(spool), "two");
  EXPECT_EQ(spool.waiting(), 0u);
}

TEST_F(SpoolTest, WhatWaitsOutlivesTheProcess) {
  {
    Spool spool = open();
    for (const char* text : {"one", "two", "three"})
      ASSERT_TRUE(spool.append(text, kNow));
    EXPECT_EQ(take(spool), "one");
  }
  Spool spool = open();
  EXPECT_EQ(spool.waiting(), 2u);
  EXPECT_EQ(take(spool), "two");
  EXPECT_EQ(take(spool), "three");
  EXPECT_FALSE(spool.was_damaged());
}

TEST_F(SpoolTest, TheOldestMayGoBehindAllOthersThoughThereIsNoRoom) {
  std::size_t count = 0;
  {
    Spool spool = open();
    ASSERT_TRUE(spool.append("stuck", kNow));
    while (spool.append(std::string(100, 'x'), kNow + Seconds{1}))
      ++count;
    ASSERT_TRUE(spool.put_last());
    EXPECT_EQ(spool.waiting(), count + 1);
  }
  Spool spool = open();
  for (std::size_t i = 0; i < count; ++i)
    ASSERT_EQ(take(spool), std::string(100, 'x'));
  EXPECT_EQ(spool.front().value().value().at, kNow) << "so that it is given up in its time";
  ASSERT_TRUE(spool.put_last()) << "alone";
  EXPECT_EQ(take(spool), "stuck");
  EXPECT_EQ(spool.waiting(), 0u);
}

TEST_F(SpoolTest, WithoutAPathItIsKeptInMemory) {
  Spool spool = Spool::open("", kRoom).value();
  for (int i = 0; i < 5000; ++i) {
    ASSERT_TRUE(spool.append(std::to_string(i), kNow));
    ASSERT_EQ(take(spool), std::to_string(i));
  }
}

TEST_F(SpoolTest, HasRoomForSoMuchAndSaysSo) {
  Spool spool = open();
  std::size_t count = 0;
  while (spool.append(std::string(100, 'x'), kNow))
    ++count;
  EXPECT_EQ(count, kRoom / 112);
  EXPECT_EQ(spool.append(std::string(100, 'x'), kNow).error().code, Errc::Limit);
  EXPECT_EQ(take(spool), std::string(100, 'x'));
  EXPECT_TRUE(spool.append(std::string(100, 'y'), kNow));
}

TEST_F(SpoolTest, TheFileDoesNotGrowWhileLinesComeAndGo) {
  Spool spool = open();
  ASSERT_TRUE(spool.append("stays ahead", kNow));
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(spool.append(std::to_string(i) + std::string(100, 'x'), kNow));
    ASSERT_NE(take(spool), "none");
    ASSERT_LE(std::filesystem::file_size(path_), 2 * kRoom + 200);
  }
  EXPECT_EQ(take(spool), "999" + std::string(100, 'x'));
  EXPECT_LE(std::filesystem::file_size(path_), 100u) << "empty again";
}

TEST_F(SpoolTest, HalfALineIsCutOff) {
  {
    Spool spool = open();
    ASSERT_TRUE(spool.append("whole", kNow));
  }
  const auto whole = std::filesystem::file_size(path_);
  std::ofstream(path_, std::ios::app) << "1795262400 hal";
  Spool spool = open();
  EXPECT_TRUE(spool.was_damaged());
  EXPECT_EQ(std::filesystem::file_size(path_), whole)
      << "nothing of it stands behind a shorter one";
  ASSERT_TRUE(spool.append("next", kNow));
  EXPECT_EQ(take(spool), "whole");
  EXPECT_EQ(take(spool), "next");
}

TEST_F(SpoolTest, WhatIsNoSpoolIsMovedAside) {
  std::ofstream(path_) << "something else of a person's\n";
  Spool spool = open();
  EXPECT_TRUE(spool.was_damaged());
  EXPECT_EQ(spool.waiting(), 0u);
  EXPECT_TRUE(std::filesystem::exists(path_ + ".damaged"));
}

TEST_F(SpoolTest, ALineThatIsNoneIsDeliveredToNobodyAndStopsNothing) {
  {
    Spool spool = open();
    ASSERT_TRUE(spool.append("one", kNow));
  }
  std::ofstream(path_, std::ios::app) << "garbage\n1795262400\t-\n1795262400 two\n";
  Spool spool = open();
  EXPECT_EQ(take(spool), "one");
  EXPECT_EQ(take(spool), "");
  EXPECT_EQ(take(spool), "");
  EXPECT_EQ(take(spool), "two");
}

TEST_F(SpoolTest, AnEndBeforeTheFilesBeginningMeansThatAllWasDelivered) {
  {
    Spool spool = open();
    ASSERT_TRUE(spool.append("one", kNow));
    ASSERT_TRUE(spool.append("two", kNow));
    take(spool);
  }
  std::filesystem::resize_file(path_, 38);  // Cut, and killed before its head said so.
  Spool spool = open();
  EXPECT_EQ(spool.waiting(), 0u);
  EXPECT_FALSE(spool.was_damaged());
  EXPECT_EQ(std::filesystem::file_size(path_), 38u);
}

TEST_F(SpoolTest, ALineThatIsTooLongIsRefused) {
  Spool spool = Spool::open("", limits::kSpoolBytes).value();
  EXPECT_TRUE(spool.append(std::string(limits::kSpoolLineBytes, 'x'), kNow));
  EXPECT_EQ(take(spool).size(), limits::kSpoolLineBytes);
  EXPECT_FALSE(spool.append(std::string(limits::kSpoolLineBytes + 1, 'x'), kNow));
}

TEST_F(SpoolTest, SaysWhatIsWrongWithItsPlace) {
  EXPECT_EQ(Spool::open(folder_ / "none/spool", kRoom).error().code, Errc::NotFound);
}

}  // namespace
}  // namespace backstop::webhook
