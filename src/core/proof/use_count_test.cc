#include "core/proof/use_count.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <set>

namespace backstop::proof {
namespace {

SentHasher hasher() {
  std::vector<std::uint8_t> bytes(32);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{1});
  return SentHasher(crypto::Secret(bytes));
}

// A message of ours and the counters of its answers, as a store would keep them.
class Message {
 public:
  explicit Message(std::uint32_t recipients, bool is_list = false)
      : recipients_(recipients), is_list_(is_list) {}

  // True when the use was still within what the message explains; then it is counted.
  bool use(const std::string& party, bool known, unsigned kind = 1) {
    const UseCounters counters = make_use_counters(hasher_, kMessage, hasher_.text(party), kind);
    const UseFacts facts{.counts = {.by_party = counts_[counters.by_party],
                                    .party = counts_[counters.party],
                                    .others = counts_[counters.others],
                                    .parties = counts_[counters.parties]},
                         .known_party = known,
                         .is_list = is_list_,
                         .recipients = recipients_};
    if (is_exhausted(facts)) return false;
    for (const SentKey key : counters_to_raise(facts, counters))
      ++counts_[key];
    return true;
  }
  // How many of `tries` uses by one party that we did not write to are explained.
  unsigned uses_by_one_stranger(unsigned tries) {
    unsigned good = 0;
    for (unsigned i = 0; i < tries; ++i)
      good += use("stranger", false);
    return good;
  }

 private:
  static constexpr SentKey kMessage = 4711;
  SentHasher hasher_ = hasher();
  std::map<SentKey, std::uint32_t> counts_;
  std::uint32_t recipients_;
  bool is_list_;
};

TEST(UseCount, StrangersTogetherHaveFiveAndTwoForEachRecipient) {
  EXPECT_EQ(Message(1).uses_by_one_stranger(1000), 7u);
  EXPECT_EQ(Message(10).uses_by_one_stranger(1000), 25u);
}

TEST(UseCount, StrangersTogetherHaveNoMoreThanTwoHundred) {
  EXPECT_EQ(Message(97).uses_by_one_stranger(1000), 199u);
  EXPECT_EQ(Message(98).uses_by_one_stranger(1000), 200u);
  EXPECT_EQ(Message(4'000'000'000).uses_by_one_stranger(1000), 200u);
}

TEST(UseCount, AMessageWhoseRecipientsAreNotKnownCountsAsOfOne) {
  EXPECT_EQ(Message(0).uses_by_one_stranger(1000), 7u);
}

TEST(UseCount, NobodyCanBurnTheAnswersOfAPartyWeWroteTo) {
  Message message(1);
  message.uses_by_one_stranger(100'000);
  for (unsigned kind : {1u, 2u, 3u})
    for (int i = 0; i < 3; ++i)
      EXPECT_TRUE(message.use("known", true, kind)) << kind << " " << i;
  EXPECT_FALSE(message.use("known", true, 1));
}

TEST(UseCount, APartyWeWroteToMayGoOnFromTheCommonShare) {
  Message message(1);
  unsigned good = 0;
  for (int i = 0; i < 100; ++i)
    good += message.use("known", true);
  EXPECT_EQ(good, 3u + 7u);
}

TEST(UseCount, APartysOwnAnswersTakeNothingFromTheOthers) {
  Message message(1);
  for (int i = 0; i < 3; ++i)
    message.use("known", true);
  EXPECT_EQ(message.uses_by_one_stranger(1000), 7u);
}

TEST(UseCount, MailOfAListMayBeAnsweredFiveThousandTimes) {
  EXPECT_EQ(Message(1, true).uses_by_one_stranger(10'000), 5000u);
}

TEST(UseCount, MoreThanFivePartiesMakeItFanOut) {
  Message few(1);
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(few.use("party" + std::to_string(i), false));
  EXPECT_EQ(few.uses_by_one_stranger(10'000), 4995u) << "the stranger is the sixth";

  Message five(1);
  for (int i = 0; i < 4; ++i)
    EXPECT_TRUE(five.use("party" + std::to_string(i), false));
  EXPECT_EQ(five.uses_by_one_stranger(10'000), 3u) << "the stranger is the fifth";
}

TEST(UseCount, OnePartyIsCountedOnceAmongTheParties) {
  Message message(1);
  for (int i = 0; i < 6; ++i)
    EXPECT_TRUE(message.use("same", false, static_cast<unsigned>(i)));
  EXPECT_EQ(message.uses_by_one_stranger(10'000), 1u);
}

TEST(UseCounters, AreOfTheirMessagePartyAndKind) {
  const SentHasher h = hasher();
  const UseCounters base = make_use_counters(h, 1, 2, 3);
  const UseCounters kind = make_use_counters(h, 1, 2, 4);
  EXPECT_NE(base.by_party, kind.by_party);
  EXPECT_EQ(base.party, kind.party);
  const UseCounters party = make_use_counters(h, 1, 5, 3);
  EXPECT_NE(base.by_party, party.by_party);
  EXPECT_NE(base.party, party.party);
  EXPECT_EQ(base.others, party.others);
  const UseCounters message = make_use_counters(h, 6, 2, 3);
  EXPECT_NE(base.others, message.others);
  EXPECT_NE(base.parties, message.parties);
  EXPECT_EQ((std::set{base.by_party, base.party, base.others, base.parties}).size(), 4u);
}

TEST(PairWeek, ChangesWithTheWeekAndThePair) {
  const SentHasher h = hasher();
  const Instant now = parse_instant("2026-11-21T12:00:00Z").value();
  std::set<SentKey> keys;
  for (int day = 0; day < 70; ++day)
    keys.insert(pair_week_counter(h, 9, now + Days(day)));
  EXPECT_GE(keys.size(), 10u);
  EXPECT_LE(keys.size(), 11u);
  EXPECT_NE(pair_week_counter(h, 9, now), pair_week_counter(h, 10, now));
  EXPECT_EQ(pair_week_counter(h, 9, now), pair_week_counter(h, 9, now + Seconds(1)));
}

}  // namespace
}  // namespace backstop::proof
