#include "core/transaction/recipient_tag.h"

#include <gtest/gtest.h>

#include "core/proof/tag.h"
#include "core/transaction/sender_tag.h"

namespace backstop::transaction {
namespace {

using proof::ProofResult;

const Instant kNow = parse_instant("2026-11-21T12:00:00Z").value();

std::shared_ptr<const proof::KeyRing> one_key() {
  const std::vector<std::uint8_t> bytes(proof::kSecretBytes, 7);
  auto key = std::make_shared<const proof::Key>(
      proof::KeyInfo{1, proof::KeyState::Emitting, kNow - Days{400}, kNow}, crypto::Secret(bytes));
  return std::make_shared<const proof::KeyRing>(
      crypto::Secret(bytes), std::vector<std::shared_ptr<const proof::Key>>{std::move(key)});
}

class TagWiring : public testing::Test {
 protected:
  TagWiring() {
    config_.domains["example.com"].name = "example.com";
    config_.domains["example.com"].tag = proof::TagStyle::Prvs;
  }

  mail::Address tagged(Instant at) const {
    return proof::sign_tag(kAnna, *ring_->emitting(), at, config_.lifetime, {});
  }
  RecipientTag find(const mail::Address& recipient, bool searched = false) const {
    return find_recipient_tag(recipient, config_, ring_.get(), now_, searched);
  }
  std::optional<mail::Address> tag(const mail::Address& sender,
                                   const std::vector<mail::Address>& recipients,
                                   const TagExemptDomains* learnt = nullptr) const {
    return tag_sender({.sender = sender, .recipients = recipients}, config_, learnt,
                      *ring_->emitting(), now_);
  }

  inline static const mail::Address kAnna{"anna", "example.com"};
  config::Config config_;
  const std::shared_ptr<const proof::KeyRing> ring_ = one_key();
  const Instant now_ = kNow;
};

TEST_F(TagWiring, IsStillBelievedWhereTheDomainHasGivenTagsUp) {
  const mail::Address before = tagged(now_ - Days{3});
  config_.domains["example.com"].tag.reset();
  EXPECT_EQ(find(before).result, ProofResult::Valid);
  EXPECT_EQ(find(before).addressee, kAnna);
  EXPECT_FALSE(tag(kAnna, {}));
}

TEST_F(TagWiring, OfNobodyIsAbsentWhereADomainHasNoTags) {
  config_.domains["example.com"].tag.reset();
  const RecipientTag found = find({"prvs=1800abcdef=anna", "example.com"});
  EXPECT_EQ(found.result, ProofResult::Absent);
  EXPECT_EQ(found.addressee.local, "prvs=1800abcdef=anna");
  EXPECT_TRUE(found.is_wrong) << "a search is one all the same";
}

TEST_F(TagWiring, ProvesNothingAfterHundredDaysAndComesOffAllTheSame) {
  const RecipientTag found = find(tagged(now_ - Days{102}));
  EXPECT_EQ(found.result, ProofResult::Absent);
  EXPECT_EQ(found.addressee, kAnna);
  EXPECT_EQ(find(tagged(now_ - Days{99})).result, ProofResult::Late);
}

// Hosts that share keys need not share a lifetime; and one that is cut must not lose what is on its
// way.
TEST_F(TagWiring, OfAHostWithALongerLifetimeIsLateAndNotForgotten) {
  const mail::Address theirs = tagged(now_ - Days{2});
  config_.lifetime = Days{7};
  EXPECT_EQ(find(theirs).result, ProofResult::Late);
  EXPECT_EQ(find(theirs).addressee, kAnna);
}

TEST_F(TagWiring, TellsASearchingNetworkNothing) {
  EXPECT_EQ(find(tagged(now_), true).result, ProofResult::Unavailable);
  EXPECT_EQ(find({"prvs=1800abcdef=anna", "example.com"}, true).result, ProofResult::Unavailable);
  EXPECT_EQ(find(kAnna, true).result, ProofResult::Absent);
}

TEST_F(TagWiring, IsNotLookedForWithoutKeysAndAtOtherDomains) {
  EXPECT_EQ(find_recipient_tag(tagged(now_), config_, nullptr, now_, false).result,
            ProofResult::Absent);
  EXPECT_EQ(find({"prvs=1800abcdef=bob", "example.net"}).result, ProofResult::Absent);
}

TEST_F(TagWiring, GoesToNobodyWhenOneRecipientIsOfAnExemptDomain) {
  const TagExemptDomains learnt{"lists.example.net"};
  const mail::Address bob{"bob", "remote.test"};
  EXPECT_EQ(tag(kAnna, {bob}, &learnt), tagged(now_));
  EXPECT_FALSE(tag(kAnna, {bob, {"discuss", "Lists.Example.NET"}}, &learnt));
  config_.tags.exempt_domains = {"remote.test"};
  EXPECT_FALSE(tag(kAnna, {bob}));
}

TEST_F(TagWiring, IsNotMadeWhereNotAllRecipientsAreKnown) {
  EXPECT_FALSE(tag_sender({.sender = kAnna, .recipients = {}, .knows_all_recipients = false},
                          config_, nullptr, *ring_->emitting(), now_));
}

}  // namespace
}  // namespace backstop::transaction
