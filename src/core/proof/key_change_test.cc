#include "core/proof/key_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/proof/token.h"

namespace backstop::proof {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Seconds kLifetime = kDefaultLifetime;
const Instant kNow = parse_instant("2026-11-21T03:23:34Z").value();

crypto::Secret secret_of(std::uint8_t byte) {
  return crypto::Secret(std::vector<std::uint8_t>(kSecretBytes, byte));
}

KeyRing empty_ring() {
  return KeyRing(secret_of(0xee), {});
}

// Keys 1 (waiting, signed until now) and 2 (emits).
KeyRing two_keys() {
  auto ring = add_key(empty_ring(), secret_of(1), kNow - Days{100}).value();
  ring = rotate_to(ring, 1).value();
  ring = extend_emission(ring, 1, kNow);
  ring = add_key(ring, secret_of(2), kNow).value();
  return rotate_to(ring, 2).value();
}

TEST(AddedKey, WaitsAndHasTheNextId) {
  const auto ring = add_key(two_keys(), secret_of(3), kNow).value();
  ASSERT_NE(ring.find(3), nullptr);
  EXPECT_EQ(ring.find(3)->info().state, KeyState::Waiting);
  EXPECT_EQ(ring.find(3)->info().created, kNow);
  EXPECT_FALSE(ring.find(3)->info().emits_until.has_value());
  EXPECT_EQ(ring.emitting()->info().id, 2);
}

TEST(AddedKey, NeverTakesTheIdOfAnotherLivingOrDeleted) {
  EXPECT_EQ(next_key_id(KeyRing(secret_of(0), {}, {7})).value(), 8);
  const auto last = std::make_shared<const Key>(
      KeyInfo{limits::kKeysPerRing, KeyState::Waiting, kNow, std::nullopt}, secret_of(1));
  EXPECT_EQ(next_key_id(KeyRing(secret_of(0), {last}, {1, 2, 4})).value(), 3);
  std::vector<KeyId> all(limits::kKeysPerRing - 1);
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<KeyId>(i + 1);
  const auto full = next_key_id(KeyRing(secret_of(0), {last}, all));
  ASSERT_FALSE(full.has_value());
  EXPECT_EQ(full.error().code, Errc::Limit);
}

TEST(Rotation, LeavesTheFormerKeyWaitingWithItsLastEmission) {
  const auto ring = two_keys();
  EXPECT_EQ(ring.emitting()->info().id, 2);
  EXPECT_EQ(ring.find(1)->info().state, KeyState::Waiting);
  EXPECT_EQ(ring.find(1)->info().emits_until, kNow);
  EXPECT_EQ(ring.find(1)->info().verifies_until(kLifetime), kNow + Days{22});
}

TEST(Rotation, CostsNoTokenOnItsWayItsProof) {
  auto ring = add_key(empty_ring(), secret_of(1), kNow).value();
  ring = extend_emission(rotate_to(ring, 1).value(), 1, kNow + std::chrono::hours{1});
  const mail::Address anna{"anna", "example.com"};
  const Instant issued = kNow + std::chrono::hours{1};
  const auto token = sign_token(anna, ring, *ring.emitting(), issued, {});
  ring = add_key(ring, secret_of(2), kNow).value();
  ring = rotate_to(ring, 2).value();
  ring = retire_key(ring, 1).value();
  EXPECT_EQ(verify_token(token, {anna}, ring, issued + kLifetime, kLifetime).result,
            ProofResult::Valid);
  EXPECT_EQ(verify_token(token, {anna}, ring, issued + Days{400}, kLifetime).result,
            ProofResult::Late);
}

TEST(Rotation, IsRefusedForUnknownRetiredAndEmittingKeys) {
  const auto ring = retire_key(two_keys(), 1).value();
  EXPECT_EQ(rotate_to(ring, 9).error().code, Errc::NotFound);
  EXPECT_EQ(rotate_to(ring, 1).error().code, Errc::Denied);
  EXPECT_EQ(rotate_to(ring, 2).error().code, Errc::Exists);
}

TEST(Rotation, CanGoBackToAKeyThatWaits) {
  EXPECT_EQ(rotate_to(two_keys(), 1).value().emitting()->info().id, 1);
}

TEST(RetiredKey, IsNotTheOneThatEmits) {
  EXPECT_EQ(retire_key(two_keys(), 2).error().code, Errc::Denied);
  EXPECT_EQ(retire_key(two_keys(), 9).error().code, Errc::NotFound);
  const auto ring = retire_key(two_keys(), 1).value();
  EXPECT_EQ(ring.find(1)->info().state, KeyState::Retired);
  EXPECT_EQ(retire_key(ring, 1).error().code, Errc::Exists);
}

TEST(Deletion, IsRefusedWhileMailOfTheKeyMayComeBack) {
  const auto ring = retire_key(two_keys(), 1).value();
  const Instant end = kNow + kLifetime + Days{1} + kKeptAfterwards;
  const auto early = check_deletion(ring, 1, end, kLifetime);
  ASSERT_FALSE(early.has_value());
  EXPECT_EQ(early.error().code, Errc::Denied);
  EXPECT_THAT(early.error().detail, HasSubstr(render_instant(end)));
  EXPECT_FALSE(delete_key(ring, 1, end, kLifetime).has_value());
  EXPECT_TRUE(check_deletion(ring, 1, end + Seconds{1}, kLifetime).has_value());
  const auto after = delete_key(ring, 1, end + Seconds{1}, kLifetime).value();
  EXPECT_EQ(after.find(1), nullptr);
  EXPECT_THAT(after.deleted(), ElementsAre(1));
}

TEST(Deletion, NeedsTheKeyToBeRetired) {
  const Instant far = kNow + Days{10000};
  EXPECT_EQ(check_deletion(two_keys(), 1, far, kLifetime).error().code, Errc::Denied);
  EXPECT_EQ(check_deletion(two_keys(), 2, far, kLifetime).error().code, Errc::Denied);
  EXPECT_EQ(check_deletion(two_keys(), 9, far, kLifetime).error().code, Errc::NotFound);
}

TEST(Deletion, OfAKeyThatNeverSignedNeedsNoWait) {
  const auto ring = retire_key(add_key(two_keys(), secret_of(3), kNow).value(), 3).value();
  EXPECT_TRUE(check_deletion(ring, 3, kNow, kLifetime).has_value());
}

TEST(Emission, IsOnlyEverExtended) {
  auto ring = extend_emission(two_keys(), 2, kNow + Days{1});
  EXPECT_EQ(ring.find(2)->info().emits_until, kNow + Days{1});
  ring = extend_emission(ring, 2, kNow);
  EXPECT_EQ(ring.find(2)->info().emits_until, kNow + Days{1});
  EXPECT_EQ(ring.emitting()->info().id, 2);
}

TEST(Merge, AddsWhatIsMissingAndKeepsWhichKeyEmits) {
  const auto ours = two_keys();
  auto theirs = add_key(ours, secret_of(3), kNow).value();
  theirs = rotate_to(extend_emission(theirs, 1, kNow + Days{5}), 3).value();
  theirs = retire_key(extend_emission(theirs, 3, kNow + Days{9}), 1).value();
  const auto merged = merge_rings(ours, theirs).value();
  EXPECT_EQ(merged.emitting()->info().id, 2);
  EXPECT_EQ(merged.find(3)->info().state, KeyState::Waiting);
  EXPECT_EQ(merged.find(3)->info().emits_until, kNow + Days{9});
  EXPECT_EQ(merged.find(1)->info().state, KeyState::Retired);
  EXPECT_EQ(merged.find(1)->info().emits_until, kNow + Days{5});
}

TEST(Merge, NeitherForgetsNorRevivesAKey) {
  const auto ours = two_keys();
  const KeyRing theirs(secret_of(0xee), {}, {1, 5});
  const auto merged = merge_rings(ours, theirs).value();
  EXPECT_NE(merged.find(1), nullptr);
  EXPECT_THAT(merged.deleted(), ElementsAre(5));
  const auto back = merge_rings(KeyRing(secret_of(0xee), {}, {1}), ours).value();
  EXPECT_EQ(back.find(1), nullptr);
  EXPECT_NE(back.find(2), nullptr);
}

TEST(Merge, RefusesWhatIsNotOfThisRing) {
  const auto ours = two_keys();
  EXPECT_EQ(merge_rings(ours, KeyRing(secret_of(0xdd), {})).error().code, Errc::Denied);
  const auto conflict = add_key(empty_ring(), secret_of(9), kNow).value();
  EXPECT_EQ(merge_rings(ours, conflict).error().code, Errc::Denied);
  const auto retired_there = retire_key(rotate_to(ours, 1).value(), 2).value();
  EXPECT_EQ(merge_rings(ours, retired_there).error().code, Errc::Denied);
}

}  // namespace
}  // namespace backstop::proof
