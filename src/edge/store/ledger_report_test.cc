#include "edge/store/ledger_report.h"

#include <gtest/gtest.h>

#include <fstream>

#include "ledger_room/ledger_room.h"

namespace backstop::store {
namespace {

using LedgerReportTest = LedgerRoom;

TEST_F(LedgerReportTest, TellsOfARunningLedgerWhatItHolds) {
  open().record_sent(sent_message(1));
  store_->record_sent(sent_message(2, kNow - Days{1}));
  store_->count_uses({.since = kNow, .counters = {key(500)}});
  ASSERT_TRUE(store_->flush());
  auto inspection = LedgerInspection::open(temporary_.path());
  ASSERT_TRUE(inspection) << inspection.error().text();
  const auto report = inspection->report();
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->version, 1);
  EXPECT_GT(report->bytes, 4096u);
  EXPECT_FALSE(report->lost_at);
  ASSERT_EQ(report->days.size(), 2u);
  EXPECT_EQ(report->days[0].day, day_of(kNow) - 1);
  EXPECT_EQ(report->days[1].rows, 3u);
  EXPECT_EQ(report->days[1].largest_header_bytes, 900u);
  auto query = query_of(1);
  query.counters = {key(500), key(501)};
  query.messages.push_back(key(999));
  const auto answer = inspection->look_up(query, kNow);
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(answer->messages.at(0)->sent, kNow);
  EXPECT_FALSE(answer->messages.at(1));
  EXPECT_TRUE(answer->queue_ids.at(0));
  EXPECT_EQ(answer->pairs.at(0), kNow);
  EXPECT_EQ(answer->counters, (std::vector<std::uint32_t>{1, 0}));
  EXPECT_EQ(answer->largest_header_bytes, 900u);
}

TEST_F(LedgerReportTest, LooksWhetherTheFileIsSoundForAsLongAsItMay) {
  open();
  for (std::uint64_t i = 0; i < 5000; ++i)
    store_->record_sent(sent_message(i));
  close();
  auto inspection = LedgerInspection::open(temporary_.path()).value();
  const auto check = inspection.check(std::chrono::minutes{1});
  ASSERT_TRUE(check);
  EXPECT_TRUE(check->is_finished);
  EXPECT_TRUE(check->findings.empty());
  const auto none = inspection.check(std::chrono::milliseconds{0});
  ASSERT_TRUE(none) << none.error().text();
  EXPECT_FALSE(none->is_finished);
  ASSERT_TRUE(inspection.check(std::chrono::minutes{1})->is_finished) << "the limit is gone again";
  {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(40 * 4096);
    file << std::string(8192, '\xa5');
  }
  auto damaged = LedgerInspection::open(temporary_.path()).value();
  const auto found = damaged.check(std::chrono::minutes{1});
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_FALSE(found->findings.empty());
}

TEST_F(LedgerReportTest, SaysWhyThereIsNothingToTell) {
  EXPECT_EQ(LedgerInspection::open(temporary_.path()).error().code, Errc::NotFound);
  std::ofstream(path_) << std::string(9000, 'x');
  EXPECT_EQ(LedgerInspection::open(temporary_.path()).error().code, Errc::Invalid);
}

}  // namespace
}  // namespace backstop::store
