#include "app/backup_making.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "app/restoring.h"

namespace backstop::app {
namespace {

namespace fs = std::filesystem;

const Instant kNow = parse_instant("2026-11-21T12:00:00Z").value();

class Interrupted : public ::testing::Test {
 protected:
  Interrupted() {
    std::string pattern = (fs::temp_directory_path() / "backstop-XXXXXX").string();
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    fs::create_directory(folder_ + "/store");
    std::ofstream(folder_ + "/store/gaps") << "one\n";
    fs::create_directory(folder_ + "/out");
    fs::permissions(folder_ + "/out", fs::perms::owner_all);
    plan_.path = folder_ + "/out/one.tar.zst";
    plan_.store_directory = folder_ + "/store";
    plan_.now = kNow;
  }
  ~Interrupted() override { fs::remove_all(folder_); }

  std::string folder_;
  BackupPlan plan_;
  const std::atomic<bool> stop_ = true;
};

TEST_F(Interrupted, ABackupLeavesNoCopyBehind) {
  plan_.stop = &stop_;
  const auto made = make_backup(plan_);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::Unavailable);
  EXPECT_TRUE(fs::is_empty(folder_ + "/out"));
}

TEST_F(Interrupted, ARestoreLeavesEverythingAsItWas) {
  const auto made = make_backup(plan_);
  ASSERT_TRUE(made) << made.error().text();
  RestorePlan plan;
  plan.path = plan_.path;
  plan.to = folder_ + "/back";
  plan.now = kNow;
  plan.stop = &stop_;
  const auto stopped = restore_backup(plan);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Errc::Unavailable);
  EXPECT_FALSE(fs::exists(folder_ + "/back/store"));
  plan.stop = nullptr;
  const auto done = restore_backup(plan);
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_TRUE(fs::exists(folder_ + "/back/store/gaps"));
}

}  // namespace
}  // namespace backstop::app
