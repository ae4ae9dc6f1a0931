// What becomes of the history when its file, its disk or its process fails.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "core/base/limits.h"
#include "edge/store/history_schema.h"
#include "edge/store/history_test.h"

namespace backstop::store {
namespace {

using HistoryFaults = HistoryStoreTest;

TEST_F(HistoryFaults, begins_anew_and_keeps_the_file_when_it_is_damaged) {
  {
    open()->append(make_inbound("LOST"));
  }
  std::filesystem::remove(file() + "-wal");
  const std::string garbage(8192, 'g');
  std::ofstream(file(), std::ios::binary | std::ios::trunc) << garbage;
  auto store = open();
  store->append(make_inbound("NEW"));
  store->flush();
  ASSERT_EQ(moved_aside().size(), 1U);
  EXPECT_EQ(std::filesystem::file_size(moved_aside()[0]), garbage.size());
  ASSERT_EQ(told().size(), 1U);
  EXPECT_NE(told()[0].sentence.find(moved_aside()[0]), std::string::npos);
  EXPECT_EQ(read().find_queue_id("NEW", 10).value().size(), 1U);
}

TEST_F(HistoryFaults, begins_anew_when_the_file_is_damaged_while_it_is_open) {
  auto store = open();
  for (int i = 0; i < 2000; ++i)
    store->append(make_inbound("IN" + std::to_string(i)));
  store->flush();
  store.reset();
  {
    // All pages but the first are overwritten.
    std::fstream bytes(file(), std::ios::binary | std::ios::in | std::ios::out);
    bytes.seekp(4096);
    const std::string garbage(std::filesystem::file_size(file()) - 4096, 'g');
    bytes << garbage;
  }
  store = open();
  store->append(make_inbound("NEW"));
  store->flush();
  store->flush();
  EXPECT_EQ(moved_aside().size(), 1U);
  EXPECT_EQ(read().find_queue_id("NEW", 10).value().size(), 1U);
}

TEST_F(HistoryFaults, begins_another_file_when_its_own_was_removed) {
  auto store = open();
  store->append(make_inbound("GONE"));
  store->flush();
  for (const char* suffix : {"", "-wal", "-shm"})
    std::filesystem::remove(file() + suffix);
  store->append(make_inbound("UNSEEN"));
  store->flush();
  store->append(make_inbound("NEW"));
  store->flush();
  EXPECT_EQ(read().find_queue_id("NEW", 10).value().size(), 1U);
}

TEST_F(HistoryFaults, leaves_the_file_of_a_later_version_as_it_is) {
  {
    open()->append(make_inbound("KEPT"));
  }
  {
    auto database = Database::open(file(), Access::Write).value();
    ASSERT_TRUE(database.run("PRAGMA user_version = 99"));
  }
  auto store = open();
  store->append(make_inbound("NEW"));
  store->flush();
  ASSERT_EQ(told().size(), 1U);
  EXPECT_NE(told()[0].sentence.find("later Backstop"), std::string::npos);
  EXPECT_FALSE(HistoryReader::open(directory()));
  EXPECT_TRUE(moved_aside().empty());
}

TEST_F(HistoryFaults, tells_once_of_a_missing_directory_and_writes_when_it_is_there) {
  auto store = std::make_unique<HistoryStore>(folder_ + "/deep/store", HistoryLimits{}, clock_,
                                              [this](const HistoryStore::Trouble& trouble) {
                                                const std::lock_guard lock(mutex_);
                                                told_.push_back(trouble);
                                              });
  for (int i = 0; i < 3; ++i) {
    store->append(make_inbound("IN"));
    store->flush();
  }
  ASSERT_EQ(told().size(), 1U);
  EXPECT_FALSE(told()[0].is_over);
  EXPECT_EQ(store->health().waiting, 3U);
  std::filesystem::create_directory(folder_ + "/deep");
  store->flush();
  ASSERT_EQ(told().size(), 2U);
  EXPECT_TRUE(told()[1].is_over);
  EXPECT_EQ(store->health().written, 3U);
  EXPECT_EQ(HistoryReader::open(folder_ + "/deep/store")->find_queue_id("IN", 9)->size(), 3U);
}

TEST_F(HistoryFaults, counts_rows_that_find_no_room_while_it_cannot_write) {
  auto store = std::make_unique<HistoryStore>(folder_ + "/deep/store", HistoryLimits{}, clock_,
                                              [](const HistoryStore::Trouble&) {});
  for (std::size_t i = 0; i < limits::kHistoryQueue + 7; ++i)
    store->append(make_inbound("IN"));
  store->flush();
  EXPECT_EQ(store->health().lost, 7U);
  std::filesystem::create_directory(folder_ + "/deep");
  store->flush();
  EXPECT_EQ(store->health().written, limits::kHistoryQueue);
  auto reader = HistoryReader::open(folder_ + "/deep/store").value();
  EXPECT_EQ(reader.losses().value().at(0).count, 7U);
}

// A file size limit is what a full disk is to SQLite.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    before_handler_ = signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit now = before_;
    now.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, before_handler_);
  }

 private:
  rlimit before_{};
  sighandler_t before_handler_;
};

TEST_F(HistoryFaults, keeps_rows_in_the_queue_while_the_disk_is_full) {
  auto store = open();
  store->append(make_inbound("FIRST"));
  store->flush();
  {
    const FullDisk full(8192);
    for (int i = 0; i < 2500; ++i)
      store->append(make_inbound("IN" + std::to_string(i)));
    store->flush();
    ASSERT_EQ(told().size(), 1U);
    EXPECT_EQ(store->health().waiting, 2500U);
  }
  store->flush();
  EXPECT_TRUE(told().back().is_over);
  auto reader = read();
  EXPECT_EQ(reader.row_count().value(), 2501U);
  EXPECT_EQ(reader.count(Instant{}, kHistoryNow).value().at(0).count, 2501U);
}

TEST_F(HistoryFaults, is_whole_after_kill_9) {
  for (int round = 0; round < 5; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      auto store = open({.days = 30, .rows = 1000});
      for (int i = 0;; ++i) {
        store->append(make_inbound("IN" + std::to_string(i), kHistoryNow + Seconds{i / 50}));
        if (i % 1000 == 999) store->flush();
      }
    }
    ASSERT_GT(child, 0);
    usleep(static_cast<useconds_t>(60'000 + round * 17'000));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }
  auto store = open({.days = 30, .rows = 1'000'000});
  store->append(make_inbound("AFTER"));
  store->flush();
  EXPECT_TRUE(told().empty());
  auto database = Database::open(file(), Access::Read).value();
  auto check = database.prepare("PRAGMA integrity_check").value();
  ASSERT_TRUE(check.step().value());
  EXPECT_EQ(check.text(0), "ok");
  // Rows and keys belong together: four keys for each.
  EXPECT_EQ(database.read_number("SELECT count(*) FROM look_up").value(),
            5 * database.read_number("SELECT count(*) FROM message").value());
}

}  // namespace
}  // namespace backstop::store
