#include "edge/mta/program.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "testing/temporary_directory.h"

namespace backstop::mta {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(StartedProgram, IsNotKilledHoweverLongItTakes) {
  const ::backstop::testing::TemporaryDirectory folder;
  const std::string go = folder / "go";
  const std::string done = folder / "done";
  const std::vector<std::string> words = {
      "/bin/sh", "-c", "until test -e " + go + "; do sleep 0.02; done; echo x > " + done};
  const auto ended = start_program("/", words, milliseconds{1});
  ASSERT_TRUE(ended) << ended.error().text();
  EXPECT_FALSE(*ended);
  std::filesystem::create_directory(go);
  while (!std::filesystem::exists(done))
    std::this_thread::sleep_for(milliseconds{5});
}

TEST(StartedProgram, ThatEndsInTimeIsSaidToHaveEnded) {
  EXPECT_EQ(start_program("/", {"/bin/true"}, seconds{60}), true);
  EXPECT_EQ(start_program("/", {"/bin/false"}, seconds{60}), true) << "whatever it made of it";
}

TEST(StartedProgram, ThatIsNotThereIsAnError) {
  EXPECT_EQ(start_program("/", {"/nowhere/to/be"}, seconds{60}).error().code, Errc::NotFound);
  EXPECT_EQ(start_program("/", {"/etc/passwd"}, seconds{60}).error().code, Errc::Denied);
}

}  // namespace
}  // namespace backstop::mta
