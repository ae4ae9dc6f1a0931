#include "app/last_tag.h"

#include <gtest/gtest.h>

#include <fstream>

#include "testing/fake_log.h"
#include "testing/temporary_directory.h"

namespace backstop::app {
namespace {

const Instant kNoon = *parse_instant("2026-11-21T12:00:00Z");

class LastTagTest : public ::testing::Test {
 protected:
  std::optional<Instant> on_disk() { return read_last_tag(directory_.path()).value(); }
  testing::TemporaryDirectory directory_;
  testing::FakeLog log_;
};

TEST_F(LastTagTest, TheDayOfTheLastTagIsKeptOverRestarts) {
  {
    LastTag last(directory_.path(), log_);
    last.beat();
    EXPECT_EQ(on_disk(), std::nullopt);
    last.note(kNoon);
    last.beat();
    EXPECT_EQ(on_disk(), std::chrono::floor<Days>(kNoon));
  }
  LastTag last(directory_.path(), log_);
  last.note(kNoon - Days(3));
  last.beat();
  EXPECT_EQ(on_disk(), std::chrono::floor<Days>(kNoon))
      << "a clock that was set back takes nothing";
  last.note(kNoon + Days(1));
  last.beat();
  EXPECT_EQ(on_disk(), std::chrono::floor<Days>(kNoon) + Days(1));
}

TEST_F(LastTagTest, AFileThatHoldsNoTimeIsAnErrorThatNamesIt) {
  std::ofstream(directory_ / "last-tag") << "yesterday\n";
  const auto read = read_last_tag(directory_.path());
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().text().find("last-tag"), std::string::npos);
}

}  // namespace
}  // namespace backstop::app
