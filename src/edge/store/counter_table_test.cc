#include "edge/store/counter_table.h"

#include <gtest/gtest.h>

#include "edge/store/account_rows.h"
#include "edge/store/pending_rows.h"

namespace backstop::store {
namespace {

proof::SentKey key(std::uint64_t number) {
  return (number + 1) * 0x9e37'79b9'7f4a'7c15 >> 1;
}

TEST(CounterTable, GivesWhatChangedOnceAndAgainWhenItIsPutBack) {
  CounterTable table(100);
  const std::vector<proof::SentKey> keys{key(1), key(2), key(1)};
  table.raise(keys, 20'778);
  EXPECT_EQ(table.count(key(1)), 2u);
  auto changed = table.take_changed();
  EXPECT_EQ(changed.size(), 2u);
  EXPECT_FALSE(table.has_changed());
  table.put_back(changed);
  EXPECT_TRUE(table.has_changed());
  EXPECT_EQ(table.take_changed().size(), 2u);
  EXPECT_TRUE(table.take_changed().empty());
}

TEST(CounterTable, AddsWhatStoodOnTheDiskToWhatWasCountedSince) {
  CounterTable table(100);
  table.raise(std::vector{key(1)}, 20'778);
  table.add_stored({key(1), 20'770, 41});
  EXPECT_EQ(table.count(key(1)), 42u);
  const auto changed = table.take_changed();
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0].day, 20'770) << "its table is that of the first use";
  EXPECT_EQ(changed[0].count, 42u);
}

TEST(CounterTable, IsBoundedAndGivesUpItsOldestDayFirst) {
  CounterTable table(1000);
  for (std::uint64_t i = 0; i < 2000; ++i)
    table.raise(std::vector{key(i)}, static_cast<DayNumber>(20'000 + i / 100));
  EXPECT_EQ(table.size(), 1000u);
  EXPECT_EQ(table.count(key(1500)), 0u);
  ASSERT_EQ(table.crowded_day(), 20'000);
  table.drop(20'000);
  EXPECT_EQ(table.size(), 900u);
  EXPECT_FALSE(table.crowded_day());
  table.raise(std::vector{key(1500)}, 20'015);
  EXPECT_EQ(table.count(key(1500)), 1u);
  EXPECT_EQ(table.count(key(1)), 0u);
}

TEST(AccountRows, RefusesTheRestOfTheDayOnceItIsOver) {
  AccountRows accounts;
  EXPECT_EQ(accounts.ask(1, 20'778, 199'999), AccountRows::Leave::Given);
  EXPECT_EQ(accounts.ask(1, 20'778, 1), AccountRows::Leave::Given);
  EXPECT_EQ(accounts.ask(1, 20'778, 1), AccountRows::Leave::FirstRefused);
  EXPECT_EQ(accounts.ask(1, 20'778, 0), AccountRows::Leave::Refused);
  EXPECT_EQ(accounts.ask(2, 20'778, 1), AccountRows::Leave::Given);
  EXPECT_EQ(accounts.ask(1, 20'779, 1), AccountRows::Leave::Given);
}

TEST(AccountRows, WritesDownOnlyThoseThatSendMuch) {
  AccountRows accounts;
  accounts.ask(1, 20'778, AccountRows::kWrittenFrom - 1);
  accounts.ask(2, 20'778, AccountRows::kWrittenFrom);
  const auto changed = accounts.take_changed();
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0].account, 2u);
  accounts.put_back(changed);
  EXPECT_EQ(accounts.take_changed().size(), 1u);
  EXPECT_TRUE(accounts.take_changed().empty());
}

TEST(AccountRows, KeepsAFewDaysWhateverTheClockDoes) {
  AccountRows accounts;
  for (DayNumber day = 21'000; day > 20'900; --day)
    EXPECT_EQ(accounts.ask(1, day, 200'001), AccountRows::Leave::FirstRefused);
  EXPECT_EQ(accounts.ask(1, 20'901, 1), AccountRows::Leave::Refused) << "the day at hand";
}

TEST(PendingRows, FindsTheNewestOfEachKey) {
  PendingRows rows;
  EXPECT_EQ(rows.find(key(1)), nullptr);
  for (std::uint64_t i = 0; i < 10'000; ++i)
    rows.put({key(i % 5000), static_cast<std::int64_t>(i), 20'778});
  EXPECT_EQ(rows.size(), 5000u);
  ASSERT_NE(rows.find(key(4)), nullptr);
  EXPECT_EQ(rows.find(key(4))->value, 5004);
  EXPECT_EQ(rows.find(key(5000)), nullptr);
  rows.clear();
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(rows.find(key(4)), nullptr);
}

}  // namespace
}  // namespace backstop::store
