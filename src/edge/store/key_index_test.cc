#include "edge/store/key_index.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace backstop::store {
namespace {

proof::SentKey key(std::uint64_t number) {
  // splitmix64, as keys are hashes.
  std::uint64_t mixed = number * 0x9e37'79b9'7f4a'7c15;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58'476d'1ce4'e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d0'49bb'1331'11eb;
  return (mixed ^ (mixed >> 31)) >> 1;
}

TEST(KeyIndex, HoldsEveryKeyWithItsDayAndHardlyAnyOther) {
  constexpr std::uint64_t kKeys = 300'000;
  KeyIndex index(kKeys);
  for (std::uint64_t i = 0; i < kKeys; ++i)
    ASSERT_TRUE(index.add(key(i), static_cast<DayNumber>(20'700 + i % 100)));
  EXPECT_GE(index.keys(), kKeys - 2);  // Two keys may look alike.
  std::size_t others = 0;
  for (std::uint64_t i = 0; i < kKeys; ++i) {
    ASSERT_TRUE(index.may_hold(key(i)));
    ASSERT_TRUE(index.days_of(key(i)).test(day_bit(static_cast<DayNumber>(20'700 + i % 100))));
    others += index.may_hold(key(kKeys + i)) ? 1U : 0U;
  }
  EXPECT_LE(others, 2u);
  EXPECT_LE(index.bytes() / kKeys, 11u);
}

TEST(KeyIndex, EmptyOneHoldsNothing) {
  const KeyIndex index(10);
  EXPECT_FALSE(index.may_hold(key(1)));
  EXPECT_TRUE(index.days_of(key(1)).none());
}

TEST(KeyIndex, KeyOfManyDaysNamesThemAll) {
  KeyIndex index(1000);
  for (DayNumber day = 21'000; day < 21'100; ++day)
    ASSERT_TRUE(index.add(key(1), day));
  EXPECT_EQ(index.days_of(key(1)).count(), 100u);
  EXPECT_EQ(index.keys(), 100u);
  ASSERT_TRUE(index.add(key(1), 21'000));
  EXPECT_EQ(index.keys(), 100u) << "held already";
}

TEST(KeyIndex, SaysWhenItIsFull) {
  KeyIndex index(100);
  for (std::uint64_t i = 0; i < 100; ++i)
    ASSERT_TRUE(index.add(key(i), 1));
  EXPECT_FALSE(index.add(key(100), 1));
  EXPECT_FALSE(index.may_hold(key(100)));
}

TEST(KeyIndex, ForgetsWholeDaysAndGivesTheRoomBack) {
  KeyIndex index(1'000'000);
  for (std::uint64_t i = 0; i < 200'000; ++i)
    ASSERT_TRUE(index.add(key(i), i < 150'000 ? 20'778 : 20'779));
  const std::size_t before = index.bytes();
  DaySet days;
  days.set(day_bit(20'778));
  index.forget(days);
  EXPECT_LE(index.keys(), 50'000u);
  EXPECT_LT(index.bytes(), before / 2);
  for (std::uint64_t i = 0; i < 200'000; i += 7)
    EXPECT_EQ(index.may_hold(key(i)), i >= 150'000) << i;
  index.clear();
  EXPECT_EQ(index.keys(), 0u);
  EXPECT_FALSE(index.may_hold(key(199'999)));
}

TEST(KeyIndex, ServesReadersWhileItGrows) {
  KeyIndex index(1'000'000);
  std::atomic<std::uint64_t> added{0};
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < 100'000; ++i) {
      index.add(key(i), 1);
      added = i + 1;
    }
  });
  std::size_t missed = 0;
  while (added.load() < 100'000) {
    const std::uint64_t held = added.load();
    if (held != 0 && !index.may_hold(key(held - 1))) ++missed;
    if (held != 0 && !index.may_hold(key(held / 2))) ++missed;
  }
  writer.join();
  EXPECT_EQ(missed, 0u);
}

}  // namespace
}  // namespace backstop::store
