#include "app/backup_making.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "app/restoring.h"
#include "edge/os/file_lock.h"

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

// What a process that was killed leaves behind.
class Killed : public Interrupted {
 protected:
  std::string leave(const std::string& name, const std::string& unfinished) {
    const std::string path = folder_ + "/out/" + name;
    fs::create_directory(path);
    std::ofstream(path + "/keys-key-1") << "secret";
    std::ofstream(path + "/unfinished") << unfinished;
    return path;
  }
};

TEST_F(Killed, ABackupIsSweptByTheNext) {
  const std::string dead = leave(".backstop-backup-Ab12Cd", "old.tar.zst.tmp");
  std::ofstream(folder_ + "/out/old.tar.zst.tmp") << "half";
  std::ofstream(folder_ + "/out/letter.tmp") << "not ours";
  const std::string living = leave(".backstop-backup-living", "b.tmp");
  const std::string longer = leave(".backstop-backup-of-a-friend", "letter.tmp");
  const auto lock = os::FileLock::take(living);
  ASSERT_TRUE(make_backup(plan_));
  EXPECT_FALSE(fs::exists(dead));
  EXPECT_FALSE(fs::exists(folder_ + "/out/old.tar.zst.tmp"));
  EXPECT_TRUE(fs::exists(living)) << "its maker lives";
  EXPECT_TRUE(fs::exists(longer)) << "it is none of ours";
  EXPECT_TRUE(fs::exists(folder_ + "/out/letter.tmp"));
  EXPECT_TRUE(fs::exists(plan_.path));
}

TEST_F(Killed, ABackupNamesNoFileElsewhere) {
  std::ofstream(folder_ + "/letter.tmp") << "not ours";
  leave(".backstop-backup-Ab12Cd", "../letter.tmp");
  ASSERT_TRUE(make_backup(plan_));
  EXPECT_TRUE(fs::exists(folder_ + "/letter.tmp"));
}

TEST_F(Killed, ARestoreIsSweptByTheNext) {
  ASSERT_TRUE(make_backup(plan_));
  RestorePlan plan;
  plan.path = plan_.path;
  plan.to = folder_ + "/back";
  plan.now = kNow;
  fs::create_directories(plan.to + "/store.restore-Ab12Cd");
  std::ofstream(plan.to + "/store.restore-Ab12Cd/ledger.db") << "half";
  std::ofstream(plan.to + "/store.restore-notes") << "not ours";
  fs::create_directories(plan.to + "/store.before-2026-11-20T00:00:00Z");
  const auto done = restore_backup(plan);
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_FALSE(fs::exists(plan.to + "/store.restore-Ab12Cd"));
  EXPECT_TRUE(fs::exists(plan.to + "/store.restore-notes"));
  EXPECT_TRUE(fs::exists(plan.to + "/store.before-2026-11-20T00:00:00Z")) << "the operator's";
}

TEST_F(Killed, TwoRestoresAtATimeMeetNoOnesFiles) {
  ASSERT_TRUE(make_backup(plan_));
  RestorePlan plan;
  plan.path = plan_.path;
  plan.to = folder_ + "/back";
  plan.now = kNow;
  fs::create_directories(plan.to + "/store.restore-Ab12Cd");
  const auto other = os::FileLock::take(plan.to);
  const auto done = restore_backup(plan);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::Unavailable);
  EXPECT_TRUE(fs::exists(plan.to + "/store.restore-Ab12Cd"));
}

}  // namespace
}  // namespace backstop::app
