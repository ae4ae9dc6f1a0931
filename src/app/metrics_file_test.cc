#include "app/metrics_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "testing/fake_log.h"
#include "testing/temporary_directory.h"

namespace backstop::app {
namespace {

std::string read(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(MetricsFile, IsReplacedWholeAndForEverybodyToReadWhateverTheUmask) {
  const testing::TemporaryDirectory folder;
  const std::string path = folder.path() + "/x.prom";
  testing::FakeLog log;
  MetricsFile file(path, log);
  const mode_t before = ::umask(0077);
  file.write("a 1\na 2\n");
  file.write("b 1\n");
  ::umask(before);
  EXPECT_EQ(read(path), "b 1\n");
  struct stat found{};
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0644u);
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
  EXPECT_EQ(log.size(), 0u) << log.text();
  file.remove();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(MetricsFile, TellsATroubleOnceAndItsEnd) {
  const testing::TemporaryDirectory folder;
  const std::string directory = folder.path() + "/none";
  testing::FakeLog log;
  MetricsFile file(directory + "/x.prom", log);
  file.write("a 1\n");
  file.write("a 2\n");
  EXPECT_EQ(log.size(), 1u) << log.text();
  EXPECT_EQ(log.count("x.prom"), 1u);
  std::filesystem::create_directory(directory);
  file.write("a 3\n");
  EXPECT_EQ(log.count("written again"), 1u) << log.text();
  EXPECT_EQ(read(directory + "/x.prom"), "a 3\n");
}

}  // namespace
}  // namespace backstop::app
