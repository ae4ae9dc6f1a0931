#include "edge/os/replaced_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "edge/os/text_file.h"
#include "testing/temporary_directory.h"

namespace backstop::os {
namespace {

TEST(ReplacedFile, TakesItsNameOnlyWhenItIsWhole) {
  const testing::TemporaryDirectory folder;
  const std::string path = folder / "table.csv";
  std::ofstream(path) << "old";
  {
    auto file = ReplacedFile::create(path, 0600);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("new "));
    EXPECT_EQ(read_text_file(path, 100).value(), "old");
    ASSERT_TRUE(file->write("table"));
    ASSERT_TRUE(file->commit());
  }
  EXPECT_EQ(read_text_file(path, 100).value(), "new table");
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
}

TEST(ReplacedFile, StaysTheirsWhoseItWas) {
  if (geteuid() != 0) GTEST_SKIP() << "only root may give a file away";
  const testing::TemporaryDirectory folder;
  const std::string path = folder / "tag-exempt";
  std::ofstream(path) << "old";
  ASSERT_EQ(chown(path.c_str(), 4242, 4243), 0);
  ASSERT_TRUE(write_text_file(path, "new", 0640));
  struct stat status{};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 4242U);
  EXPECT_EQ(status.st_gid, 4243U);
}

TEST(ReplacedFile, WhatIsNotCommittedLeavesNoTrace) {
  const testing::TemporaryDirectory folder;
  {
    ASSERT_TRUE(ReplacedFile::create(folder / "table.csv", 0600)->write("half"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(ReplacedFile, ADeviceOrPipeIsNotReplaced) {
  const testing::TemporaryDirectory folder;
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  const auto refused = ReplacedFile::create(folder / "pipe", 0600);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::Invalid);
  EXPECT_EQ(ReplacedFile::create(folder / "none" + "/x", 0600).error().code, Errc::NotFound);
}

}  // namespace
}  // namespace backstop::os
