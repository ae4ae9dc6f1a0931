#include "core/proof/key_ring.h"

#include <gtest/gtest.h>

#include <utility>

#include "core/base/limits.h"

namespace backstop::proof {
namespace {

constexpr Seconds kLifetime = Days{21};
const Instant kNow = parse_instant("2026-11-21T03:23:34Z").value();

crypto::Secret secret_of(std::uint8_t byte) {
  return crypto::Secret(std::vector<std::uint8_t>(kSecretBytes, byte));
}

std::shared_ptr<const Key> key_of(KeyId id, KeyState state) {
  return std::make_shared<const Key>(KeyInfo{id, state, kNow, std::nullopt},
                                     secret_of(static_cast<std::uint8_t>(id)));
}

TEST(KeyInfo, VerifiesForALifetimeAndADayAfterItsLastEmission) {
  const Instant last = kNow + Days{300};
  const KeyInfo key{1, KeyState::Waiting, kNow, last};
  EXPECT_EQ(key.verifies_until(kLifetime), last + Days{22});
  EXPECT_EQ(key.kept_until(kLifetime), last + Days{422});
}

TEST(KeyInfo, HasNoEndWhileItEmitsOrBeforeItEverSigned) {
  EXPECT_FALSE((KeyInfo{1, KeyState::Emitting, kNow, kNow}).verifies_until(kLifetime));
  EXPECT_FALSE((KeyInfo{1, KeyState::Emitting, kNow, kNow}).kept_until(kLifetime));
  EXPECT_FALSE((KeyInfo{1, KeyState::Waiting, kNow, std::nullopt}).verifies_until(kLifetime));
  EXPECT_FALSE((KeyInfo{1, KeyState::Retired, kNow, std::nullopt}).kept_until(kLifetime));
}

TEST(KeyRing, FindsKeysByIdWhateverTheOrderTheyCameIn) {
  const KeyRing ring(secret_of(9),
                     {key_of(4095, KeyState::Waiting), key_of(1, KeyState::Retired),
                      key_of(7, KeyState::Emitting)},
                     {5, 3});
  for (const KeyId id : std::initializer_list<KeyId>{1, 7, 4095}) {
    ASSERT_NE(ring.find(id), nullptr) << id;
    EXPECT_EQ(ring.find(id)->info().id, id);
  }
  for (const KeyId id : std::initializer_list<KeyId>{0, 2, 8, 4094})
    EXPECT_EQ(ring.find(id), nullptr) << id;
  ASSERT_NE(ring.emitting(), nullptr);
  EXPECT_EQ(ring.emitting()->info().id, 7);
  EXPECT_TRUE(ring.is_deleted(3));
  EXPECT_TRUE(ring.is_deleted(5));
  EXPECT_FALSE(ring.is_deleted(4));
}

TEST(KeyRing, EmitsNothingWithoutAnEmittingKey) {
  EXPECT_EQ(KeyRing(secret_of(9), {}).emitting(), nullptr);
  EXPECT_EQ(KeyRing(secret_of(9), {key_of(1, KeyState::Waiting)}).emitting(), nullptr);
}

TEST(KeyRingDeath, RefusesWhatWouldMakeItsJudgementAmbiguous) {
  EXPECT_DEATH(
      KeyRing(secret_of(9), {key_of(1, KeyState::Emitting), key_of(2, KeyState::Emitting)}),
      "emitting_keys");
  EXPECT_DEATH(KeyRing(secret_of(9), {key_of(1, KeyState::Waiting), key_of(1, KeyState::Waiting)}),
               "id");
  EXPECT_DEATH(KeyRing(secret_of(9), {key_of(1, KeyState::Waiting)}, {1}), "is_deleted");
  EXPECT_DEATH(KeyRing(crypto::Secret(std::vector<std::uint8_t>(16)), {}), "kSecretBytes");
  EXPECT_DEATH(key_of(0, KeyState::Waiting), "id");
  EXPECT_DEATH(key_of(4096, KeyState::Waiting), "id");
}

}  // namespace
}  // namespace backstop::proof
