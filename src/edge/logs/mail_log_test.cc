#include "edge/logs/mail_log.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>

#include "core/base/limits.h"
#include "edge/logs/log_follower.h"

namespace backstop::logs {
namespace {

const Instant kNow = parse_instant("2026-11-21T12:00:00Z").value();

class LogsTest : public testing::Test {
 protected:
  LogsTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "backstop-XXXXXX").string();
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  ~LogsTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary) << text;
  }
  void append(const std::string& name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary | std::ios::app) << text;
  }
  void write_gzip(const std::string& name, std::string_view text) const {
    gzFile file = gzopen(path(name).c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
  }
  LogAnswer search(const LogQuery& query) const {
    return search_logs({path("mail.log")}, query, kNow, LogZone::Utc);
  }

  std::string folder_;
};

std::string line(std::string_view time, std::string_view rest) {
  return std::string(time) + " mail postfix/" + std::string(rest) + "\n";
}

const std::string kAccepted =
    line("Nov 20 23:00:00", "cleanup[1]: 4fzXJ03pRXz1xT: message-id=<17@example.com>") +
    line("Nov 20 23:00:00",
         "qmgr[1]: 4fzXJ03pRXz1xT: from=<anna@example.com>, size=1, nrcpt=1 (queue active)");
const std::string kWaiting =
    line("Nov 20 23:00:01",
         "smtp[1]: 4fzXJ03pRXz1xT: to=<bob@remote.test>, relay=none, delay=1, delays=1/0/0/0, "
         "dsn=4.4.1, status=deferred (connect to remote.test[192.0.2.7]:25: Connection timed out)");
const std::string kSentLater = line(
    "Nov 21 01:00:01",
    "smtp[1]: 4fzXJ03pRXz1xT: to=<bob@remote.test>, relay=mx.remote.test[192.0.2.7]:25, delay=1, "
    "delays=1/0/0/0, dsn=2.0.0, status=sent (250 2.0.0 Ok)");
const std::string kRemoved = line("Nov 21 01:00:01", "qmgr[1]: 4fzXJ03pRXz1xT: removed");
const std::string kOther =
    line("Nov 21 02:00:00",
         "smtp[1]: 4fzXJ03pRXz1zz: to=<bob@remote.test>, relay=none, delay=1, delays=1/0/0/0, "
         "dsn=5.1.1, status=bounced (no)");

TEST_F(LogsTest, tells_a_message_by_its_queue_id_over_a_rotation) {
  write("mail.log", kSentLater + kRemoved + kOther);
  write("mail.log.1", kOther + kAccepted + kWaiting);
  const LogAnswer answer =
      search({.queue_ids = {"4fzXJ03pRXz1xT"}, .message_ids = {}, .since = {}});
  ASSERT_EQ(answer.messages.size(), 1U);
  const LoggedMessage& message = answer.messages[0];
  EXPECT_EQ(message.sender, "anna@example.com");
  EXPECT_EQ(message.message_id, "17@example.com");
  ASSERT_EQ(message.deliveries.size(), 2U);
  EXPECT_EQ(message.deliveries[0].status, "deferred");
  EXPECT_EQ(message.deliveries[1].status, kSent);
  EXPECT_EQ(message.deliveries[1].text, "250 2.0.0 Ok");
  ASSERT_TRUE(message.done);
  EXPECT_EQ(render_instant(*message.done), "2026-11-21T01:00:01Z");
  EXPECT_EQ(answer.files.size(), 2U);
}

TEST_F(LogsTest, tells_a_message_by_its_message_id_that_only_an_older_compressed_file_names) {
  write("mail.log", kOther + kSentLater + kRemoved);
  write("mail.log.1", kOther);
  write_gzip("mail.log.2.gz", kAccepted + kWaiting);
  const LogAnswer answer =
      search({.queue_ids = {}, .message_ids = {"17@example.com"}, .since = {}});
  ASSERT_EQ(answer.messages.size(), 1U);
  EXPECT_EQ(answer.messages[0].queue_id, "4fzXJ03pRXz1xT");
  EXPECT_EQ(answer.messages[0].deliveries.size(), 2U);
  EXPECT_TRUE(answer.messages[0].done);
}

TEST_F(LogsTest, stops_at_the_file_in_which_the_message_begins) {
  write("mail.log", kAccepted + kSentLater);
  write("mail.log.1", kOther);
  EXPECT_EQ(search({.queue_ids = {"4fzXJ03pRXz1xT"}, .message_ids = {}, .since = {}}).files.size(),
            1U);
}

TEST_F(LogsTest, says_how_far_back_it_looked_when_nothing_is_found) {
  write("mail.log", kOther);
  write_gzip("mail.log.2.gz", kAccepted);
  const LogAnswer answer = search({.queue_ids = {"NOSUCH1"}, .message_ids = {}, .since = {}});
  EXPECT_TRUE(answer.messages.empty());
  ASSERT_EQ(answer.files.size(), 2U);
  EXPECT_EQ(render_instant(answer.files[1].oldest.value()), "2026-11-20T23:00:00Z");
}

TEST_F(LogsTest, reads_no_file_that_is_older_than_asked_for) {
  write("mail.log", kAccepted);
  write("mail.log.1", kAccepted);
  const LogAnswer answer = search({.queue_ids = {"NOSUCH1"},
                                   .message_ids = {},
                                   .since = parse_instant("2026-11-21T00:00:00Z").value()});
  EXPECT_EQ(answer.files.size(), 1U);
}

TEST_F(LogsTest, says_so_when_a_compressed_file_is_broken) {
  write_gzip("mail.log.2.gz", std::string(100'000, 'x') + "\n" + kAccepted);
  std::filesystem::resize_file(path("mail.log.2.gz"), 60);
  const LogAnswer answer = search({.queue_ids = {"NOSUCH1"}, .message_ids = {}, .since = {}});
  ASSERT_EQ(answer.files.size(), 1U);
  EXPECT_NE(answer.files[0].trouble, "");
}

TEST_F(LogsTest, reads_no_more_than_it_may) {
  std::string many;
  for (int i = 0; i < 20'000; ++i)
    many += kOther;
  write("mail.log", many);
  const LogAnswer answer =
      search_logs({path("mail.log")}, {.queue_ids = {"NOSUCH1"}, .message_ids = {}, .since = {}},
                  kNow, LogZone::Utc, 500'000);
  EXPECT_TRUE(answer.cut);
  EXPECT_LT(answer.files[0].bytes, 1'500'000U);
}

TEST_F(LogsTest, gathers_no_more_messages_than_it_may_for_one_message_id) {
  std::string many;
  for (int i = 0; i < 500; ++i) {
    many += line("Nov 21 01:00:00", "cleanup[1]: 4fzXJ0" + std::to_string(10'000 + i) +
                                        ": message-id=<17@example.com>");
  }
  write("mail.log", many);
  const LogAnswer answer =
      search({.queue_ids = {}, .message_ids = {"17@example.com"}, .since = {}});
  EXPECT_EQ(answer.messages.size(), limits::kLogMessages);
  EXPECT_TRUE(answer.cut);
}

TEST_F(LogsTest, finds_rotated_files_newest_first_and_nothing_else) {
  for (const char* name : {"mail.log", "mail.log.1", "mail.log.2.gz", "mail.log.10.gz",
                           "mail.log.bak", "mail.log2", "mail.logs.1"}) {
    write(name, "");
  }
  EXPECT_EQ(find_log_files(path("mail.log")),
            (std::vector<std::string>{path("mail.log"), path("mail.log.1"), path("mail.log.2.gz"),
                                      path("mail.log.10.gz")}));
  for (const char* name : {"maillog", "maillog-20261101", "maillog-20261115.gz"})
    write(name, "");
  EXPECT_EQ(find_log_files(path("maillog")),
            (std::vector<std::string>{path("maillog"), path("maillog-20261115.gz"),
                                      path("maillog-20261101")}));
  EXPECT_TRUE(find_log_files(path("none/mail.log")).empty());
}

TEST_F(LogsTest, tells_of_the_bounce_that_exim_made) {
  write("mail.log",
        "2026-11-21 06:00:01 1vAbCd-000123-4X <= anna@example.com P=local S=1 id=17@example.com\n"
        "2026-11-21 06:00:02 1vAbCd-000123-4X ** x@remote.test: Unrouteable address\n"
        "2026-11-21 06:00:02 1vAbCd-000124-Ab <= <> R=1vAbCd-000123-4X U=Debian-exim P=local\n"
        "2026-11-21 06:00:02 1vAbCd-000123-4X Completed\n");
  const LogAnswer answer =
      search({.queue_ids = {}, .message_ids = {"17@example.com"}, .since = {}});
  ASSERT_EQ(answer.messages.size(), 1U);
  EXPECT_EQ(answer.messages[0].notices, std::vector<std::string>{"1vAbCd-000124-Ab"});
}

class FollowerTest : public LogsTest {
 protected:
  std::vector<std::string> poll(LogFollower& follower) {
    std::vector<std::string> ids;
    last_ = follower.poll(kNow, [&](const LogLine& line) { ids.emplace_back(line.queue_id); });
    return ids;
  }
  static std::string removed(std::string_view id) {
    return "Nov 21 06:00:00 mail postfix/qmgr[1]: " + std::string(id) + ": removed\n";
  }
  using Ids = std::vector<std::string>;
  LogFollower::Polled last_;
};

TEST_F(FollowerTest, hands_out_only_what_is_new) {
  write("mail.log", removed("OLD0001"));
  LogFollower follower(path("mail.log"));
  EXPECT_EQ(poll(follower), Ids{});
  append("mail.log", removed("NEW0001") + "Nov 21 06:00:00 mail cron[1]: x\n" + removed("NEW0002"));
  EXPECT_EQ(poll(follower), (Ids{"NEW0001", "NEW0002"}));
  EXPECT_EQ(last_.lines, 3U);
  EXPECT_EQ(last_.parsed, 2U);
  EXPECT_EQ(poll(follower), Ids{});
}

TEST_F(FollowerTest, waits_for_the_end_of_a_line) {
  write("mail.log", "");
  LogFollower follower(path("mail.log"));
  EXPECT_EQ(poll(follower), Ids{});
  const std::string text = removed("NEW0001");
  append("mail.log", text.substr(0, 30));
  EXPECT_EQ(poll(follower), Ids{});
  append("mail.log", text.substr(30));
  EXPECT_EQ(poll(follower), Ids{"NEW0001"});
}

TEST_F(FollowerTest, takes_no_half_line_that_was_begun_before_it_came) {
  const std::string text = removed("NEW0001");
  write("mail.log", text.substr(0, 3));
  LogFollower follower(path("mail.log"));
  EXPECT_EQ(poll(follower), Ids{});
  append("mail.log", text.substr(3) + removed("NEW0002"));
  EXPECT_EQ(poll(follower), Ids{"NEW0002"});
}

TEST_F(FollowerTest, reads_a_log_that_was_renamed_away_to_its_end_and_the_new_one_from_its_start) {
  write("mail.log", "");
  LogFollower follower(path("mail.log"));
  EXPECT_EQ(poll(follower), Ids{});
  append("mail.log", removed("NEW0001"));
  std::filesystem::rename(path("mail.log"), path("mail.log.1"));
  append("mail.log.1", removed("NEW0002"));
  write("mail.log", removed("NEW0003"));
  EXPECT_EQ(poll(follower), (Ids{"NEW0001", "NEW0002", "NEW0003"}));
}

TEST_F(FollowerTest, keeps_reading_the_renamed_log_until_there_is_a_new_one) {
  write("mail.log", "");
  LogFollower follower(path("mail.log"));
  poll(follower);
  std::filesystem::rename(path("mail.log"), path("mail.log.1"));
  append("mail.log.1", removed("NEW0001"));
  EXPECT_EQ(poll(follower), Ids{"NEW0001"});
  write("mail.log", removed("NEW0002"));
  EXPECT_EQ(poll(follower), Ids{"NEW0002"});
}

TEST_F(FollowerTest, reads_a_log_that_was_cut_short_from_its_start) {
  write("mail.log", removed("OLD0001") + removed("OLD0002"));
  LogFollower follower(path("mail.log"));
  EXPECT_EQ(poll(follower), Ids{});
  std::filesystem::resize_file(path("mail.log"), 0);
  append("mail.log", removed("NEW0001"));
  EXPECT_EQ(poll(follower), Ids{"NEW0001"});
}

TEST_F(FollowerTest, begins_a_log_that_was_missing_at_its_start) {
  LogFollower follower(path("mail.log"));
  EXPECT_EQ(poll(follower), Ids{});
  EXPECT_NE(last_.trouble, "");
  write("mail.log", removed("NEW0001"));
  EXPECT_EQ(poll(follower), Ids{"NEW0001"});
  EXPECT_EQ(last_.trouble, "");
}

TEST_F(FollowerTest, passes_over_a_line_that_is_too_long) {
  write("mail.log", "");
  LogFollower follower(path("mail.log"));
  poll(follower);
  append("mail.log", std::string(limits::kLogLineBytes * 10, 'x'));
  EXPECT_EQ(poll(follower), Ids{});
  append("mail.log", " end\n" + removed("NEW0001"));
  EXPECT_EQ(poll(follower), Ids{"NEW0001"});
}

TEST_F(FollowerTest, reads_a_flood_in_several_looks) {
  write("mail.log", "");
  LogFollower follower(path("mail.log"));
  poll(follower);
  std::string flood;
  const std::string one = removed("NEW0001");
  while (flood.size() <= limits::kLogPollBytes)
    flood += one;
  append("mail.log", flood);
  std::size_t count = poll(follower).size();
  EXPECT_TRUE(last_.more);
  count += poll(follower).size();
  EXPECT_FALSE(last_.more);
  EXPECT_EQ(count, flood.size() / one.size());
}

TEST_F(FollowerTest, says_why_it_cannot_read) {
  LogFollower follower(folder_);
  EXPECT_EQ(poll(follower), Ids{});
  EXPECT_EQ(last_.trouble, "is no regular file");
}

}  // namespace
}  // namespace backstop::logs
