#include "edge/logs/log_merge.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace backstop::logs {
namespace {

const Instant kNow = parse_instant("2026-11-21T12:00:00Z").value();

class LogMergeTest : public testing::Test {
 protected:
  LogMergeTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "backstop-XXXXXX").string();
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  ~LogMergeTest() override { std::filesystem::remove_all(folder_); }

  static std::string removed(const std::string& clock, const std::string& id) {
    return "Nov 21 " + clock + " mail postfix/qmgr[1]: " + id + ": removed\n";
  }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << text;
    return folder_ + "/" + name;
  }
  std::string pack(const std::string& name, const std::string& text, int filter) const {
    const std::string path = folder_ + "/" + name;
    archive* const handle = archive_write_new();
    archive_write_add_filter(handle, filter);
    archive_write_set_format_raw(handle);
    EXPECT_EQ(archive_write_open_filename(handle, path.c_str()), ARCHIVE_OK);
    archive_entry* const entry = archive_entry_new();
    archive_entry_set_pathname(entry, "log");
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_write_header(handle, entry);
    archive_write_data(handle, text.data(), text.size());
    archive_entry_free(entry);
    archive_write_close(handle);
    archive_write_free(handle);
    return path;
  }
  std::vector<std::string> read(const std::vector<std::string>& paths) {
    LogMerge merge(paths, kNow, LogZone::Utc);
    std::vector<std::string> ids;
    while (const LogLine* const line = merge.next())
      ids.emplace_back(line->queue_id);
    troubles_ = merge.troubles();
    lines_ = merge.lines();
    return ids;
  }
  using Ids = std::vector<std::string>;
  std::string folder_;
  std::vector<std::string> troubles_;
  std::uint64_t lines_ = 0;
};

TEST_F(LogMergeTest, reads_rotated_files_oldest_first_however_they_are_named) {
  const std::string young = write("a", removed("06:00:03", "CCCCC") + "noise\n");
  const std::string old = write("b", removed("06:00:01", "AAAAA") + removed("06:00:02", "BBBBB"));
  EXPECT_EQ(read({young, old}), (Ids{"AAAAA", "BBBBB", "CCCCC"}));
  EXPECT_EQ(lines_, 4U);
  EXPECT_TRUE(troubles_.empty());
}

TEST_F(LogMergeTest, weaves_logs_of_two_hosts_by_time) {
  const std::string one = write("a", removed("06:00:01", "AAAAA") + removed("06:00:03", "CCCCC"));
  const std::string two = write("b", removed("06:00:02", "BBBBB") + removed("06:00:04", "DDDDD"));
  EXPECT_EQ(read({one, two}), (Ids{"AAAAA", "BBBBB", "CCCCC", "DDDDD"}));
}

TEST_F(LogMergeTest, unpacks_what_rotation_packs) {
  EXPECT_EQ(read({pack("a.zst", removed("06:00:03", "CCCCC"), ARCHIVE_FILTER_ZSTD),
                  pack("b.xz", removed("06:00:02", "BBBBB"), ARCHIVE_FILTER_XZ),
                  pack("c.gz", removed("06:00:01", "AAAAA"), ARCHIVE_FILTER_GZIP)}),
            (Ids{"AAAAA", "BBBBB", "CCCCC"}));
  EXPECT_TRUE(troubles_.empty());
}

TEST_F(LogMergeTest, says_which_file_was_not_read_to_its_end) {
  std::string noise;
  for (unsigned i = 0; i < 5000; ++i)
    noise += removed("06:00:01", std::to_string(10'000'000 + i * 7919U));
  const std::string cut = pack("a.gz", noise, ARCHIVE_FILTER_GZIP);
  std::filesystem::resize_file(cut, std::filesystem::file_size(cut) / 2);
  read({cut, write("empty", "")});
  ASSERT_EQ(troubles_.size(), 1U);
  EXPECT_EQ(troubles_[0].rfind(cut + ": ", 0), 0U);
}

}  // namespace
}  // namespace backstop::logs
