// Days in the ledger: old ones, those of a wrong clock, and where numbers get a digit more.
#include <gtest/gtest.h>

#include "ledger_room/ledger_room.h"

namespace backstop::store {
namespace {

class LedgerDays : public LedgerRoom {
 protected:
  // The file's day follows the clock at once.
  LedgerStore& open_fast() {
    return open({.directory = {}, .horizon_step = std::chrono::milliseconds{0}});
  }
  static DayNumber day(int days_from_now) { return day_of(kNow) + days_from_now; }
};

TEST_F(LedgerDays, OldRowsBecomeFingerprintsOfMessagesAlone) {
  open_fast();
  for (std::uint64_t i = 0; i < 50; ++i)
    store_->record_sent(sent_message(i));
  store_->flush();
  EXPECT_EQ(tables().sent, std::set<DayNumber>{day(0)});
  clock_.advance(Days{22});
  ASSERT_TRUE(comes_true([&] { return tables().late.contains(day(0)) && tables().sent.empty(); }));
  const auto answer = store_->look_up(query_of(1), clock_.now());
  ASSERT_TRUE(answer);
  ASSERT_TRUE(answer->messages.at(0));
  EXPECT_TRUE(answer->messages[0]->late);
  EXPECT_FALSE(answer->queue_ids.at(0));
  EXPECT_FALSE(answer->pairs.at(0));
  ASSERT_TRUE(comes_true([&] { return store_->state().index_keys == 50; }));
  EXPECT_EQ(answer->largest_header_bytes, 0u);
}

TEST_F(LedgerDays, FingerprintsAndCountersAreDroppedWithTheirDay) {
  open_fast().record_sent(sent_message(1));
  store_->count_uses({.since = kNow, .counters = {key(500)}});
  store_->count_uses({.since = kNow + Days{50}, .counters = {key(501)}});
  store_->flush();
  clock_.advance(Days{101});
  ASSERT_TRUE(comes_true([&] { return tables().late.empty() && tables().sent.empty(); }));
  ASSERT_TRUE(comes_true([&] { return tables().uses == std::set<DayNumber>{day(50)}; }));
  ASSERT_TRUE(comes_true([&] { return store_->state().is_indexed; }));
  EXPECT_TRUE(store_->look_up_now(query_of(1), clock_.now()));
  EXPECT_EQ(store_->state().index_keys, 0u);
  // What stands in memory goes after its table.
  EXPECT_TRUE(comes_true([&] { return store_->state().use_counters == 1; }));
}

TEST_F(LedgerDays, RowsTurnIntoFingerprintsAcrossManySteps) {
  open_fast();
  for (std::uint64_t i = 0; i < 45'000; ++i) {
    auto message = sent_message(i);
    message.account = i / 1000;
    store_->record_sent(message);
    if (i % 20'000 == 0) store_->flush();
  }
  store_->flush();
  clock_.advance(Days{22});
  ASSERT_TRUE(comes_true([&] { return tables().sent.empty(); }));
  std::size_t late = 0;
  for (std::uint64_t i = 0; i < 45'000; i += 100) {
    const auto answer = store_->look_up(query_of(i), clock_.now());
    late += answer && answer->messages.at(0) && answer->messages[0]->late ? 1U : 0U;
  }
  EXPECT_EQ(late, 450u);
}

TEST_F(LedgerDays, ClockThatJumpsForwardDropsNothingAtOnce) {
  open().record_sent(sent_message(1, kNow - Days{20}));
  store_->flush();
  // A clock that is wrong for a moment, or at boot.
  for (const int jump : {2, 40, 4000, -2, -20'000}) {
    clock_.set(kNow + Days{jump});
    for (int i = 0; i < 3; ++i) {
      store_->record_sent(sent_message(100, clock_.now()));
      EXPECT_TRUE(store_->flush());
    }
    close();
    open();
  }
  clock_.set(kNow);
  EXPECT_TRUE(is_found(1));
  EXPECT_TRUE(tables().sent.contains(day(-20)));
}

TEST_F(LedgerDays, RowsOfAClockTwoDaysOffAreFoundUnderTheRightOneAndKept) {
  for (const int jump : {2, -2}) {
    clock_.set(kNow + Days{jump});
    open_fast().record_sent(sent_message(1, clock_.now()));
    store_->flush();
    clock_.set(kNow);
    EXPECT_TRUE(is_found(1));
    close();
    open_fast();
    store_->flush();
    EXPECT_TRUE(is_found(1));
    EXPECT_TRUE(tables().sent.contains(day(jump)));
  }
}

TEST_F(LedgerDays, MailSentUnderAClockThatStoodInThePastIsKept) {
  open_fast().record_sent(sent_message(1));
  clock_.set(Instant{Seconds{12'345}});
  store_->record_sent(sent_message(2, clock_.now()));
  store_->flush();
  clock_.set(kNow + Days{3});
  store_->flush();
  EXPECT_TRUE(is_found(2));
  EXPECT_FALSE(tables().sent.contains(0));
}

TEST_F(LedgerDays, Day21000IsADayLikeAnyOther) {
  for (const DayNumber number : {20'999, 21'000, 21'001}) {
    clock_.set(start_of(number));
    open_fast();
    // The first and the last second.
    const auto id = static_cast<std::uint64_t>(number);
    store_->record_sent(sent_message(id, start_of(number)));
    store_->record_sent(sent_message(id + 100'000, start_of(number + 1) - Seconds{1}));
    store_->flush();
    for (const DayNumber earlier : {20'999, 21'000, 21'001}) {
      if (earlier > number) continue;
      const auto earlier_id = static_cast<std::uint64_t>(earlier);
      EXPECT_TRUE(is_found(earlier_id)) << earlier << " on " << number;
      EXPECT_TRUE(is_found(earlier_id + 100'000)) << earlier << " on " << number;
      const auto answer = store_->look_up(query_of(earlier_id + 100'000), clock_.now());
      EXPECT_EQ(answer->messages.at(0)->sent, start_of(earlier + 1) - Seconds{1});
    }
  }
  EXPECT_EQ(tables().sent, (std::set<DayNumber>{20'999, 21'000, 21'001}));
  clock_.set(start_of(21'000 + 22));
  ASSERT_TRUE(comes_true([&] { return tables().late.contains(21'000); }));
  EXPECT_EQ(tables().sent, std::set<DayNumber>{21'001});
}

TEST_F(LedgerDays, MessageSentAgainOnAnotherDayIsFoundUnderTheLater) {
  open().record_sent(sent_message(1, kNow - Days{1}));
  store_->flush();
  store_->record_sent(sent_message(1, kNow));
  store_->flush();
  EXPECT_EQ(store_->look_up(query_of(1), kNow)->messages.at(0)->sent, kNow);
  close();
  open();
  EXPECT_EQ(store_->look_up(query_of(1), kNow)->messages.at(0)->sent, kNow);
}

}  // namespace
}  // namespace backstop::store
