#include "core/proof/canary_pass.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace backstop::proof {
namespace {

const Instant kNow{Seconds{1'795'231'414}};
const mail::Address kAnna{"anna", "example.com"};
constexpr Nonce kNonce{1, 2, 3, 4, 5};

crypto::Secret make_secret(std::uint8_t byte = 7) {
  return crypto::Secret(std::vector<std::uint8_t>(kSecretBytes, byte));
}

std::string make_text(Instant issued = kNow) {
  return make_canary_pass({.issued = issued, .nonce = kNonce}, kAnna, make_secret());
}

TEST(CanaryPassTest, reads_what_was_made_and_takes_white_space_around_it) {
  const auto pass = read_canary_pass(" " + make_text() + "\r\n", kAnna, make_secret(), kNow);
  ASSERT_TRUE(pass);
  EXPECT_EQ(*pass, (CanaryPass{.issued = kNow, .nonce = kNonce}));
  EXPECT_EQ(make_text().size(), limits::kCanaryPassCharacters);
}

TEST(CanaryPassTest, is_nothing_under_another_ring_or_for_another_recipient) {
  EXPECT_FALSE(read_canary_pass(make_text(), kAnna, make_secret(8), kNow));
  EXPECT_FALSE(read_canary_pass(make_text(), {"ben", "example.com"}, make_secret(), kNow));
  EXPECT_TRUE(read_canary_pass(make_text(), {"anna", "EXAMPLE.com"}, make_secret(), kNow));
}

TEST(CanaryPassTest, lives_for_a_few_minutes_and_not_before_its_time) {
  EXPECT_TRUE(read_canary_pass(make_text(), kAnna, make_secret(), kNow + kCanaryPassLife));
  EXPECT_FALSE(
      read_canary_pass(make_text(), kAnna, make_secret(), kNow + kCanaryPassLife + Seconds{1}));
  EXPECT_FALSE(read_canary_pass(make_text(), kAnna, make_secret(), kNow - Seconds{1}));
}

TEST(CanaryPassTest, is_nothing_with_any_character_changed_cut_or_added) {
  const std::string text = make_text();
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] = other[i] == 'a' ? 'b' : 'a';
    EXPECT_FALSE(read_canary_pass(other, kAnna, make_secret(), kNow)) << i;
    EXPECT_FALSE(read_canary_pass(text.substr(0, i), kAnna, make_secret(), kNow)) << i;
  }
  EXPECT_FALSE(read_canary_pass(text + "a", kAnna, make_secret(), kNow));
  EXPECT_FALSE(read_canary_pass("", kAnna, make_secret(), kNow));
}

TEST(UsedPassesTest, grants_each_pass_once) {
  UsedPasses used(kNow);
  const CanaryPass pass{.issued = kNow, .nonce = kNonce};
  EXPECT_TRUE(used.claim(pass, kNow));
  EXPECT_FALSE(used.claim(pass, kNow + Seconds{1}));
  EXPECT_TRUE(used.claim({.issued = kNow, .nonce = {9}}, kNow + Seconds{1}));
}

TEST(UsedPassesTest, takes_what_was_issued_before_it_began_for_used) {
  UsedPasses used(kNow);
  EXPECT_FALSE(used.claim({.issued = kNow - Seconds{1}, .nonce = kNonce}, kNow));
}

TEST(UsedPassesTest, grants_new_ones_once_after_the_clock_was_set_back) {
  UsedPasses used(kNow);
  const CanaryPass before{.issued = kNow, .nonce = kNonce};
  ASSERT_TRUE(used.claim(before, kNow));
  const Instant back = kNow - Days(1);
  const CanaryPass after{.issued = back, .nonce = {9}};
  EXPECT_TRUE(used.claim(after, back + Seconds{1}));
  EXPECT_FALSE(used.claim(after, back + Seconds{2}));
  EXPECT_FALSE(used.claim(before, kNow)) << "what was used then stays used";
}

TEST(UsedPassesTest, forgets_only_what_is_over_its_life_and_grants_none_when_full) {
  UsedPasses used(kNow);
  for (std::size_t i = 0; i < limits::kCanaryPasses; ++i) {
    const Nonce nonce{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8)};
    ASSERT_TRUE(used.claim({.issued = kNow, .nonce = nonce}, kNow));
  }
  const CanaryPass next{.issued = kNow + Seconds{1}, .nonce = {1, 1, 1}};
  EXPECT_FALSE(used.claim(next, kNow + kCanaryPassLife));
  EXPECT_TRUE(used.claim(next, kNow + kCanaryPassLife + Seconds{1}));
}

}  // namespace
}  // namespace backstop::proof
