#include "core/proof/sent.h"

#include <gtest/gtest.h>

#include <numeric>
#include <set>

namespace backstop::proof {
namespace {

crypto::Secret secret_from(std::uint8_t first) {
  std::vector<std::uint8_t> bytes(32);
  std::iota(bytes.begin(), bytes.end(), first);
  return crypto::Secret(bytes);
}

const SentHasher kHasher(secret_from(1));

mail::Address address(std::string_view text) {
  return mail::parse_path(text).value();
}

TEST(SentHasher, GivesTheSameKeyForTheSameRingAlways) {
  EXPECT_EQ(SentHasher(secret_from(1)).message("a@b"), kHasher.message("a@b"));
  EXPECT_NE(SentHasher(secret_from(2)).message("a@b"), kHasher.message("a@b"));
}

// The key is on disks: were it to change, every ledger would forget what it holds.
TEST(SentHasher, NeverChangesWhatItGives) {
  EXPECT_EQ(kHasher.message("20261121.1@example.com"), 316378323004848349u);
  EXPECT_EQ(kHasher.pair(address("anna@example.com"), address("bob@example.net")),
            5491364148472082927u);
  EXPECT_EQ(kHasher.counter('k', 1, 2, 3), 5471455180978608252u);
}

TEST(SentHasher, GivesSixtyThreeBits) {
  SentKey all = 0;
  for (int i = 0; i < 1000; ++i)
    all |= kHasher.text(std::to_string(i));
  EXPECT_EQ(all, ~SentKey{0} >> 1);
}

TEST(SentHasher, KeepsSortsApart) {
  const Nonce nonce{'a', '@', 'b', '.', 'c'};
  EXPECT_EQ((std::set{kHasher.message("a@b.c"), kHasher.queue_id("a@b.c"), kHasher.text("a@b.c"),
                      kHasher.address(address("a@b.c")), kHasher.nonce(nonce)})
                .size(),
            5u);
}

TEST(SentHasher, TakesEverySpellingOfAnAddressForTheSame) {
  EXPECT_EQ(kHasher.address(address("<Anna@Example.COM.>")),
            kHasher.address(address("anna@example.com")));
  EXPECT_EQ(kHasher.address(address("\"anna\"@example.com")),
            kHasher.address(address("anna@example.com")));
  EXPECT_EQ(kHasher.pair(address("Anna@example.com"), address("BOB@example.net")),
            kHasher.pair(address("anna@example.com"), address("bob@example.net")));
}

TEST(SentHasher, KeepsTheCaseOfAMessageId) {
  EXPECT_NE(kHasher.message("Ab@c"), kHasher.message("ab@c"));
}

TEST(SentHasher, APairHasADirection) {
  const auto anna = address("anna@example.com");
  const auto bob = address("bob@example.net");
  EXPECT_NE(kHasher.pair(anna, bob), kHasher.pair(bob, anna));
  EXPECT_NE(kHasher.pair(anna, bob), kHasher.pair(anna, address("bob@example.org")));
  EXPECT_NE(kHasher.pair({}, bob), kHasher.pair(bob, {}));
}

TEST(SentHasher, NoTwoCountersAreTheSame) {
  std::set<SentKey> keys;
  for (const char what : {'k', 'p'})
    for (const SentKey first : {1, 256})
      for (const SentKey second : {0, 1})
        for (const std::uint64_t third : {0, 1})
          keys.insert(kHasher.counter(what, first, second, third));
  EXPECT_EQ(keys.size(), 16u);
}

}  // namespace
}  // namespace backstop::proof
