#include "edge/mta/rooted_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "edge/mta/program.h"

namespace backstop::mta {
namespace {

class Rooted : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "backstop-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    std::filesystem::create_directories(root_ + "/etc/postfix");
    std::filesystem::create_directories(root_ + "/srv/mail");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  void write(const std::string& path, const std::string& text) const {
    std::ofstream(root_ + path) << text;
  }
  void link_to(const std::string& target, const std::string& path) const {
    std::filesystem::create_symlink(target, root_ + path);
  }

  std::string root_;
};

TEST_F(Rooted, AnAbsoluteLinkStaysInside) {
  write("/srv/mail/main.cf", "inside");
  link_to("/srv/mail/main.cf", "/etc/postfix/main.cf");
  link_to("../../srv", "/etc/postfix/away");
  EXPECT_EQ(resolve(root_, "/etc/postfix/main.cf"), root_ + "/srv/mail/main.cf");
  EXPECT_EQ(read_rooted(root_, "/etc/postfix/main.cf"), "inside");
  EXPECT_EQ(read_rooted(root_, "/etc/postfix/away/../srv/mail/main.cf"), "inside");
  EXPECT_EQ(read_rooted(root_, "/../../srv/mail/main.cf"), "inside");
}

TEST_F(Rooted, ACircleOfLinksIsAnError) {
  link_to("b", "/a");
  link_to("a", "/b");
  EXPECT_EQ(read_rooted(root_, "/a").error().code, Errc::Limit);
}

TEST_F(Rooted, ReplacingKeepsTheLinkAndTheMode) {
  write("/srv/mail/main.cf", "old");
  chmod((root_ + "/srv/mail/main.cf").c_str(), 0640);
  link_to("/srv/mail/main.cf", "/etc/postfix/main.cf");
  ASSERT_TRUE(replace_rooted(root_, "/etc/postfix/main.cf", "new"));
  EXPECT_TRUE(std::filesystem::is_symlink(root_ + "/etc/postfix/main.cf"));
  EXPECT_EQ(read_rooted(root_, "/srv/mail/main.cf"), "new");
  struct stat status{};
  ASSERT_EQ(stat((root_ + "/srv/mail/main.cf").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(root_ + "/srv/mail"), {}), 1)
      << "nothing is left beside it";
}

TEST_F(Rooted, WhatCannotBeWrittenIsSaidAndLeavesTheFile) {
  write("/etc/postfix/main.cf", "old");
  const auto done = replace_rooted(root_, "/etc/nowhere/main.cf", "new");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::NotFound);
  EXPECT_EQ(read_rooted(root_, "/etc").error().code, Errc::Invalid);
  EXPECT_EQ(read_rooted(root_, "/etc/postfix/main.cf"), "old");
}

TEST_F(Rooted, AccountsAreThoseOfTheTree) {
  write("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\npostfix:x:107:115::/var/spool/postfix:/x\n");
  write("/etc/group", "postfix:x:115:\nbackstop:x:120:other,postfix\nbroken\n");
  EXPECT_EQ(find_user(root_, "postfix")->uid, 107U);
  EXPECT_EQ(find_group(root_, "postfix"), 115U);
  EXPECT_FALSE(find_user(root_, "nobody"));
  EXPECT_TRUE(is_member(root_, "postfix", 115));
  EXPECT_TRUE(is_member(root_, "postfix", 120));
  EXPECT_FALSE(is_member(root_, "postfix", 0));
}

TEST(Program, ItsOutputWordsAndExitCodeComeBack) {
  const auto done =
      run_program("/", {"/bin/sh", "-c", "echo out; test -t 2 && echo words >&2; exit 3"},
                  std::chrono::seconds(30));
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(done->exit_code, 3);
  EXPECT_EQ(done->output, "out\n");
  EXPECT_EQ(done->words, "words\n");
}

TEST(Program, WhatCannotBeStartedOrWillNotEndIsAnError) {
  const std::chrono::seconds wait(30);
  EXPECT_EQ(run_program("/", {"/nonexistent/program"}, wait).error().code, Errc::NotFound);
  EXPECT_EQ(run_program("/", {"/bin/sh", "-c", "sleep 600"}, std::chrono::seconds(0)).error().code,
            Errc::Unavailable);
  EXPECT_EQ(run_program("/", {"/bin/sh", "-c", "kill -9 $$"}, wait).error().code,
            Errc::Unavailable);
}

}  // namespace
}  // namespace backstop::mta
