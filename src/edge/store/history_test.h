// A history in a directory of its own, and rows as mail leaves them.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "edge/store/history_reader.h"
#include "edge/store/history_store.h"
#include "testing/fake_clock.h"

namespace backstop::store {

inline const Instant kHistoryNow = parse_instant("2026-11-21T12:00:00Z").value();

inline transaction::HistoryRow make_inbound(std::string queue_id, Instant at = kHistoryNow) {
  transaction::HistoryRow row;
  row.at = at;
  row.queue_id = std::move(queue_id);
  row.direction = transaction::Direction::Inbound;
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

inline transaction::HistoryRow make_outgoing(std::string queue_id, bool is_signed,
                                             Instant at = kHistoryNow) {
  transaction::HistoryRow row;
  row.at = at;
  row.queue_id = std::move(queue_id);
  row.direction = transaction::Direction::Outgoing;
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
    clock_.set(kHistoryNow);
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

}  // namespace backstop::store
