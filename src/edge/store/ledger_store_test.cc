#include "edge/store/ledger_store.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "ledger_room/ledger_room.h"

namespace backstop::store {
namespace {

using LedgerStoreTest = LedgerRoom;

std::uint32_t count_of(LedgerStore& store, proof::SentKey counter) {
  proof::LedgerQuery query;
  query.counters = {counter};
  const auto answer = store.look_up(query, kNow);
  EXPECT_TRUE(answer);
  return answer ? answer->counters.at(0) : 0;
}

TEST_F(LedgerStoreTest, RemembersAcrossARestart) {
  open().record_sent(sent_message(1));
  store_->count_uses({.since = kNow, .counters = {key(500), key(500)}});
  close();
  open();
  EXPECT_TRUE(is_found(1));
  EXPECT_FALSE(is_found(2));
  EXPECT_EQ(count_of(*store_, key(500)), 2u);
  EXPECT_EQ(store_->look_up(query_of(1), kNow)->largest_header_bytes, 900u);
  EXPECT_EQ(observer_.text(), "") << "all was well";
  close();
  EXPECT_EQ(quick_check(), "ok");
}

TEST_F(LedgerStoreTest, CountsGoOnAfterARestart) {
  for (std::uint32_t i = 1; i <= 3; ++i) {
    open().count_uses({.since = kNow - Days{static_cast<int>(i)}, .counters = {key(500)}});
    EXPECT_EQ(count_of(*store_, key(500)), i);
  }
}

TEST_F(LedgerStoreTest, AnswersFromMemoryOnlyWhatIsCertain) {
  open().record_sent(sent_message(1));
  ASSERT_TRUE(comes_true([&] { return store_->state().is_indexed; }));
  EXPECT_FALSE(store_->look_up_now(query_of(1), kNow));
  auto miss = store_->look_up_now(query_of(2), kNow);
  ASSERT_TRUE(miss);
  EXPECT_EQ(miss->messages.size(), 1u);
  EXPECT_FALSE(miss->messages[0]);
  store_->flush();
  close();
  open();
  ASSERT_TRUE(comes_true([&] { return store_->state().is_indexed; }));
  EXPECT_FALSE(store_->look_up_now(query_of(1), kNow));
  EXPECT_TRUE(store_->look_up_now(query_of(2), kNow));
  EXPECT_EQ(store_->state().index_keys, 3u);
}

TEST_F(LedgerStoreTest, FindsEveryMessageWhileItsIndexIsBeingFilled) {
  open();
  for (std::uint64_t i = 0; i < 3000; ++i)
    store_->record_sent(sent_message(i, kNow - Days{static_cast<int>(i % 20)}));
  close();
  open();
  std::size_t found = 0;
  for (std::uint64_t i = 0; i < 3000; ++i)
    found += is_found(i) ? 1U : 0U;
  EXPECT_EQ(found, 3000u);
  ASSERT_TRUE(comes_true([&] { return store_->state().is_indexed; }));
  EXPECT_EQ(store_->state().index_keys, 9000u);
}

TEST_F(LedgerStoreTest, WhatWasFlushedOutlivesTheProcess) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    open();
    for (std::uint64_t i = 0; i < 500; ++i)
      store_->record_sent(sent_message(i));
    store_->count_uses({.since = kNow, .counters = {key(5000)}});
    if (!store_->flush()) _exit(3);
    for (std::uint64_t i = 500; i < 1000; ++i)
      store_->record_sent(sent_message(i));
    raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  open();
  std::size_t found = 0;
  for (std::uint64_t i = 0; i < 500; ++i)
    found += is_found(i) ? 1U : 0U;
  EXPECT_EQ(found, 500u);
  EXPECT_EQ(count_of(*store_, key(5000)), 1u);
  close();
  EXPECT_EQ(quick_check(), "ok");
}

TEST_F(LedgerStoreTest, AccountOverItsLimitStaysSoAfterARestartAndIsNamedOnce) {
  auto bulk = sent_message(0);
  bulk.pairs.clear();
  for (std::uint64_t i = 0; i < limits::kTransactionRecipients; ++i)
    bulk.pairs.push_back(key(9'000'000 + i));
  open();
  for (std::uint64_t i = 0; i < 205; ++i) {
    bulk.message = key(1'000'000 + i);
    bulk.queue_id = key(2'000'000 + i);
    store_->record_sent(bulk);
  }
  store_->flush();
  ASSERT_EQ(observer_.count("000000000000004d has had 200000 rows"), 1u) << observer_.text();
  EXPECT_EQ(observer_.alarms(), 1u);
  EXPECT_EQ(observer_.gaps().size(), 0u) << "a limit is no failure";
  close();
  open().record_sent(sent_message(1));
  auto other = sent_message(2);
  other.account = 78;
  store_->record_sent(other);
  store_->flush();
  EXPECT_FALSE(is_found(1));
  EXPECT_TRUE(is_found(2));
  EXPECT_EQ(observer_.alarms(), 1u);
}

TEST_F(LedgerStoreTest, ThreadsRecordCountAndAskAtOnce) {
  open();
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint64_t i = 0; i < 300; ++i) {
        const std::uint64_t number = t * 10'000 + i;
        store_->record_sent(sent_message(number));
        store_->count_uses({.since = kNow, .counters = {key(7'777'777)}});
        EXPECT_TRUE(is_found(number));
        store_->look_up_now(query_of(number + 5000), kNow);
        if (i % 100 == 0) store_->flush();
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(count_of(*store_, key(7'777'777)), 1200u);
  close();
  EXPECT_EQ(quick_check(), "ok");
}

TEST_F(LedgerStoreTest, FlushAndCloseAreHarmlessTwiceAndLate) {
  open();
  EXPECT_TRUE(store_->flush());
  store_->close();
  store_->close();
  EXPECT_FALSE(store_->flush());
  store_->record_sent(sent_message(1));
  EXPECT_FALSE(store_->look_up(query_of(1), kNow));
}

}  // namespace
}  // namespace backstop::store
