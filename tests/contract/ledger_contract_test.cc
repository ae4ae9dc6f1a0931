// What every ledger must do, real or fake.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/base/limits.h"
#include "edge/store/ledger_store.h"
#include "testing/fake_clock.h"
#include "testing/fake_ledger.h"
#include "testing/temporary_directory.h"

namespace backstop {
namespace {

const Instant kNow = parse_instant("2026-11-21T03:23:34Z").value();

class SilentObserver final : public store::LedgerObserver {
 public:
  void on_notice(ports::LogLevel /*level*/, std::string_view /*sentence*/) override {}
  void on_alarm(alarm::Alarm /*alarm*/, std::string_view /*sentence*/) override {}
  void on_writes_failing(Instant /*since*/) override {}
  void on_writes_working(Instant /*now*/) override {}
};

class RealLedger {
 public:
  RealLedger() { open(temporary_.path()); }
  ports::Ledger& ledger() { return *ledger_; }
  // What waits is written down, or not: the answers must be the same.
  void settle() { ledger_->flush(); }
  ports::Ledger& away() {
    open(temporary_ / "not/there");
    return *ledger_;
  }

 private:
  void open(const std::string& directory) {
    ledger_ = std::make_unique<store::LedgerStore>(store::LedgerOptions{.directory = directory},
                                                   clock_, observer_);
  }
  const testing::TemporaryDirectory temporary_;
  testing::FakeClock clock_{kNow};
  SilentObserver observer_;
  std::unique_ptr<store::LedgerStore> ledger_;
};

class ScriptedLedger {
 public:
  ports::Ledger& ledger() { return ledger_; }
  void settle() {}
  ports::Ledger& away() {
    ledger_.set_away(true);
    return ledger_;
  }

 private:
  testing::FakeLedger ledger_;
};

proof::SentMessage sent_message(proof::SentKey message, Instant sent = kNow) {
  proof::SentMessage out;
  out.sent = sent;
  out.message = message;
  out.queue_id = message + 1;
  out.sender = 0x1111'2222'3333'4444;
  out.account = 77;
  out.pairs = {message + 2, message + 3};
  out.recipient_count = 2;
  out.header_bytes = 900;
  return out;
}

proof::LedgerQuery query_of(proof::SentKey message) {
  proof::LedgerQuery query;
  query.messages = {message};
  query.queue_ids = {message + 1};
  query.pairs = {message + 2};
  query.addressees = {1, 0x1111'2222'3333'4444};
  return query;
}

// Far apart, as hashes are.
proof::SentKey key(std::uint64_t number) {
  return number * 0x9e37'79b9'7f4a'7c15 >> 1;
}

template <class L>
class LedgerContract : public ::testing::Test {
 protected:
  // Before what was recorded is written, and after.
  template <class Check>
  void now_and_later(Check check) {
    check();
    maker_.settle();
    check();
  }
  proof::LedgerAnswer ask(const proof::LedgerQuery& query, Instant now = kNow) {
    auto answer = maker_.ledger().look_up(query, now);
    EXPECT_TRUE(answer) << answer.error().text();
    return answer.value_or(proof::LedgerAnswer{});
  }
  L maker_;
};
using Ledgers = ::testing::Types<RealLedger, ScriptedLedger>;
TYPED_TEST_SUITE(LedgerContract, Ledgers);

TYPED_TEST(LedgerContract, FindsWhatWasRecordedAtOnce) {
  auto message = sent_message(key(1));
  message.is_list = true;
  this->maker_.ledger().record_sent(message);
  this->now_and_later([&] {
    const auto answer = this->ask(query_of(key(1)));
    ASSERT_TRUE(answer.messages.at(0));
    EXPECT_FALSE(answer.messages[0]->late);
    EXPECT_EQ(answer.messages[0]->sent, kNow);
    EXPECT_EQ(answer.messages[0]->recipient_count, 2u);
    EXPECT_TRUE(answer.messages[0]->is_list);
    EXPECT_TRUE(answer.messages[0]->same_sender);
    ASSERT_TRUE(answer.queue_ids.at(0));
    EXPECT_EQ(answer.queue_ids[0]->sent, kNow);
    EXPECT_EQ(answer.pairs.at(0), kNow);
    EXPECT_EQ(answer.largest_header_bytes, 900u);
    EXPECT_FALSE(answer.lost_at);
  });
}

// What the verified feed asserts of a failed recipient.
TYPED_TEST(LedgerContract, KnowsARecipientByItsVeryMessageAlone) {
  const std::vector<std::uint8_t> bytes(32, 7);
  const proof::SentHasher hasher{crypto::Secret(bytes)};
  const auto bob = mail::parse_path("bob@remote.test").value();
  const auto carol = mail::parse_path("carol@remote.test").value();
  const proof::SentKey one = hasher.message("a1@example.com");
  const proof::SentKey other = hasher.message("a2@example.com");
  proof::SentMessage to_bob = sent_message(one);
  to_bob.pairs.push_back(hasher.recipient(one, bob));
  proof::SentMessage to_carol = sent_message(other);
  to_carol.pairs.push_back(hasher.recipient(other, carol));
  this->maker_.ledger().record_sent(to_bob);
  this->maker_.ledger().record_sent(to_carol);
  proof::LedgerQuery query;
  for (const proof::SentKey message : {one, other})
    for (const auto& party : {bob, carol})
      query.pairs.push_back(hasher.recipient(message, party));
  this->now_and_later([&] {
    const auto answer = this->ask(query);
    ASSERT_EQ(answer.pairs.size(), 4u);
    EXPECT_TRUE(answer.pairs[0]) << "bob got the first";
    EXPECT_FALSE(answer.pairs[1]);
    EXPECT_FALSE(answer.pairs[2]) << "but not the second";
    EXPECT_TRUE(answer.pairs[3]);
  });
}

TYPED_TEST(LedgerContract, FindsNothingThatWasNotRecorded) {
  this->maker_.ledger().record_sent(sent_message(key(1)));
  this->now_and_later([&] {
    const auto answer = this->ask(query_of(key(2)));
    EXPECT_FALSE(answer.messages.at(0));
    EXPECT_FALSE(answer.queue_ids.at(0));
    EXPECT_FALSE(answer.pairs.at(0));
  });
}

TYPED_TEST(LedgerContract, TellsTheSortsOfKeysApart) {
  this->maker_.ledger().record_sent(sent_message(key(1)));
  this->now_and_later([&] {
    proof::LedgerQuery query;
    query.messages = {key(1) + 1, key(1) + 2};
    query.queue_ids = {key(1), key(1) + 2};
    query.pairs = {key(1), key(1) + 1};
    const auto answer = this->ask(query);
    EXPECT_FALSE(answer.messages.at(0) || answer.messages.at(1));
    EXPECT_FALSE(answer.queue_ids.at(0) || answer.queue_ids.at(1));
    EXPECT_FALSE(answer.pairs.at(0) || answer.pairs.at(1));
  });
}

TYPED_TEST(LedgerContract, SaysWhenAnAddresseeIsNotTheSender) {
  this->maker_.ledger().record_sent(sent_message(key(1)));
  this->now_and_later([&] {
    auto query = query_of(key(1));
    query.addressees = {5, 6};
    EXPECT_FALSE(this->ask(query).messages.at(0)->same_sender);
  });
}

TYPED_TEST(LedgerContract, KeepsMessagesWithoutMessageIdOrQueueId) {
  auto message = sent_message(key(1));
  message.message.reset();
  message.queue_id.reset();
  this->maker_.ledger().record_sent(message);
  this->now_and_later([&] {
    const auto answer = this->ask(query_of(key(1)));
    EXPECT_FALSE(answer.messages.at(0));
    EXPECT_FALSE(answer.queue_ids.at(0));
    EXPECT_TRUE(answer.pairs.at(0));
  });
}

TYPED_TEST(LedgerContract, AnswersInTheOrderOfTheQuestion) {
  for (std::uint64_t i = 0; i < 10; ++i)
    this->maker_.ledger().record_sent(
        sent_message(key(i), kNow - Seconds{static_cast<std::int64_t>(i)}));
  this->now_and_later([&] {
    proof::LedgerQuery query;
    for (std::uint64_t i = 10; i > 0; --i)
      query.messages.push_back(key(i - 1));
    query.messages.insert(query.messages.begin() + 3, key(99));
    const auto answer = this->ask(query);
    ASSERT_EQ(answer.messages.size(), 11u);
    EXPECT_EQ(answer.messages[0]->sent, kNow - Seconds{9});
    EXPECT_FALSE(answer.messages[3]);
    EXPECT_EQ(answer.messages[10]->sent, kNow);
  });
}

TYPED_TEST(LedgerContract, TheNewestOfSeveralMessagesIsFound) {
  this->maker_.ledger().record_sent(sent_message(key(1), kNow - Days{3}));
  this->maker_.settle();
  this->maker_.ledger().record_sent(sent_message(key(1), kNow));
  this->now_and_later([&] {
    const auto answer = this->ask(query_of(key(1)));
    EXPECT_EQ(answer.messages.at(0)->sent, kNow);
    EXPECT_EQ(answer.pairs.at(0), kNow);
  });
}

TYPED_TEST(LedgerContract, OldMessagesAreLateThenForgotten) {
  this->maker_.ledger().record_sent(sent_message(key(1)));
  this->now_and_later([&] {
    const auto in_time = this->ask(query_of(key(1)), kNow + proof::kLedgerRowDays);
    EXPECT_FALSE(in_time.messages.at(0)->late);
    EXPECT_TRUE(in_time.queue_ids.at(0));
    EXPECT_TRUE(in_time.pairs.at(0));
    const auto late = this->ask(query_of(key(1)), kNow + proof::kLedgerRowDays + Seconds{1});
    ASSERT_TRUE(late.messages.at(0));
    EXPECT_TRUE(late.messages[0]->late);
    EXPECT_FALSE(late.messages[0]->same_sender);
    EXPECT_FALSE(late.queue_ids.at(0));
    EXPECT_FALSE(late.pairs.at(0));
    EXPECT_TRUE(this->ask(query_of(key(1)), kNow + proof::kLedgerFingerprintDays).messages.at(0));
    EXPECT_FALSE(
        this->ask(query_of(key(1)), kNow + proof::kLedgerFingerprintDays + Days{2}).messages.at(0));
  });
}

TYPED_TEST(LedgerContract, FindsMailOfItsFuture) {
  this->maker_.ledger().record_sent(sent_message(key(1), kNow + Days{2}));
  this->now_and_later(
      [&] { EXPECT_EQ(this->ask(query_of(key(1))).messages.at(0)->sent, kNow + Days{2}); });
}

TYPED_TEST(LedgerContract, CountsUses) {
  proof::LedgerQuery query;
  query.counters = {key(1), key(2), key(3)};
  this->maker_.ledger().count_uses({.since = kNow, .counters = {key(1), key(2)}});
  this->maker_.ledger().count_uses({.since = kNow - Days{1}, .counters = {key(1)}});
  this->now_and_later(
      [&] { EXPECT_EQ(this->ask(query).counters, (std::vector<std::uint32_t>{2, 1, 0})); });
}

TYPED_TEST(LedgerContract, LargestHeaderIsThatOfTheLastDays) {
  auto message = sent_message(key(1), kNow - Days{20});
  message.header_bytes = 50'000;
  this->maker_.ledger().record_sent(message);
  message = sent_message(key(2), kNow);
  message.header_bytes = 3000;
  this->maker_.ledger().record_sent(message);
  this->now_and_later([&] {
    EXPECT_EQ(this->ask(query_of(key(9))).largest_header_bytes, 50'000u);
    EXPECT_EQ(this->ask(query_of(key(9)), kNow + Days{2}).largest_header_bytes, 3000u);
    EXPECT_EQ(this->ask(query_of(key(9)), kNow + Days{30}).largest_header_bytes, 0u);
  });
}

TYPED_TEST(LedgerContract, KeepsAtMostAThousandPairsOfAMessage) {
  auto message = sent_message(key(1));
  message.pairs.clear();
  for (std::uint64_t i = 0; i <= limits::kTransactionRecipients; ++i)
    message.pairs.push_back(key(100 + i));
  this->maker_.ledger().record_sent(message);
  this->now_and_later([&] {
    proof::LedgerQuery query;
    query.pairs = {key(100), key(100 + limits::kTransactionRecipients - 1),
                   key(100 + limits::kTransactionRecipients)};
    const auto answer = this->ask(query);
    EXPECT_TRUE(answer.pairs.at(0));
    EXPECT_TRUE(answer.pairs.at(1));
    EXPECT_FALSE(answer.pairs.at(2));
  });
}

TYPED_TEST(LedgerContract, LooksAtALimitedNumberOfKeys) {
  this->maker_.ledger().record_sent(sent_message(key(1)));
  proof::LedgerQuery query;
  query.messages.assign(limits::kLedgerQueryKeys + 1, key(1));
  const auto answer = this->ask(query);
  ASSERT_EQ(answer.messages.size(), query.messages.size());
  EXPECT_TRUE(answer.messages[limits::kLedgerQueryKeys - 1]);
  EXPECT_FALSE(answer.messages.back());
}

TYPED_TEST(LedgerContract, AnAccountOverItsLimitIsRecordedNoMoreThatDayAndEvictsNobody) {
  auto bulk = sent_message(0);
  bulk.pairs.assign(limits::kTransactionRecipients, 0);
  const std::uint64_t messages =
      limits::kLedgerRowsPerAccount / (limits::kTransactionRecipients + 2);
  for (std::uint64_t i = 0; i <= messages + 1; ++i) {
    bulk.message = key(1'000'000 + i);
    bulk.queue_id = key(2'000'000 + i);
    for (std::size_t j = 0; j < bulk.pairs.size(); ++j)
      bulk.pairs[j] = key(10'000'000 + j);
    this->maker_.ledger().record_sent(bulk);
  }
  auto small = sent_message(key(1));
  this->maker_.ledger().record_sent(small);
  auto other = sent_message(key(11));
  other.account = 78;
  this->maker_.ledger().record_sent(other);
  auto tomorrow = sent_message(key(21), kNow + Days{1});
  this->maker_.ledger().record_sent(tomorrow);
  this->now_and_later([&] {
    proof::LedgerQuery query;
    query.messages = {key(1'000'000), key(1'000'000 + messages + 1), key(1), key(11), key(21)};
    const auto answer = this->ask(query);
    EXPECT_TRUE(answer.messages.at(0));
    EXPECT_FALSE(answer.messages.at(1));
    EXPECT_FALSE(answer.messages.at(2)) << "of the same account";
    EXPECT_TRUE(answer.messages.at(3)) << "of another account";
    EXPECT_TRUE(answer.messages.at(4)) << "of the next day";
  });
}

TYPED_TEST(LedgerContract, IsUnavailableWhenItIsAwayAndTakesWhatItIsGiven) {
  auto& ledger = this->maker_.away();
  ledger.record_sent(sent_message(key(1)));
  ledger.count_uses({.since = kNow, .counters = {key(1)}});
  const auto answer = ledger.look_up(query_of(key(1)), kNow);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::Unavailable);
}

TYPED_TEST(LedgerContract, ServesSeveralThreads) {
  auto& ledger = this->maker_.ledger();
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&ledger, t] {
      for (std::uint64_t i = 0; i < 200; ++i) {
        auto message = sent_message(key(t * 1000 + i));
        ledger.record_sent(message);
        ledger.count_uses({.since = kNow, .counters = {key(5)}});
        const auto answer = ledger.look_up(query_of(key(t * 1000 + i)), kNow);
        ASSERT_TRUE(answer);
        EXPECT_TRUE(answer->messages.at(0));
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  proof::LedgerQuery query;
  query.counters = {key(5)};
  EXPECT_EQ(this->ask(query).counters.at(0), 800u);
}

}  // namespace
}  // namespace backstop
