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

}  // namespace
}  // namespace backstop::transaction
