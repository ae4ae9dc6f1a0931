#include "edge/store/history_store.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/base/limits.h"
#include "edge/store/history_scan.h"
#include "edge/store/history_schema.h"
#include "edge/store/history_test.h"

namespace backstop::store {
namespace {

using transaction::Direction;
using transaction::HistoryRow;

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
  store->append(make_outgoing("OUT1", true, kHistoryNow - Days{3}));
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
    store->append(make_inbound("IN" + std::to_string(hour), kHistoryNow - Seconds{3600 * hour}));
  store->append(make_outgoing("OUT", true));
  HistoryRow other = make_inbound("OTHER");
  other.facts = "v=1 mode=off|v=1";
  other.facts_of = "10";
  store->append(other);
  store->flush();
  auto scan = HistoryScan::open(directory()).value();
  std::vector<HistoryRow> rows;
  std::vector<std::int64_t> outcomes;
  ASSERT_TRUE(scan.visit(kHistoryNow - Seconds{7200}, kHistoryNow + Seconds{1},
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
  EXPECT_EQ(scan.count(kHistoryNow - Seconds{7200}, kHistoryNow + Seconds{1}).value(), 4U);
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
  ASSERT_TRUE(scan.visit(Instant{}, kHistoryNow + Seconds{1}, [&](const HistoryRow&, std::int64_t) {
    ++rows;
    return true;
  }));
  EXPECT_EQ(rows, 20'001U);
  ASSERT_TRUE(scan.visit(Instant{}, kHistoryNow + Seconds{1},
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
  ASSERT_TRUE(scan.visit(Instant{}, kHistoryNow, [&](const HistoryRow& row, std::int64_t) {
    ids.push_back(row.queue_id + row.facts_of);
    return true;
  }));
  EXPECT_EQ(ids, (std::vector<std::string>{"OLD", "NEW"}));
}

TEST_F(HistoryStoreTest, finds_a_recipient_within_a_span_newest_first) {
  auto store = open();
  for (int day = 0; day < 10; ++day)
    store->append(make_inbound("IN" + std::to_string(day), kHistoryNow - Days{day}));
  store->flush();
  auto reader = read();
  const auto rows =
      reader.find_recipient("Anna@Example.com", kHistoryNow - Days{2}, kHistoryNow, 10).value();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].queue_id, "IN0");
  EXPECT_EQ(rows[2].queue_id, "IN2");
  EXPECT_EQ(reader.find_recipient("#0123456789abcdef", kHistoryNow - Days{9}, kHistoryNow, 4)
                .value()
                .size(),
            4U);
  EXPECT_TRUE(reader.find_recipient("bob@example.com", Instant{}, kHistoryNow, 10).value().empty());
}

TEST_F(HistoryStoreTest, counts_by_domain_and_outcome_in_a_span) {
  auto store = open();
  for (int i = 0; i < 5; ++i)
    store->append(make_inbound("IN", kHistoryNow));
  store->append(make_inbound("OLD", kHistoryNow - Days{2}));
  store->append(make_outgoing("OUT", true));
  store->append(make_outgoing("OUT", false));
  store->flush();
  auto reader = read();
  const auto counts = reader.count(kHistoryNow - Days{1}, kHistoryNow).value();
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
  EXPECT_TRUE(reader.count(kHistoryNow - Days{1}, kHistoryNow)->empty());
}

TEST_F(HistoryStoreTest, drops_what_is_too_old) {
  auto store = open({.days = 30, .rows = 1000});
  store->append(make_inbound("OLD", kHistoryNow - Days{31}));
  store->append(make_inbound("NEW", kHistoryNow - Days{29}));
  store->flush();
  auto reader = read();
  EXPECT_TRUE(reader.find_queue_id("OLD", 10).value().empty());
  EXPECT_TRUE(
      reader.find_recipient("anna@example.com", Instant{}, kHistoryNow - Days{30}, 9)->empty());
  EXPECT_EQ(reader.find_queue_id("NEW", 10).value().size(), 1U);
  EXPECT_EQ(reader.count(Instant{}, kHistoryNow).value().at(0).count, 1U);
}

TEST_F(HistoryStoreTest, drops_the_oldest_hour_when_there_are_too_many_rows_and_counts_on) {
  auto store = open({.days = 30, .rows = 1000});
  for (int hour = 20; hour > 0; --hour) {
    for (int i = 0; i < 60; ++i)
      store->append(make_inbound("H" + std::to_string(hour), kHistoryNow - Seconds{3600 * hour}));
  }
  store->flush();
  auto reader = read();
  const std::uint64_t rows = reader.row_count().value();
  EXPECT_LE(rows, 1000U);
  EXPECT_GE(rows, 800U);
  EXPECT_TRUE(reader.find_queue_id("H20", 100).value().empty());
  EXPECT_EQ(reader.find_queue_id("H1", 100).value().size(), 60U);
  EXPECT_EQ(reader.count(Instant{}, kHistoryNow).value().at(0).count, 1200U);
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
    clock_.set(kHistoryNow + Days{days});
    store->append(make_inbound("JUMP", clock_.now()));
    store->flush();
  }
  auto reader = read();
  EXPECT_EQ(reader.find_queue_id("JUMP", 10).value().size(), 5U);
  EXPECT_EQ(reader.newest().value(), kHistoryNow + Days{2});
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

}  // namespace
}  // namespace backstop::store
