#include "edge/store/history_store.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <mutex>

#include "core/base/limits.h"
#include "edge/store/history_reader.h"
#include "edge/store/history_scan.h"
#include "edge/store/history_schema.h"
#include "testing/fake_clock.h"

namespace backstop::store {
namespace {

using transaction::Direction;
using transaction::HistoryRow;

const Instant kNow = parse_instant("2026-11-21T12:00:00Z").value();

HistoryRow make_inbound(std::string queue_id, Instant at = kNow) {
  HistoryRow row;
  row.at = at;
  row.queue_id = std::move(queue_id);
  row.direction = Direction::Inbound;
  row.recipients = {"anna@example.com", "#0123456789abcdef"};
  row.recipient_count = 2;
  row.client = "203.0.113.77";
  row.message_id = 11;
  row.original_id = 12;
  row.kind = "bounce";
  row.verdict = "forged";
  row.decision = "mark";
  row.enforced = "refuse";
  row.reasons = "no-proof-of-origin,observe-mode";
  row.facts = "v=1 kind=bounce returned=enough";
  return row;
}

HistoryRow make_outgoing(std::string queue_id, bool is_signed, Instant at = kNow) {
  HistoryRow row;
  row.at = at;
  row.queue_id = std::move(queue_id);
  row.direction = Direction::Outgoing;
  row.sender = "anna@example.com";
  row.recipients = {"#0123456789abcdef"};
  row.recipient_count = 1;
  row.message_id = 12;
  row.is_signed = is_signed;
  return row;
}

class HistoryStoreTest : public ::testing::Test {
 protected:
  HistoryStoreTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "backstop-XXXXXX").string();
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    clock_.set(kNow);
  }
  ~HistoryStoreTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<HistoryStore> open(HistoryLimits history_limits = {}) {
    return std::make_unique<HistoryStore>(directory(), history_limits, clock_,
                                          [this](const HistoryStore::Trouble& trouble) {
                                            const std::lock_guard lock(mutex_);
                                            told_.push_back(trouble);
                                          });
  }
  HistoryReader read() const {
    auto reader = HistoryReader::open(directory());
    EXPECT_TRUE(reader) << reader.error().text();
    return *std::move(reader);
  }
  std::vector<HistoryStore::Trouble> told() {
    const std::lock_guard lock(mutex_);
    return told_;
  }
  std::string directory() const { return folder_ + "/store"; }
  std::string file() const { return directory() + "/history.db"; }
  std::vector<std::string> moved_aside() const {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(directory())) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("history.db.corrupt-") && !name.ends_with("-wal") &&
          !name.ends_with("-shm")) {
        out.push_back(entry.path().string());
      }
    }
    return out;
  }

  std::string folder_;
  backstop::testing::FakeClock clock_;
  std::mutex mutex_;
  std::vector<HistoryStore::Trouble> told_;
};

TEST_F(HistoryStoreTest, gives_back_a_row_as_it_was) {
  const HistoryRow row = make_inbound("4fzX1");
  open()->append(row);  // Closing writes what waits.
  auto reader = read();
  const auto rows = reader.find_queue_id("4fzX1", 10).value();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].at, row.at);
  EXPECT_EQ(rows[0].queue_id, row.queue_id);
  EXPECT_EQ(rows[0].direction, row.direction);
  EXPECT_EQ(rows[0].sender, row.sender);
  EXPECT_EQ(rows[0].recipients, row.recipients);
  EXPECT_EQ(rows[0].recipient_count, row.recipient_count);
  EXPECT_EQ(rows[0].client, row.client);
  EXPECT_EQ(rows[0].message_id, row.message_id);
  EXPECT_EQ(rows[0].original_id, row.original_id);
  EXPECT_EQ(rows[0].kind, row.kind);
  EXPECT_EQ(rows[0].verdict, row.verdict);
  EXPECT_EQ(rows[0].decision, row.decision);
  EXPECT_EQ(rows[0].enforced, row.enforced);
  EXPECT_EQ(rows[0].reasons, row.reasons);
  EXPECT_EQ(rows[0].facts, row.facts);
  EXPECT_TRUE(told().empty());
}

TEST_F(HistoryStoreTest, finds_a_message_and_what_answered_it_by_its_key) {
  auto store = open();
  store->append(make_outgoing("OUT1", true, kNow - Days{3}));
  store->append(make_inbound("IN1"));
  store->flush();
  auto reader = read();
  const auto rows = reader.find_message(12, 10).value();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].queue_id, "IN1");
  EXPECT_EQ(rows[1].queue_id, "OUT1");
  EXPECT_EQ(reader.find_message(11, 10).value().size(), 1U);
  EXPECT_TRUE(reader.find_message(13, 10).value().empty());
  EXPECT_TRUE(reader.find_message(0, 10).value().empty());
}

TEST_F(HistoryStoreTest, goes_through_what_was_judged_in_the_order_of_time) {
  auto store = open();
  for (int hour = 3; hour > 0; --hour)
    store->append(make_inbound("IN" + std::to_string(hour), kNow - Seconds{3600 * hour}));
  store->append(make_outgoing("OUT", true));
  HistoryRow other = make_inbound("OTHER");
  other.facts = "v=1 mode=off|v=1";
  other.facts_of = "10";
  store->append(other);
  store->flush();
  auto scan = HistoryScan::open(directory()).value();
  std::vector<HistoryRow> rows;
  std::vector<std::int64_t> outcomes;
  ASSERT_TRUE(scan.visit(kNow - Seconds{7200}, kNow + Seconds{1},
                         [&](const HistoryRow& row, std::int64_t outcome) {
                           rows.push_back(row);
                           outcomes.push_back(outcome);
                           return true;
                         }));
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].queue_id, "IN2");
  EXPECT_EQ(rows[1].queue_id, "IN1");
  EXPECT_EQ(outcomes[0], outcomes[1]);
  EXPECT_NE(outcomes[1], outcomes[2]);
  EXPECT_EQ(rows[2].facts, other.facts);
  EXPECT_EQ(rows[2].facts_of, "10");
  EXPECT_EQ(rows[2].recipients, other.recipients);
  EXPECT_EQ(rows[0].verdict, "forged");
  EXPECT_EQ(scan.count(kNow - Seconds{7200}, kNow + Seconds{1}).value(), 4U);
}

TEST_F(HistoryStoreTest, goes_through_more_rows_than_it_reads_at_once_and_ends_when_told) {
  auto store = open();
  for (int i = 0; i < 20'001; ++i) {
    store->append(make_inbound("IN" + std::to_string(i)));
    if (i % 5000 == 0) store->flush();
  }
  store->flush();
  auto scan = HistoryScan::open(directory()).value();
  std::size_t rows = 0;
  ASSERT_TRUE(scan.visit(Instant{}, kNow + Seconds{1}, [&](const HistoryRow&, std::int64_t) {
    ++rows;
    return true;
  }));
  EXPECT_EQ(rows, 20'001U);
  ASSERT_TRUE(scan.visit(Instant{}, kNow + Seconds{1},
                         [&](const HistoryRow&, std::int64_t) { return --rows > 20'000; }));
  EXPECT_EQ(rows, 20'000U);
}

TEST_F(HistoryStoreTest, takes_on_a_file_of_the_first_version_with_its_rows) {
  std::filesystem::create_directory(directory());
  {
    auto database = Database::open(file(), Access::Create).value();
    const Schema first{.application_id = kHistorySchema.application_id,
                       .steps = kHistorySchema.steps.first(1)};
    ASSERT_TRUE(update_schema(database, first));
    ASSERT_TRUE(
        database.run("INSERT INTO outcome VALUES(1,'bounce','forged','mark','refuse','','v=1')"));
    ASSERT_TRUE(database.run(
        "INSERT INTO message VALUES(65536,'OLD',1,'','anna@example.com',1,'',0,0,0,1)"));
  }
  clock_.set(Instant{Seconds{100}});
  auto store = open();
  store->append(make_inbound("NEW", Instant{Seconds{50}}));
  store->flush();
  auto scan = HistoryScan::open(directory()).value();
  std::vector<std::string> ids;
  ASSERT_TRUE(scan.visit(Instant{}, kNow, [&](const HistoryRow& row, std::int64_t) {
    ids.push_back(row.queue_id + row.facts_of);
    return true;
  }));
  EXPECT_EQ(ids, (std::vector<std::string>{"OLD", "NEW"}));
}

TEST_F(HistoryStoreTest, finds_a_recipient_within_a_span_newest_first) {
  auto store = open();
  for (int day = 0; day < 10; ++day)
    store->append(make_inbound("IN" + std::to_string(day), kNow - Days{day}));
  store->flush();
  auto reader = read();
  const auto rows = reader.find_recipient("Anna@Example.com", kNow - Days{2}, kNow, 10).value();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].queue_id, "IN0");
  EXPECT_EQ(rows[2].queue_id, "IN2");
  EXPECT_EQ(reader.find_recipient("#0123456789abcdef", kNow - Days{9}, kNow, 4).value().size(), 4U);
  EXPECT_TRUE(reader.find_recipient("bob@example.com", Instant{}, kNow, 10).value().empty());
}

TEST_F(HistoryStoreTest, counts_by_domain_and_outcome_in_a_span) {
  auto store = open();
  for (int i = 0; i < 5; ++i)
    store->append(make_inbound("IN", kNow));
  store->append(make_inbound("OLD", kNow - Days{2}));
  store->append(make_outgoing("OUT", true));
  store->append(make_outgoing("OUT", false));
  store->flush();
  auto reader = read();
  const auto counts = reader.count(kNow - Days{1}, kNow).value();
  ASSERT_EQ(counts.size(), 3U);
  for (const HistoryCount& count : counts) {
    EXPECT_EQ(count.domain, "example.com");
    EXPECT_EQ(count.count, count.what == "forged" ? 5U : 1U);
    EXPECT_EQ(count.enforced, count.what == "forged" ? "refuse" : "");
  }
}

TEST_F(HistoryStoreTest, keeps_the_row_of_a_canary_and_counts_it_nowhere) {
  HistoryRow row = make_inbound("canary");
  row.direction = Direction::Canary;
  auto store = open();
  store->append(row);
  store->flush();
  auto reader = read();
  const auto found = reader.find_queue_id("canary", 10).value();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().direction, Direction::Canary);
  EXPECT_EQ(found.front().verdict, "forged");
  EXPECT_TRUE(reader.count(kNow - Days{1}, kNow)->empty());
}

TEST_F(HistoryStoreTest, drops_what_is_too_old) {
  auto store = open({.days = 30, .rows = 1000});
  store->append(make_inbound("OLD", kNow - Days{31}));
  store->append(make_inbound("NEW", kNow - Days{29}));
  store->flush();
  auto reader = read();
  EXPECT_TRUE(reader.find_queue_id("OLD", 10).value().empty());
  EXPECT_TRUE(reader.find_recipient("anna@example.com", Instant{}, kNow - Days{30}, 9)->empty());
  EXPECT_EQ(reader.find_queue_id("NEW", 10).value().size(), 1U);
  EXPECT_EQ(reader.count(Instant{}, kNow).value().at(0).count, 1U);
}

TEST_F(HistoryStoreTest, drops_the_oldest_hour_when_there_are_too_many_rows_and_counts_on) {
  auto store = open({.days = 30, .rows = 1000});
  for (int hour = 20; hour > 0; --hour) {
    for (int i = 0; i < 60; ++i)
      store->append(make_inbound("H" + std::to_string(hour), kNow - Seconds{3600 * hour}));
  }
  store->flush();
  auto reader = read();
  const std::uint64_t rows = reader.row_count().value();
  EXPECT_LE(rows, 1000U);
  EXPECT_GE(rows, 800U);
  EXPECT_TRUE(reader.find_queue_id("H20", 100).value().empty());
  EXPECT_EQ(reader.find_queue_id("H1", 100).value().size(), 60U);
  EXPECT_EQ(reader.count(Instant{}, kNow).value().at(0).count, 1200U);
}

TEST_F(HistoryStoreTest, keeps_most_rows_when_all_are_of_one_hour) {
  auto store = open({.days = 30, .rows = 1000});
  for (int i = 0; i < 3000; ++i)
    store->append(make_inbound("IN" + std::to_string(i)));
  store->flush();
  auto reader = read();
  EXPECT_LE(reader.row_count().value(), 1000U);
  EXPECT_GE(reader.row_count().value(), 400U);
  EXPECT_EQ(reader.find_queue_id("IN2999", 10).value().size(), 1U);
}

TEST_F(HistoryStoreTest, keeps_every_row_when_the_clock_jumps) {
  auto store = open();
  for (const int days : {0, 2, 0, -2, 0}) {
    clock_.set(kNow + Days{days});
    store->append(make_inbound("JUMP", clock_.now()));
    store->flush();
  }
  auto reader = read();
  EXPECT_EQ(reader.find_queue_id("JUMP", 10).value().size(), 5U);
  EXPECT_EQ(reader.newest().value(), kNow + Days{2});
  EXPECT_TRUE(told().empty());
}

TEST_F(HistoryStoreTest, bounds_every_text_of_a_hostile_row) {
  HistoryRow row = make_inbound(std::string(100'000, 'q'));
  row.sender = row.client = row.kind = row.reasons = row.facts = std::string(100'000, 'x');
  row.recipients = std::vector<std::string>(1000, std::string(300, 'r') + "\n@example.com");
  open()->append(row);
  auto reader = read();
  const std::string cut(limits::kHistoryTextBytes, 'q');
  const auto rows = reader.find_queue_id(cut, 10).value();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].sender.size(), limits::kHistoryTextBytes);
  EXPECT_EQ(rows[0].facts.size(), limits::kHistoryTextBytes);
  EXPECT_EQ(rows[0].recipients.size(), 3U);
}

TEST_F(HistoryStoreTest, begins_anew_and_keeps_the_file_when_it_is_damaged) {
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

TEST_F(HistoryStoreTest, begins_anew_when_the_file_is_damaged_while_it_is_open) {
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

TEST_F(HistoryStoreTest, begins_another_file_when_its_own_was_removed) {
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

TEST_F(HistoryStoreTest, leaves_the_file_of_a_later_version_as_it_is) {
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

TEST_F(HistoryStoreTest, tells_once_of_a_missing_directory_and_writes_when_it_is_there) {
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

TEST_F(HistoryStoreTest, counts_rows_that_find_no_room_while_it_cannot_write) {
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

TEST_F(HistoryStoreTest, keeps_rows_in_the_queue_while_the_disk_is_full) {
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
  EXPECT_EQ(reader.count(Instant{}, kNow).value().at(0).count, 2501U);
}

TEST_F(HistoryStoreTest, is_whole_after_kill_9) {
  for (int round = 0; round < 5; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      auto store = open({.days = 30, .rows = 1000});
      for (int i = 0;; ++i) {
        store->append(make_inbound("IN" + std::to_string(i), kNow + Seconds{i / 50}));
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
