#include "edge/os/heartbeat.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "testing/temporary_directory.h"

namespace backstop::os {
namespace {

const Instant kStarted = parse_instant("2026-11-20T18:00:00Z").value();
const Instant kNow = parse_instant("2026-11-21T06:00:00Z").value();

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

ino_t inode(const std::string& path) {
  struct stat found{};
  return stat(path.c_str(), &found) == 0 ? found.st_ino : 0;
}

TEST(Heartbeat, IsReadAsItWasBeaten) {
  const testing::TemporaryDirectory folder;
  Heartbeat heart(folder.path(), kStarted);
  ASSERT_TRUE(heart.beat(kNow));
  ASSERT_TRUE(heart.beat(kNow + Seconds(1)));
  const auto last = read_last_beat(folder.path());
  ASSERT_TRUE(last && *last);
  EXPECT_EQ((*last)->at, kNow + Seconds(1));
  EXPECT_EQ((*last)->started, kStarted);
  EXPECT_EQ((*last)->pid, static_cast<std::uint32_t>(getpid()));
}

TEST(Heartbeat, AFolderWithoutOneNeverBeat) {
  const testing::TemporaryDirectory folder;
  const auto last = read_last_beat(folder.path());
  ASSERT_TRUE(last);
  EXPECT_FALSE(*last);
}

TEST(Heartbeat, WritesOverItselfInOneLineOfOneLength) {
  const testing::TemporaryDirectory folder;
  Heartbeat heart(folder.path(), kStarted);
  ASSERT_TRUE(heart.beat(kNow));
  const ino_t first = inode(folder / "heartbeat");
  const std::string line = content(folder / "heartbeat");
  EXPECT_EQ(line.size(), 80u);
  EXPECT_EQ(line.find('\n'), 79u);
  for (int i = 1; i < 30; ++i)
    ASSERT_TRUE(heart.beat(kNow + Seconds(i)));
  EXPECT_EQ(inode(folder / "heartbeat"), first);
  EXPECT_EQ(content(folder / "heartbeat").size(), 80u);
}

TEST(Heartbeat, CutsALongerFileThatStoodThere) {
  const testing::TemporaryDirectory folder;
  std::ofstream(folder / "heartbeat") << std::string(5000, 'x');
  Heartbeat heart(folder.path(), kStarted);
  ASSERT_TRUE(heart.beat(kNow));
  EXPECT_EQ(content(folder / "heartbeat").size(), 80u);
}

TEST(Heartbeat, BeatsAgainInANewFileWhenTheOldWasRemoved) {
  const testing::TemporaryDirectory folder;
  Heartbeat heart(folder.path(), kStarted);
  ASSERT_TRUE(heart.beat(kNow));
  std::filesystem::remove(folder / "heartbeat");
  ASSERT_TRUE(heart.beat(kNow + Seconds(1)));
  EXPECT_EQ(read_last_beat(folder.path()).value()->at, kNow + Seconds(1));
}

TEST(Heartbeat, SaysWhyItCannotBeatAndTriesAnew) {
  const testing::TemporaryDirectory folder;
  const std::string place = folder / "store";
  Heartbeat heart(place, kStarted);
  const auto failed = heart.beat(kNow);
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().text().find(place + "/heartbeat"), std::string::npos);
  std::filesystem::create_directory(place);
  EXPECT_TRUE(heart.beat(kNow));
}

TEST(Heartbeat, NeverWritesThroughALinkNorIntoAPipe) {
  const testing::TemporaryDirectory folder;
  std::ofstream(folder / "precious") << "precious";
  std::filesystem::create_symlink(folder / "precious", folder / "heartbeat");
  EXPECT_FALSE(Heartbeat(folder.path(), kStarted).beat(kNow));
  EXPECT_EQ(content(folder / "precious"), "precious");
  std::filesystem::remove(folder / "heartbeat");
  ASSERT_EQ(mkfifo((folder / "heartbeat").c_str(), 0600), 0);
  EXPECT_FALSE(Heartbeat(folder.path(), kStarted).beat(kNow));
  EXPECT_FALSE(read_last_beat(folder.path()));
}

TEST(Heartbeat, OneThatCannotBeReadWasWhenItsFileLastChanged) {
  for (const char* text :
       {"", "\n", "garbage", "2026-11-21T06:00:00Z", "2026-11-21T06:00:00Z pid=x started=y",
        "2026-11-21T06:00:00Z pid=99999999999 started=2026-11-20T18:00:00Z"}) {
    const testing::TemporaryDirectory folder;
    std::ofstream(folder / "heartbeat") << text;
    const std::filesystem::path path = folder / "heartbeat";
    const timespec times[2] = {{.tv_sec = 1'790'000'000, .tv_nsec = 0},
                               {.tv_sec = 1'790'000'000, .tv_nsec = 0}};
    ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
    const auto last = read_last_beat(folder.path());
    ASSERT_TRUE(last && *last) << text;
    EXPECT_EQ((*last)->at, Instant{Seconds{1'790'000'000}}) << text;
    EXPECT_EQ((*last)->pid, 0u) << text;
  }
}

}  // namespace
}  // namespace backstop::os
