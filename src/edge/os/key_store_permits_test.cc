#include "edge/os/key_store_permits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "core/proof/key_change.h"
#include "core/proof/token.h"
#include "edge/os/clock.h"
#include "edge/os/entropy.h"
#include "testing/temporary_directory.h"

namespace backstop::os {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::Each;
using ::testing::HasSubstr;

const Instant kNow = parse_instant("2026-11-21T03:23:34Z").value();

crypto::Secret secret_of(std::uint8_t byte) {
  return crypto::Secret(std::vector<std::uint8_t>(proof::kSecretBytes, byte));
}

class KeyStorePermitsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto lock = store_.lock_new().value();
    const auto ring = proof::add_key(proof::KeyRing(secret_of(9), {}), secret_of(1), kNow).value();
    ASSERT_TRUE(store_.save(lock, nullptr, proof::rotate_to(ring, 1).value()).has_value());
    permits_ = KeyStorePermits::open(store_, entropy_).value();
  }
  // Adds key 2 and lets it emit, as another process.
  void rotate() {
    const auto lock = store_.lock().value();
    const auto loaded = store_.load().value();
    const auto grown = proof::add_key(*loaded.ring, secret_of(2), kNow).value();
    ASSERT_TRUE(
        store_.save(lock, loaded.ring.get(), proof::rotate_to(grown, 2).value()).has_value());
  }
  std::optional<Instant> recorded(proof::KeyId id) const {
    return store_.load().value().ring->find(id)->info().emits_until;
  }
  std::string file(const std::string& name) const { return store_.path() + "/" + name; }

  const testing::TemporaryDirectory temporary_;
  const KeyStore store_{temporary_ / "keys"};
  KernelEntropy entropy_;
  std::unique_ptr<KeyStorePermits> permits_;
};

TEST_F(KeyStorePermitsTest, RecordsTheLastEmissionAnHourAheadBeforeTheFirstSignature) {
  EXPECT_FALSE(recorded(1).has_value());
  const auto permit = permits_->permit(kNow);
  ASSERT_TRUE(permit.has_value()) << permit.error().text();
  EXPECT_EQ(permit->key, 1);
  EXPECT_EQ(recorded(1), kNow + hours{1});
  EXPECT_EQ(permits_->ring()->find(1)->info().emits_until, kNow + hours{1});
}

TEST_F(KeyStorePermitsTest, NeverSignsPastWhatIsOnTheDisk) {
  for (Instant now = kNow; now < kNow + hours{30}; now += minutes{7}) {
    ASSERT_TRUE(permits_->permit(now).has_value());
    ASSERT_GE(recorded(1), now);
    ASSERT_LE(recorded(1), now + hours{1});
  }
}

TEST_F(KeyStorePermitsTest, WritesNothingWhileTheRecordIsAhead) {
  ASSERT_TRUE(permits_->permit(kNow).has_value());
  const std::string version = store_.version().value();
  ASSERT_TRUE(permits_->permit(kNow + hours{1}).has_value());
  ASSERT_TRUE(permits_->permit(kNow - Days{3}).has_value()) << "the clock was set back";
  EXPECT_EQ(store_.version().value(), version);
  ASSERT_TRUE(permits_->permit(kNow + hours{1} + Seconds{1}).has_value());
  EXPECT_NE(store_.version().value(), version);
}

TEST_F(KeyStorePermitsTest, GivesPermitsWhoseTokensVerify) {
  const auto permit = permits_->permit(kNow).value();
  const mail::Address anna{"anna", "example.com"};
  const auto token =
      proof::sign_token(anna, *permit.ring, *permit.ring->find(permit.key), kNow, permit.nonce);
  EXPECT_EQ(proof::verify_token(token, {anna}, *permits_->ring(), kNow, Days{21}).result,
            proof::ProofResult::Valid);
}

TEST_F(KeyStorePermitsTest, GivesEachPermitItsOwnNonceInEveryThread) {
  std::vector<std::vector<proof::Nonce>> nonces(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < nonces.size(); ++i)
    threads.emplace_back([&, i] {
      for (int n = 0; n < 300; ++n) {
        const auto permit = permits_->permit(kNow + minutes{n});
        if (permit) nonces[i].push_back(permit->nonce);
      }
    });
  for (auto& thread : threads)
    thread.join();
  std::set<proof::Nonce> all;
  for (const auto& some : nonces) {
    EXPECT_EQ(some.size(), 300U);
    all.insert(some.begin(), some.end());
  }
  EXPECT_EQ(all.size(), 1200U);
}

TEST_F(KeyStorePermitsTest, GivesNoLeaveWhileTheDiskFailsAndKeepsVerifying) {
  std::filesystem::create_directories(file("key-0001.tmp") + "/full");
  const auto refused = permits_->permit(kNow);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::Unavailable);
  EXPECT_THAT(refused.error().detail, HasSubstr("nothing is signed"));
  EXPECT_NE(permits_->ring()->find(1), nullptr);
  EXPECT_FALSE(recorded(1).has_value());

  std::filesystem::remove_all(file("key-0001.tmp"));
  EXPECT_FALSE(permits_->permit(kNow + kEmissionRetry - Seconds{1}).has_value()) << "too soon";
  EXPECT_TRUE(permits_->permit(kNow + kEmissionRetry).has_value());
}

TEST_F(KeyStorePermitsTest, TriesAgainAtOnceWhenTheClockWasSetBack) {
  std::filesystem::create_directories(file("key-0001.tmp") + "/full");
  ASSERT_FALSE(permits_->permit(kNow).has_value());
  std::filesystem::remove_all(file("key-0001.tmp"));
  EXPECT_TRUE(permits_->permit(kNow - hours{5}).has_value());
}

TEST_F(KeyStorePermitsTest, SignsOnWithinTheRecordedHourWhenTheDirectoryIsGone) {
  ASSERT_TRUE(permits_->permit(kNow).has_value());
  std::filesystem::remove_all(store_.path());
  EXPECT_TRUE(permits_->permit(kNow + hours{1}).has_value());
  const auto later = permits_->permit(kNow + hours{2});
  ASSERT_FALSE(later.has_value());
  EXPECT_EQ(later.error().code, Errc::Unavailable);
}

TEST_F(KeyStorePermitsTest, FollowsARotationAtTheNextRecordAtTheLatest) {
  ASSERT_EQ(permits_->permit(kNow)->key, 1);
  EXPECT_FALSE(permits_->changed().value());
  rotate();
  EXPECT_TRUE(permits_->changed().value());
  EXPECT_EQ(permits_->permit(kNow + hours{1})->key, 1) << "recorded for the old key";
  EXPECT_EQ(permits_->permit(kNow + hours{1} + Seconds{1})->key, 2);
  EXPECT_EQ(recorded(1), kNow + hours{1});
  EXPECT_FALSE(permits_->changed().value());
}

TEST_F(KeyStorePermitsTest, FollowsARotationAtOnceWhenReloaded) {
  ASSERT_EQ(permits_->permit(kNow)->key, 1);
  rotate();
  ASSERT_TRUE(permits_->reload().has_value());
  EXPECT_FALSE(permits_->changed().value());
  EXPECT_EQ(permits_->permit(kNow)->key, 2);
  EXPECT_EQ(recorded(2), kNow + hours{1});
}

TEST_F(KeyStorePermitsTest, KeepsTheRingInForceWhenAReloadFails) {
  std::filesystem::remove(file("ring"));
  EXPECT_FALSE(permits_->reload().has_value());
  EXPECT_NE(permits_->ring()->find(1), nullptr);
}

TEST_F(KeyStorePermitsTest, HasNoLeaveToGiveWhenNoKeyEmits) {
  ASSERT_TRUE(permits_->permit(kNow).has_value());
  std::filesystem::remove(file("key-0001"));
  ASSERT_TRUE(permits_->reload().has_value());
  EXPECT_EQ(permits_->permit(kNow).error().code, Errc::NotFound);
  EXPECT_FALSE(permits_->notes().empty());
}

TEST(KernelEntropy, FillsTheWholeBufferAnewEachTime) {
  KernelEntropy entropy;
  std::vector<std::uint8_t> first(1000);
  std::vector<std::uint8_t> second(1000);
  entropy.fill(first);
  entropy.fill(second);
  entropy.fill({});
  EXPECT_NE(first, second);
  EXPECT_GT(std::set(first.begin() + 500, first.end()).size(), 100U);
}

TEST(SystemClock, TellsATimeOfThisCentury) {
  EXPECT_GT(SystemClock().now(), parse_instant("2024-01-01").value());
}

}  // namespace
}  // namespace backstop::os
