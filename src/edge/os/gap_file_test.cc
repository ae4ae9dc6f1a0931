#include "edge/os/gap_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "core/base/limits.h"
#include "edge/os/text_file.h"
#include "testing/temporary_directory.h"

namespace backstop::os {
namespace {

const Instant kNoon = parse_instant("2026-11-21T12:00:00Z").value();
const std::vector<proof::SigningGap> kGaps{
    {.from = kNoon, .to = kNoon + Seconds(60), .cause = proof::GapCause::Down},
    {.from = kNoon + Seconds(90), .to = kNoon + Seconds(90), .cause = proof::GapCause::Unseen}};

TEST(GapFile, IsReadAsItWasWritten) {
  const testing::TemporaryDirectory folder;
  ASSERT_TRUE(write_gap_file(folder.path(), {}));
  ASSERT_TRUE(write_gap_file(folder.path(), kGaps));
  const auto read = read_gap_file(folder.path());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->gaps, kGaps);
  EXPECT_EQ(read->unreadable, 0u);
  EXPECT_FALSE(std::filesystem::exists(folder / "gaps.tmp"));
}

TEST(GapFile, AFolderWithoutOneHasNoGaps) {
  const testing::TemporaryDirectory folder;
  const auto read = read_gap_file(folder.path());
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->gaps.empty());
}

TEST(GapFile, LinesThatAreNoGapAreCounted) {
  const testing::TemporaryDirectory folder;
  ASSERT_TRUE(write_gap_file(folder.path(), kGaps));
  std::ofstream(folder / "gaps", std::ios::app) << "garbage\n";
  EXPECT_EQ(read_gap_file(folder.path())->gaps, kGaps);
  EXPECT_EQ(read_gap_file(folder.path())->unreadable, 1u);
}

TEST(GapFile, TheLargestThatIsWrittenCanBeRead) {
  const testing::TemporaryDirectory folder;
  std::vector<proof::SigningGap> gaps;
  for (std::size_t i = 0; i < limits::kSigningGaps; ++i) {
    const Instant at = kNoon + Seconds(static_cast<std::int64_t>(i) * 10);
    gaps.push_back({.from = at, .to = at, .cause = proof::GapCause::Signing});
  }
  ASSERT_TRUE(write_gap_file(folder.path(), gaps));
  EXPECT_EQ(read_gap_file(folder.path())->gaps, gaps);
}

TEST(GapFile, FailingToWriteKeepsTheOldFile) {
  const testing::TemporaryDirectory folder;
  ASSERT_TRUE(write_gap_file(folder.path(), kGaps));
  std::filesystem::create_directories(folder / "gaps.tmp/in-the-way");
  EXPECT_FALSE(write_gap_file(folder.path(), {}));
  EXPECT_EQ(read_gap_file(folder.path())->gaps, kGaps);
  EXPECT_FALSE(write_gap_file(folder / "none", kGaps));
}

TEST(TextFile, ReplacesWhatAnInterruptedWriteLeftBehind) {
  const testing::TemporaryDirectory folder;
  std::ofstream(folder / "text.tmp") << "half of i";
  ASSERT_TRUE(write_text_file(folder / "text", "all of it", 0640));
  EXPECT_EQ(read_text_file(folder / "text", 100).value(), "all of it");
  EXPECT_FALSE(std::filesystem::exists(folder / "text.tmp"));
}

TEST(TextFile, GivesANewFileItsPermissions) {
  const testing::TemporaryDirectory folder;
  ASSERT_TRUE(write_text_file(folder / "text", "x", 0600));
  EXPECT_EQ(std::filesystem::status(folder / "text").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace
}  // namespace backstop::os
