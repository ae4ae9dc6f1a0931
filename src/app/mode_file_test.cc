#include "app/mode_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "edge/os/heartbeat.h"
#include "edge/os/text_file.h"
#include "testing/temporary_directory.h"

namespace backstop::app {
namespace {

constexpr const char* kBefore = "# ours\n[domains.\"a.test\"] # since May\nmode = \"observe\"\n";
constexpr const char* kAfter = "# ours\n[domains.\"a.test\"] # since May\nmode = \"enforce\"\n";

TEST(ModeFile, ChangesTheFileAndKeepsItAsItWasBesideIt) {
  const testing::TemporaryDirectory directory;
  const std::string path = directory / "backstop.toml";
  std::ofstream(path) << kBefore;
  chmod(path.c_str(), 0640);
  const auto copy = write_mode(path, "a.test", policy::Mode::Enforce);
  ASSERT_TRUE(copy) << copy.error().text();
  EXPECT_EQ(*copy, path + ".before");
  EXPECT_EQ(os::read_text_file(path, 1000), kAfter);
  EXPECT_EQ(os::read_text_file(*copy, 1000), kBefore);
  struct stat status{};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640U);
}

TEST(ModeFile, AFileThatSaysSoAlreadyIsNotTouched) {
  const testing::TemporaryDirectory directory;
  const std::string path = directory / "backstop.toml";
  std::ofstream(path) << kAfter;
  EXPECT_EQ(write_mode(path, "a.test", policy::Mode::Enforce), "");
  EXPECT_FALSE(os::read_text_file(path + ".before", 1000));
}

TEST(ModeFile, ABrokenFileStaysAsItIs) {
  const testing::TemporaryDirectory directory;
  const std::string path = directory / "backstop.toml";
  std::ofstream(path) << "[domains.\"a.test\"]\nmode = \"on\"\n";
  const auto done = write_mode(path, "a.test", policy::Mode::Enforce);
  ASSERT_FALSE(done);
  EXPECT_TRUE(done.error().where.starts_with(path + ":2:")) << done.error().text();
  EXPECT_FALSE(os::read_text_file(path + ".before", 1000));
}

TEST(ModeFile, OnlyALivingDaemonIsTold) {
  const testing::TemporaryDirectory directory;
  const Instant now = *parse_instant("2026-11-21T06:00:00Z");
  EXPECT_FALSE(tell_daemon("", now));
  EXPECT_FALSE(tell_daemon(directory.path(), now)) << "it never beat here";
  // This process lives, and is no backstopd: a signal would end it.
  os::Heartbeat heart(directory.path(), now);
  ASSERT_TRUE(heart.beat(now));
  EXPECT_FALSE(tell_daemon(directory.path(), now));
  EXPECT_FALSE(tell_daemon(directory.path(), now + Seconds(60)));
}

}  // namespace
}  // namespace backstop::app
