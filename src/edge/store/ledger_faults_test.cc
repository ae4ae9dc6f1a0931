// The ledger when the world is against it: mail must flow, nothing may be concluded from what is
// not known, and somebody must be told once what to do.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "ledger_room/ledger_room.h"

namespace backstop::store {
namespace {

namespace fs = std::filesystem;

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// A file system of a few pages, where root may mount one.
class SmallDisk {
 public:
  SmallDisk(const std::string& path, const char* size) : path_(path) {
    fs::create_directory(path_);
    is_there_ = mount("tmpfs", path_.c_str(), "tmpfs", 0, size) == 0;
  }
  ~SmallDisk() {
    if (is_there_) umount2(path_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool is_there() const { return is_there_; }
  bool make_read_only(bool read_only) const {
    unsigned long flags = MS_REMOUNT;
    if (read_only) flags |= MS_RDONLY;
    return mount("tmpfs", path_.c_str(), "tmpfs", flags, nullptr) == 0;
  }

 private:
  std::string path_;
  bool is_there_ = false;
};

// Files of this process cannot grow past that.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : earlier_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit small = before_;
    small.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, earlier_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*earlier_)(int);
  rlimit before_{};
};

class LedgerFaults : public LedgerRoom {
 protected:
  void fill(std::uint64_t messages) {
    open();
    for (std::uint64_t i = 0; i < messages; ++i)
      store_->record_sent(sent_message(i));
    EXPECT_TRUE(store_->flush());
    close();
  }
  std::vector<std::string> damaged_files() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(temporary_.path())) {
      if (entry.path().string().find(".corrupt-") != std::string::npos)
        found.push_back(entry.path());
    }
    std::ranges::sort(found);
    return found;
  }
  Result<proof::LedgerAnswer> ask(std::uint64_t number) {
    return store_->look_up(query_of(number), clock_.now());
  }
};

TEST_F(LedgerFaults, MissingDirectoryIsNamedOnceAndWhatWasSentMeanwhileIsKept) {
  const std::string directory = temporary_ / "store";
  open({.directory = directory});
  store_->record_sent(sent_message(1));
  const auto answer = ask(1);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::Unavailable);
  EXPECT_FALSE(store_->look_up_now(query_of(1), kNow));
  EXPECT_FALSE(store_->flush());
  EXPECT_FALSE(store_->flush());
  EXPECT_TRUE(store_->state().is_away);
  EXPECT_EQ(observer_.count("There is no such directory"), 1u) << observer_.text();
  EXPECT_EQ(observer_.open_gaps(), 1);
  fs::create_directory(directory);
  ASSERT_TRUE(comes_true([&] { return observer_.open_gaps() == 0; }));
  EXPECT_TRUE(is_found(1));
  EXPECT_EQ(observer_.count("The ledger is written again"), 1u);
  EXPECT_EQ(observer_.count("0 of the messages"), 1u);
  EXPECT_EQ(observer_.gaps(), std::vector{kNow});
  EXPECT_FALSE(ask(1)->lost_at) << "there was none before";
}

TEST_F(LedgerFaults, FullDiskLosesNothingUntilTheQueueIsFull) {
  const SmallDisk disk(temporary_ / "disk", "size=400k");
  if (!disk.is_there()) GTEST_SKIP() << "no leave to mount";
  open({.directory = temporary_ / "disk"});
  std::uint64_t sent = 0;
  while (store_->flush() && sent < 100'000) {
    for (int i = 0; i < 200; ++i)
      store_->record_sent(sent_message(sent++));
  }
  EXPECT_EQ(observer_.count("The disk is full: make room"), 1u) << observer_.text();
  EXPECT_EQ(observer_.open_gaps(), 1);
  EXPECT_TRUE(store_->state().failing_since);
  EXPECT_EQ(store_->state().lost_messages, 0u);
  // All is still answered, what waits too.
  EXPECT_TRUE(is_found(0));
  EXPECT_TRUE(is_found(sent - 1));
  EXPECT_FALSE(is_found(sent));
  ASSERT_EQ(mount("tmpfs", (temporary_ / "disk").c_str(), "tmpfs", MS_REMOUNT, "size=8m"), 0);
  ASSERT_TRUE(comes_true([&] { return observer_.open_gaps() == 0; }));
  close();
  open({.directory = temporary_ / "disk"});
  for (std::uint64_t i = 0; i < sent; ++i)
    EXPECT_TRUE(is_found(i)) << i;
  close();
}

TEST_F(LedgerFaults, ReadOnlyFileSystemIsAwayAtTheStartAndFailingLater) {
  const SmallDisk disk(temporary_ / "disk", "size=4m");
  if (!disk.is_there()) GTEST_SKIP() << "no leave to mount";
  const LedgerOptions options{.directory = temporary_ / "disk"};
  open(options).record_sent(sent_message(1));
  close();
  ASSERT_TRUE(disk.make_read_only(true));
  open(options).record_sent(sent_message(2));
  EXPECT_FALSE(ask(1));
  EXPECT_EQ(observer_.count("read-only"), 1u) << observer_.text();
  EXPECT_EQ(observer_.open_gaps(), 1);
  ASSERT_TRUE(disk.make_read_only(false));
  ASSERT_TRUE(comes_true([&] { return observer_.open_gaps() == 0; }));
  EXPECT_TRUE(is_found(1));
  EXPECT_TRUE(is_found(2));
  close();
}

// At every size, whatever write meets the limit.
TEST_F(LedgerFaults, WriteThatFailsAnywhereLeavesASoundFileAndNothingUntold) {
  std::uint64_t sent = 0;
  for (rlim_t bytes = 0; bytes < 300'000; bytes += 3'333) {
    {
      const FileSizeLimit limit(bytes);
      open();
      for (int i = 0; i < 20; ++i)
        store_->record_sent(sent_message(sent++));
      const bool written = store_->flush();
      EXPECT_EQ(written, observer_.open_gaps() == 0) << bytes << '\n' << observer_.text();
      EXPECT_TRUE(store_->state().is_away || is_found(sent - 1)) << bytes;
    }
    ASSERT_TRUE(comes_true([&] { return store_->flush(); })) << observer_.text();
    EXPECT_EQ(observer_.open_gaps(), 0);
    EXPECT_TRUE(is_found(sent - 1));
    close();
    ASSERT_EQ(quick_check(), "ok") << bytes;
  }
  open();
  for (std::uint64_t i = 0; i < sent; ++i)
    EXPECT_TRUE(is_found(i)) << i;
  EXPECT_TRUE(damaged_files().empty());
}

TEST_F(LedgerFaults, FullQueueIsToldOnceWithWhatWasLost) {
  open({.directory = temporary_ / "store"});
  for (std::uint64_t i = 0; i < limits::kLedgerQueue + 10; ++i) {
    auto message = sent_message(i);
    message.account = i / 1000;
    store_->record_sent(message);
  }
  EXPECT_EQ(store_->state().lost_messages, 10u);
  fs::create_directory(temporary_ / "store");
  ASSERT_TRUE(comes_true([&] { return observer_.open_gaps() == 0; }));
  EXPECT_EQ(observer_.count("; 10 of the messages sent in that time are not in it"), 1u)
      << observer_.text();
  EXPECT_TRUE(is_found(0));
  EXPECT_TRUE(is_found(limits::kLedgerQueue - 1));
  EXPECT_FALSE(is_found(limits::kLedgerQueue));
}

TEST_F(LedgerFaults, FileThatIsNoDatabaseIsMovedAsideAndANewOneBegun) {
  std::ofstream(path_) << "Dear diary, " << std::string(10'000, '.');
  const std::string before = read_file(path_);
  open();
  ASSERT_EQ(damaged_files().size(), 1u);
  EXPECT_EQ(read_file(damaged_files()[0]), before);
  EXPECT_EQ(observer_.alarms(), 1u) << observer_.text();
  EXPECT_EQ(observer_.count("It was moved to " + damaged_files()[0]), 1u);
  EXPECT_EQ(ask(1)->lost_at, kNow);
  store_->record_sent(sent_message(1));
  EXPECT_TRUE(store_->flush());
  clock_.advance(Days{3});
  close();
  open();
  EXPECT_TRUE(is_found(1));
  EXPECT_EQ(ask(1)->lost_at, kNow) << "kept in the new file";
}

TEST_F(LedgerFaults, TruncatedDatabaseIsMovedAside) {
  for (const std::uintmax_t bytes : {100U, 4096U, 10'000U, 40'000U}) {
    fill(3000);
    fs::resize_file(path_, bytes);
    open();
    ASSERT_TRUE(comes_true([&] { return ask(1) && ask(1)->lost_at; })) << bytes;
    store_->record_sent(sent_message(5000));
    EXPECT_TRUE(store_->flush());
    EXPECT_TRUE(is_found(5000));
    close();
    EXPECT_EQ(quick_check(), "ok");
    ASSERT_EQ(damaged_files().size(), 1u) << bytes;
    fs::remove(damaged_files()[0]);
    fs::remove(path_);
  }
}

TEST_F(LedgerFaults, EmptyFileIsALostLedger) {
  fill(10);
  fs::resize_file(path_, 0);
  open();
  EXPECT_EQ(ask(1)->lost_at, kNow);
  EXPECT_FALSE(is_found(1));
  EXPECT_EQ(observer_.count("The ledger is gone or empty"), 1u);
}

TEST_F(LedgerFaults, DamageFoundWhileRunningIsMovedAsideAndWhatWaitsIsKept) {
  fill(20'000);
  store_.reset();
  {
    // The middle of the tables, as a bad disk would have it; the first pages are sound.
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    const auto size = static_cast<std::streamoff>(fs::file_size(path_));
    for (std::streamoff at = 8 * 4096; at < size; at += 4096) {
      file.seekp(at);
      file << std::string(4096, '\xa5');
    }
  }
  open();
  store_->count_uses({.since = kNow, .counters = {key(900'000)}});
  store_->record_sent(sent_message(70'000));
  ASSERT_TRUE(comes_true([&] { return observer_.alarms() == 1; })) << observer_.text();
  ASSERT_TRUE(comes_true([&] { return store_->flush(); }));
  EXPECT_TRUE(is_found(70'000));
  EXPECT_EQ(ask(1)->lost_at, kNow);
  close();
  EXPECT_EQ(quick_check(), "ok");
  EXPECT_FALSE(damaged_files().empty());
}

TEST_F(LedgerFaults, DiskThatDamagesEveryFileIsGivenUp) {
  for (std::size_t i = 0; i < limits::kDamagedFiles; ++i)
    std::ofstream(path_ + ".corrupt-" + std::to_string(i)) << "x";
  std::ofstream(path_) << std::string(10'000, 'x');
  open();
  EXPECT_FALSE(ask(1));
  EXPECT_EQ(damaged_files().size(), limits::kDamagedFiles);
  EXPECT_EQ(observer_.count("the disk is not sound"), 1u) << observer_.text();
}

TEST_F(LedgerFaults, RemovedFileIsNoticedAndANewOneBegun) {
  open().record_sent(sent_message(1));
  ASSERT_TRUE(store_->flush());
  fs::remove(path_);
  ASSERT_TRUE(comes_true([&] { return observer_.alarms() == 1; }));
  EXPECT_EQ(observer_.count("The ledger was removed while backstopd runs"), 1u);
  ASSERT_TRUE(comes_true([&] { return ask(1).has_value(); }));
  EXPECT_EQ(ask(1)->lost_at, kNow);
  store_->record_sent(sent_message(2));
  EXPECT_TRUE(store_->flush());
  EXPECT_TRUE(is_found(2));
  close();
  EXPECT_EQ(quick_check(), "ok");
}

TEST_F(LedgerFaults, FileThatWentWhileTheDaemonWasDownIsLostWhenSomethingElseSaysItWasThere) {
  open({.directory = temporary_.path(), .existed_before = true});
  EXPECT_EQ(ask(1)->lost_at, kNow);
  EXPECT_EQ(observer_.alarms(), 1u);
}

TEST_F(LedgerFaults, SecondDaemonIsAwayUntilTheFirstEnds) {
  open().record_sent(sent_message(1));
  ASSERT_TRUE(store_->flush());
  CollectingObserver other_observer;
  LedgerStore other({.directory = temporary_.path(),
                     .existed_before = false,
                     .horizon_step = std::chrono::hours{1},
                     .retry = std::chrono::milliseconds{5}},
                    clock_, other_observer);
  other.record_sent(sent_message(2));
  EXPECT_FALSE(other.flush());
  EXPECT_FALSE(other.look_up(query_of(1), kNow));
  EXPECT_EQ(other_observer.count("Another backstopd uses this directory"), 1u);
  EXPECT_TRUE(is_found(1));
  close();
  ASSERT_TRUE(comes_true([&] { return other.flush(); }));
  EXPECT_TRUE(other.look_up(query_of(1), kNow)->messages.at(0));
  EXPECT_TRUE(other.look_up(query_of(2), kNow)->messages.at(0));
}

TEST_F(LedgerFaults, FirstVersionIsOpened) {
  fs::copy_file("testdata/ledger/version-1.db", path_);
  open();
  const auto answer = store_->look_up({.messages = {key(3), key(6)},
                                       .queue_ids = {key(4)},
                                       .pairs = {key(5)},
                                       .counters = {key(7)},
                                       .addressees = {0x1111'2222'3333'4444}},
                                      kNow);
  ASSERT_TRUE(answer) << answer.error().text() << observer_.text();
  ASSERT_TRUE(answer->messages.at(0));
  EXPECT_EQ(answer->messages[0]->sent, kNow);
  EXPECT_EQ(answer->messages[0]->recipient_count, 3u);
  EXPECT_TRUE(answer->messages[0]->is_list);
  EXPECT_TRUE(answer->messages[0]->same_sender);
  ASSERT_TRUE(answer->messages.at(1));
  EXPECT_TRUE(answer->messages[1]->late);
  EXPECT_TRUE(answer->queue_ids.at(0));
  EXPECT_EQ(answer->pairs.at(0), kNow);
  EXPECT_EQ(answer->counters.at(0), 42u);
  EXPECT_EQ(answer->largest_header_bytes, 4242u);
  EXPECT_EQ(answer->lost_at, Instant{Seconds{1'790'000'000}});
  // Account 77 has one row left.
  store_->record_sent(sent_message(100));
  EXPECT_TRUE(store_->flush());
  EXPECT_FALSE(is_found(100));
}

TEST_F(LedgerFaults, FileOfALaterVersionIsLeftAlone) {
  fs::copy_file("testdata/ledger/version-1.db", path_);
  ASSERT_TRUE(Database::open(path_, Access::Write).value().run("PRAGMA user_version = 7"));
  const std::string before = read_file(path_);
  open().record_sent(sent_message(1));
  EXPECT_FALSE(store_->flush());
  EXPECT_FALSE(ask(1));
  EXPECT_EQ(observer_.count("A later Backstop wrote it (schema 7; this one knows up to 1)"), 1u)
      << observer_.text();
  close();
  EXPECT_EQ(read_file(path_), before);
  EXPECT_TRUE(damaged_files().empty());
}

}  // namespace
}  // namespace backstop::store
