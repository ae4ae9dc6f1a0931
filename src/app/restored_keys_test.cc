#include "app/restored_keys.h"

#include <gtest/gtest.h>

#include "core/proof/key_change.h"
#include "edge/os/key_store.h"
#include "testing/temporary_directory.h"

namespace backstop::app {
namespace {

constexpr Instant kBackup{Seconds{1'764'000'000}};
constexpr Instant kRestore = kBackup + Days{30};
constexpr Days kLifetime{21};

crypto::Secret secret_of(std::uint8_t byte) {
  return crypto::Secret(std::vector<std::uint8_t>(proof::kSecretBytes, byte));
}

// 1 waits and has signed, 2 is retired and had signed, 3 signs, 4 waits and never signed.
proof::KeyRing ring_of_backup() {
  proof::KeyRing ring(secret_of(9), {});
  for (std::uint8_t id = 1; id <= 4; ++id)
    ring = proof::add_key(ring, secret_of(id), kBackup - Days{100}).value();
  ring = proof::extend_emission(ring, 1, kBackup - Days{10});
  ring = proof::extend_emission(ring, 2, kBackup - Days{50});
  ring = proof::retire_key(ring, 2).value();
  ring = proof::rotate_to(ring, 3).value();
  return proof::extend_emission(ring, 3, kBackup);
}

TEST(RestoredKeys, VerifyAsIfTheyHadSignedUntilNow) {
  const testing::TemporaryDirectory temporary;
  const std::string path = temporary / "keys";
  const os::KeyStore store(path);
  {
    const auto lock = store.lock_new();
    ASSERT_TRUE(lock);
    ASSERT_TRUE(store.save(*lock, nullptr, ring_of_backup()));
  }
  const auto done = extend_restored_keys(path, kRestore);
  ASSERT_TRUE(done) << done.error().text();
  const auto ring = store.load().value().ring;
  // It may have been made to sign again after the backup.
  EXPECT_EQ(ring->find(1)->info().verifies_until(kLifetime), kRestore + kLifetime + Days{1});
  // It never signs again, whatever happened since.
  EXPECT_EQ(ring->find(2)->info().emits_until, kBackup - Days{50});
  EXPECT_EQ(ring->find(3)->info().emits_until, kRestore);
  EXPECT_EQ(ring->emitting()->info().id, 3);
  // One that is not known to have signed verifies for ever.
  EXPECT_FALSE(ring->find(4)->info().emits_until);
}

}  // namespace
}  // namespace backstop::app
