#include "edge/os/private_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "testing/temporary_directory.h"

namespace backstop::os {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::uint8_t> bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

std::string text_of(const crypto::Secret& secret) {
  return {secret.bytes().begin(), secret.bytes().end()};
}

mode_t mode_of(const std::string& path) {
  struct stat found{};
  EXPECT_EQ(lstat(path.c_str(), &found), 0) << path;
  return found.st_mode & 07777;
}

class PrivateDirectoryTest : public ::testing::Test {
 protected:
  const testing::TemporaryDirectory temporary_;
  const std::string path_ = temporary_ / "keys";
};

TEST_F(PrivateDirectoryTest, IsMadeForItsOwnerAlone) {
  EXPECT_EQ(PrivateDirectory::open(path_).error().code, Errc::NotFound);
  ASSERT_TRUE(PrivateDirectory::make(path_).has_value());
  EXPECT_EQ(mode_of(path_), 0700U);
  EXPECT_TRUE(PrivateDirectory::make(path_).has_value()) << "a second time";
}

TEST_F(PrivateDirectoryTest, GivesBackWhatWasWrittenInAFileForItsOwnerAlone) {
  const auto directory = PrivateDirectory::make(path_).value();
  ASSERT_TRUE(directory.write("a", bytes_of("first")).has_value());
  ASSERT_TRUE(directory.write("a", bytes_of("second")).has_value());
  EXPECT_EQ(text_of(directory.read("a", 6).value()), "second");
  EXPECT_EQ(mode_of(path_ + "/a"), 0600U);
  EXPECT_THAT(directory.list(10).value(), ElementsAre("a"));
  ASSERT_TRUE(directory.remove("a").has_value());
  EXPECT_TRUE(directory.remove("a").has_value());
  EXPECT_EQ(directory.read("a", 6).error().code, Errc::NotFound);
}

TEST_F(PrivateDirectoryTest, RefusesADirectoryThatOthersMayUseAndSaysWhatMendsIt) {
  ASSERT_TRUE(PrivateDirectory::make(path_).has_value());
  for (const mode_t mode : {0750U, 0705U, 0770U, 0701U, 0720U}) {
    ASSERT_EQ(chmod(path_.c_str(), mode), 0);
    const auto directory = PrivateDirectory::open(path_);
    ASSERT_FALSE(directory.has_value()) << mode;
    EXPECT_EQ(directory.error().code, Errc::Denied);
    EXPECT_EQ(directory.error().where, path_);
    EXPECT_THAT(directory.error().detail, HasSubstr("chmod 0700 " + path_));
  }
  ASSERT_EQ(chmod(path_.c_str(), 0750), 0);
  EXPECT_THAT(PrivateDirectory::open(path_).error().detail, HasSubstr("0750"));
}

TEST_F(PrivateDirectoryTest, RefusesAFileThatOthersMayReadAndSaysWhatMendsIt) {
  const auto directory = PrivateDirectory::make(path_).value();
  for (const mode_t mode : {0640U, 0604U, 0660U, 0610U, 0602U}) {
    ASSERT_TRUE(directory.write("a", bytes_of("secret")).has_value());
    ASSERT_EQ(chmod((path_ + "/a").c_str(), mode), 0);
    const auto content = directory.read("a", 100);
    ASSERT_FALSE(content.has_value()) << mode;
    EXPECT_EQ(content.error().code, Errc::Denied);
    EXPECT_THAT(content.error().detail, HasSubstr("chmod 0600 " + path_ + "/a"));
  }
}

TEST_F(PrivateDirectoryTest, RefusesAFileOfAnotherUser) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const auto directory = PrivateDirectory::make(path_).value();
  ASSERT_TRUE(directory.write("a", bytes_of("secret")).has_value());
  ASSERT_EQ(chown((path_ + "/a").c_str(), 4242, 4242), 0);
  const auto content = directory.read("a", 100);
  ASSERT_FALSE(content.has_value());
  EXPECT_EQ(content.error().code, Errc::Denied);
  EXPECT_THAT(content.error().detail, HasSubstr("4242"));
}

TEST_F(PrivateDirectoryTest, RunByRootLeavesItsFilesToTheDirectorysOwner) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  ASSERT_TRUE(PrivateDirectory::make(path_).has_value());
  ASSERT_EQ(chown(path_.c_str(), 4242, 4243), 0);
  const auto directory = PrivateDirectory::open(path_).value();
  ASSERT_TRUE(directory.write("a", bytes_of("secret")).has_value());
  struct stat found{};
  ASSERT_EQ(stat((path_ + "/a").c_str(), &found), 0);
  EXPECT_EQ(found.st_uid, 4242U);
  EXPECT_EQ(found.st_gid, 4243U);
  EXPECT_TRUE(directory.read("a", 100).has_value());
}

TEST_F(PrivateDirectoryTest, RefusesSymbolicLinksAndWhatIsNoFile) {
  const auto directory = PrivateDirectory::make(path_).value();
  ASSERT_TRUE(directory.write("a", bytes_of("secret")).has_value());
  std::filesystem::create_symlink(path_ + "/a", path_ + "/link");
  EXPECT_EQ(directory.read("link", 100).error().code, Errc::Denied);
  EXPECT_THAT(directory.read("link", 100).error().detail, HasSubstr("symbolic link"));
  ASSERT_EQ(mkfifo((path_ + "/fifo").c_str(), 0600), 0);
  EXPECT_EQ(directory.read("fifo", 100).error().code, Errc::Denied);
  std::filesystem::create_directory_symlink(path_, temporary_ / "elsewhere");
  const auto linked = PrivateDirectory::open(temporary_ / "elsewhere");
  ASSERT_FALSE(linked.has_value());
  EXPECT_EQ(linked.error().code, Errc::Denied);
  EXPECT_THAT(linked.error().detail, HasSubstr("symbolic link"));
}

TEST_F(PrivateDirectoryTest, ReadsUpToTheLimitAndRefusesMore) {
  const auto directory = PrivateDirectory::make(path_).value();
  ASSERT_TRUE(directory.write("a", bytes_of("12345")).has_value());
  EXPECT_TRUE(directory.read("a", 5).has_value());
  EXPECT_EQ(directory.read("a", 4).error().code, Errc::Limit);
  ASSERT_TRUE(directory.write("b", {}).has_value());
  EXPECT_TRUE(directory.read("b", 5).value().empty());
  EXPECT_EQ(directory.list(1).error().code, Errc::Limit);
}

TEST_F(PrivateDirectoryTest, OverwritesTheRestOfAWriteThatACrashCutShort) {
  const auto directory = PrivateDirectory::make(path_).value();
  ASSERT_TRUE(directory.write("a", bytes_of("old")).has_value());
  std::ofstream(path_ + "/a.tmp") << "half a se";
  EXPECT_EQ(text_of(directory.read("a", 100).value()), "old");
  ASSERT_TRUE(directory.write("a", bytes_of("new")).has_value());
  EXPECT_EQ(text_of(directory.read("a", 100).value()), "new");
  EXPECT_EQ(mode_of(path_ + "/a"), 0600U);
  EXPECT_THAT(directory.list(10).value(), ElementsAre("a"));
}

TEST_F(PrivateDirectoryTest, LeavesTheOldFileWhenAWriteFails) {
  const auto directory = PrivateDirectory::make(path_).value();
  ASSERT_TRUE(directory.write("a", bytes_of("old")).has_value());
  std::filesystem::create_directory(path_ + "/a.tmp");
  const auto written = directory.write("a", bytes_of("new"));
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code, Errc::Unavailable);
  EXPECT_EQ(text_of(directory.read("a", 100).value()), "old");
}

TEST_F(PrivateDirectoryTest, TellsThatAFileChanged) {
  const auto directory = PrivateDirectory::make(path_).value();
  EXPECT_FALSE(directory.version_of("a").has_value());
  ASSERT_TRUE(directory.write("a", bytes_of("1")).has_value());
  const auto first = directory.version_of("a");
  EXPECT_EQ(directory.version_of("a"), first);
  ASSERT_TRUE(directory.write("a", bytes_of("22")).has_value());
  EXPECT_NE(directory.version_of("a"), first);
}

TEST_F(PrivateDirectoryTest, IsLockedByOneAtATime) {
  const auto directory = PrivateDirectory::make(path_).value();
  const std::chrono::milliseconds no_wait{0};
  {
    const auto held = directory.lock("lock", no_wait);
    ASSERT_TRUE(held.has_value());
    EXPECT_EQ(directory.lock("lock", no_wait).error().code, Errc::Unavailable);
  }
  EXPECT_TRUE(directory.lock("lock", no_wait).has_value());
  EXPECT_EQ(mode_of(path_ + "/lock"), 0600U);
}

TEST_F(PrivateDirectoryTest, SingleFilesAreNewAndForTheirOwnerAlone) {
  const std::string file = temporary_ / "export";
  ASSERT_TRUE(write_new_private_file(file, bytes_of("secret")).has_value());
  EXPECT_EQ(mode_of(file), 0600U);
  EXPECT_EQ(write_new_private_file(file, bytes_of("other")).error().code, Errc::Exists);
  EXPECT_EQ(text_of(read_private_file(file, 100).value()), "secret");
  ASSERT_EQ(chmod(file.c_str(), 0644), 0);
  EXPECT_EQ(read_private_file(file, 100).error().code, Errc::Denied);
  EXPECT_EQ(read_private_file(temporary_ / "none", 100).error().code, Errc::NotFound);
}

}  // namespace
}  // namespace backstop::os
