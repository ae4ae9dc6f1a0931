#include "app/ring_watch.h"

#include <gtest/gtest.h>

#include <array>

#include "testing/fake_alarms.h"
#include "testing/fake_log.h"
#include "testing/temporary_directory.h"

namespace backstop::app {
namespace {

const Instant kNow{Seconds{1'795'262'400}};
constexpr Days kLifetime{21};

proof::SentHasher make_hasher(std::uint8_t fill) {
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill(fill);
  return proof::SentHasher(crypto::Secret(bytes));
}

class RingWatchTest : public ::testing::Test {
 protected:
  testing::TemporaryDirectory folder_;
  testing::FakeLog log_;
  testing::FakeAlarms alarms_{log_};
  const proof::SentHasher old_ = make_hasher(1);
  const proof::SentHasher other_ = make_hasher(2);
};

TEST_F(RingWatchTest, TheFirstRingIsNoChange) {
  RingWatch watch(folder_.path(), alarms_);
  watch.look(nullptr, kNow);
  watch.look(&old_, kNow);
  watch.look(&old_, kNow + Days{1});
  EXPECT_FALSE(watch.is_remade(kNow, kLifetime));
  EXPECT_EQ(log_.size(), 0U);
}

TEST_F(RingWatchTest, AnotherRingObservesForALifetimeAndAlarmsOnce) {
  RingWatch watch(folder_.path(), alarms_);
  watch.look(&old_, kNow);
  watch.look(&other_, kNow + Days{1});
  watch.look(&other_, kNow + Days{2});
  EXPECT_TRUE(watch.is_remade(kNow + Days{2}, kLifetime));
  EXPECT_FALSE(watch.is_remade(kNow + Days{1} + kLifetime, kLifetime));
  EXPECT_EQ(log_.count("another than before"), 1U);
}

TEST_F(RingWatchTest, AChangeWhileItWasDownIsNoticedAndOutlivesRestarts) {
  RingWatch(folder_.path(), alarms_).look(&old_, kNow);
  {
    RingWatch watch(folder_.path(), alarms_);
    watch.look(&other_, kNow + Days{1});
    EXPECT_TRUE(watch.is_remade(kNow + Days{1}, kLifetime));
  }
  RingWatch watch(folder_.path(), alarms_);
  watch.look(&other_, kNow + Days{5});
  EXPECT_TRUE(watch.is_remade(kNow + Days{5}, kLifetime));
  EXPECT_FALSE(watch.is_remade(kNow + Days{23}, kLifetime));
}

}  // namespace
}  // namespace backstop::app
