#include "core/transaction/ledger_question.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>

#include "core/base/limits.h"

namespace backstop::transaction {
namespace {

// A report that names as many messages, parties and recipients as it likes.
TEST(LedgerQuestion, AsksForNoMoreThanTheLedgerLooksAt) {
  std::array<std::uint8_t, proof::kSecretBytes> secret{};
  const proof::SentHasher hasher{crypto::Secret(secret)};
  reading::Reading reading;
  reading.kind = reading::Kind::Bounce;
  std::vector<mail::Address> addressees;
  for (int i = 0; i < 50; ++i) {
    reading.references.push_back(fmt::format("{}@example.com", i));
    reading.recipients.emplace_back().address = fmt::format("r{}@remote.test", i);
    addressees.push_back({.local = fmt::format("u{}", i), .domain = "example.com"});
  }
  const mail::Address nobody;
  proof::TokenCheck token;
  token.result = proof::ProofResult::Valid;
  const config::Config config;
  const Client client;
  const LedgerQuestion question(Asked{.reading = reading,
                                      .addressees = addressees,
                                      .envelope = nobody,
                                      .header_from = nobody,
                                      .token = token,
                                      .config = config,
                                      .client = client},
                                hasher, Instant{});
  const proof::LedgerQuery& query = question.query();
  // A counter that is asked for and not looked at would count as never used.
  EXPECT_LE(query.counters.size(), limits::kLedgerQueryKeys);
  EXPECT_LE(query.pairs.size(), limits::kLedgerQueryKeys);
  EXPECT_LE(query.addressees.size(), limits::kLedgerQueryKeys);
}

// A report names a recipient twice, and whoever writes it is free to lie in one of the two.
TEST(LedgerQuestion, OfTheTwoNamesOfARecipientItFindsTheOneThatTheLedgerHolds) {
  std::array<std::uint8_t, proof::kSecretBytes> secret{};
  const proof::SentHasher hasher{crypto::Secret(secret)};
  const Instant now{Seconds{1'795'262'400}};
  const mail::Address bob{.local = "bob", .domain = "remote.test"};
  const mail::Address nobody;
  const proof::TokenCheck token;
  config::Config config;
  config.feed.socket = "/run/feed.sock";
  const Client client;
  const auto find = [&](const std::string& original, const std::string& final) {
    reading::Reading reading;
    reading.kind = reading::Kind::Bounce;
    reading.returned.message_id = "a1@example.com";
    reading.recipients.emplace_back().original = original;
    reading.recipients.back().address = final;
    const std::vector<mail::Address> addressees;
    const LedgerQuestion question(Asked{.reading = reading,
                                        .addressees = addressees,
                                        .envelope = nobody,
                                        .header_from = nobody,
                                        .token = token,
                                        .config = config,
                                        .client = client},
                                  hasher, now);
    const proof::LedgerQuery& query = question.query();
    const proof::SentKey held = hasher.recipient(query.messages.front(), bob);
    proof::LedgerAnswer answer;
    answer.messages.assign(query.messages.size(), proof::SentEntry{.sent = now - Days{1}});
    for (const proof::SentKey& pair : query.pairs)
      answer.pairs.push_back(pair == held ? std::optional(now - Days{1}) : std::nullopt);
    std::vector<std::string> names;
    for (const HeldRecipient& one : question.read(answer, now, Days{21}).held)
      names.push_back(one.address);
    return names;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(find("", "bob@remote.test"), Names{"bob@remote.test"});
  EXPECT_EQ(find("bob@remote.test", "b@inner.test"), Names{"bob@remote.test"});
  EXPECT_EQ(find("victim@else.test", "bob@remote.test"), Names{"bob@remote.test"});
  EXPECT_EQ(find("bob@remote.test", "bob@remote.test"), Names{"bob@remote.test"}) << "once";
  EXPECT_EQ(find("victim@else.test", "other@else.test"), Names{});
}

// What a signature of ours is worth: a party we wrote to has uses of its own, all others share.
TEST(LedgerQuestion, AnswersToASignatureAreCountedAsThoseToATokenAre) {
  std::array<std::uint8_t, proof::kSecretBytes> secret{};
  const proof::SentHasher hasher{crypto::Secret(secret)};
  reading::Reading reading;
  reading.kind = reading::Kind::Bounce;
  reading.recipients.emplace_back().address = "bob@remote.test";
  const mail::Address alice{.local = "alice", .domain = "example.com"};
  const std::vector<mail::Address> addressees{alice};
  const mail::Address nobody;
  const proof::TokenCheck token;
  const config::Config config;
  const Client client;
  const Instant now{Seconds{1'795'262'400}};
  LedgerQuestion question(Asked{.reading = reading,
                                .addressees = addressees,
                                .envelope = nobody,
                                .header_from = nobody,
                                .token = token,
                                .config = config,
                                .client = client},
                          hasher, now);
  const std::array<std::uint8_t, 3> value{1, 2, 3};
  const proof::LedgerQuery query = question.signature_query(hasher, hasher.signature(value));
  ASSERT_EQ(query.pairs.size(), 1U);
  ASSERT_EQ(query.counters.size(), 4U);

  const auto read = [&](bool known, std::uint32_t others) {
    proof::LedgerAnswer answer;
    answer.pairs = {known ? std::optional(now - Days{1}) : std::nullopt};
    answer.counters = {others, 0, 0, 0};
    DkimFindings findings{.result = proof::ProofResult::Valid,
                          .signed_at = now - Days{2},
                          .used_up = false,
                          .uses = {}};
    question.read_signature(answer, now, findings);
    return findings;
  };
  EXPECT_FALSE(read(false, 0).used_up);
  EXPECT_EQ(read(false, 0).uses.since, now - Days{2});
  EXPECT_FALSE(read(false, 0).uses.counters.empty());
  EXPECT_TRUE(read(false, 7).used_up);
  EXPECT_TRUE(read(false, 7).uses.counters.empty());
  EXPECT_FALSE(read(true, 7).used_up) << "nobody can burn what a party we wrote to may answer";
}

// A DSN goes to From:, an alias or a masqueraded name; whom the original was written to is asked of
// its own sender, who is named in what came back.
TEST(LedgerQuestion, AnswerToAnotherAddressOfOursHasThePartysOwnUses) {
  std::array<std::uint8_t, proof::kSecretBytes> secret{};
  const proof::SentHasher hasher{crypto::Secret(secret)};
  const mail::Address alice{.local = "alice", .domain = "example.com"};
  const mail::Address bob{.local = "bob", .domain = "remote.test"};
  reading::Reading reading;
  reading.kind = reading::Kind::Bounce;
  reading.recipients.emplace_back().address = bob.text();
  reading.returned.from = alice;
  const std::vector<mail::Address> addressees{{.local = "office", .domain = "example.com"}};
  const mail::Address nobody;
  const Instant now{Seconds{1'795'262'400}};
  proof::TokenCheck token;
  token.result = proof::ProofResult::Valid;
  token.issued = now - Days{1};
  const auto config = config::parse_config("[domains.\"example.com\"]\nmode = \"enforce\"\n", "");
  ASSERT_TRUE(config);
  const Client client;
  const LedgerQuestion question(Asked{.reading = reading,
                                      .addressees = addressees,
                                      .envelope = nobody,
                                      .header_from = nobody,
                                      .token = token,
                                      .config = *config,
                                      .client = client},
                                hasher, now);
  const proof::LedgerQuery& query = question.query();
  ASSERT_EQ(query.pairs.size(), 2U);
  EXPECT_EQ(query.pairs.back(), hasher.pair(alice, bob));
  const auto read = [&](bool known) {
    proof::LedgerAnswer answer;
    answer.counters = {1000, 1, 0, 0, 0};  // The share of all others is used up.
    answer.pairs = {std::nullopt, known ? std::optional(now - Days{1}) : std::nullopt};
    return question.read(answer, now, proof::kDefaultLifetime);
  };
  EXPECT_TRUE(read(false).token_used_up);
  EXPECT_FALSE(read(true).token_used_up);
  EXPECT_EQ(read(true).pairs.front(), policy::Pair::Absent) << "what is returned proves no pair";
}

}  // namespace
}  // namespace backstop::transaction
