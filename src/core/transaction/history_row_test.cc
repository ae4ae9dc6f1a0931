#include "core/transaction/history_row.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/transaction/judge.h"

namespace backstop::transaction {
namespace {

const mail::Address kOurs{"Anna", "example.com"};
const mail::Address kForeign{"bob", "remote.test"};

std::shared_ptr<const proof::SentHasher> make_hasher(std::uint8_t byte = 7) {
  const std::vector<std::uint8_t> bytes(proof::kSecretBytes, byte);
  return std::make_shared<const proof::SentHasher>(crypto::Secret(bytes));
}

policy::Facts make_forged() {
  policy::Facts facts;
  facts.kind = reading::Kind::Bounce;
  facts.returned = policy::ReturnedShape::Enough;
  facts.coverage = policy::Coverage::Covered;
  facts.mode = policy::Mode::Enforce;
  return facts;
}

Record make_record(std::vector<policy::Facts> facts) {
  Record record;
  record.at = Instant{Seconds{1'795'231'414}};
  record.recipient_addresses = {{kOurs, true}};
  record.recipient_count = 1;
  record.client = "203.0.113.77";
  record.message_id = "one@remote.test";
  record.original_id = "two@example.com";
  record.hasher = make_hasher();
  record.kind = reading::Kind::Bounce;
  std::vector<policy::Judgement> judgements;
  for (const policy::Facts& one : facts)
    judgements.push_back(policy::decide(one));
  record.judgement = combine(judgements);
  record.facts = std::move(facts);
  return record;
}

TEST(HistoryRowTest, shows_our_addresses_and_hides_all_others) {
  Record record = make_record({make_forged()});
  record.sender_address = kForeign;
  record.recipient_addresses.emplace_back(kForeign, false);
  const HistoryRow row = make_history_row(record, "4fzX1");
  ASSERT_EQ(row.recipients.size(), 2U);
  EXPECT_EQ(row.recipients[0], "Anna@example.com");
  EXPECT_EQ(row.recipients[1].size(), 17U);
  EXPECT_EQ(row.recipients[1][0], '#');
  EXPECT_EQ(row.sender, row.recipients[1]);
  EXPECT_EQ(row.sender.find("bob"), std::string::npos);
}

TEST(HistoryRowTest, hides_an_address_alike_however_it_is_spelt_and_otherwise_under_another_ring) {
  const auto hasher = make_hasher();
  EXPECT_EQ(shown_address(kForeign, false, hasher.get()),
            shown_address({"BOB", "Remote.Test"}, false, hasher.get()));
  EXPECT_NE(shown_address(kForeign, false, hasher.get()),
            shown_address(kForeign, false, make_hasher(8).get()));
}

TEST(HistoryRowTest, leaves_foreign_addresses_and_ids_out_when_there_are_no_keys) {
  Record record = make_record({make_forged()});
  record.sender_address = kForeign;
  record.hasher = nullptr;
  const HistoryRow row = make_history_row(record, "4fzX1");
  EXPECT_EQ(row.sender, "");
  EXPECT_EQ(row.recipients, std::vector<std::string>{"Anna@example.com"});
  EXPECT_EQ(row.message_id, 0U);
  EXPECT_EQ(row.original_id, 0U);
}

TEST(HistoryRowTest, keeps_what_was_judged_in_the_words_of_the_log) {
  const HistoryRow row = make_history_row(make_record({make_forged()}), "4fzX1");
  EXPECT_EQ(row.queue_id, "4fzX1");
  EXPECT_EQ(row.kind, "bounce");
  EXPECT_EQ(row.verdict, "forged");
  EXPECT_EQ(row.decision, "refuse");
  EXPECT_EQ(row.enforced, "refuse");
  EXPECT_EQ(row.reasons, "no-proof-of-origin");
  EXPECT_EQ(row.message_id, make_hasher()->message("one@remote.test"));
  EXPECT_EQ(row.original_id, make_hasher()->message("two@example.com"));
}

TEST(HistoryRowTest, says_nothing_of_a_verdict_for_mail_of_ours) {
  Record record = make_record({make_forged()});
  record.direction = Direction::Outgoing;
  record.is_signed = true;
  const HistoryRow row = make_history_row(record, "4fzX1");
  EXPECT_EQ(row.verdict, "");
  EXPECT_EQ(row.facts, "");
  EXPECT_TRUE(row.is_signed);
  EXPECT_FALSE(recompute(row));
}

TEST(RecomputeTest, comes_to_what_was_decided) {
  policy::Facts observed = make_forged();
  observed.mode = policy::Mode::Observe;
  policy::Facts role = make_forged();
  role.recipient = policy::RecipientClass::Role;
  policy::Facts genuine = make_forged();
  genuine.token = proof::ProofResult::Valid;
  const std::vector<std::vector<policy::Facts>> cases{
      {make_forged()}, {observed}, {role}, {genuine}, {make_forged(), observed}, {role, observed}};
  for (const auto& facts : cases) {
    const Record record = make_record(facts);
    const auto again = recompute(make_history_row(record, "4fzX1"));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->verdict, record.judgement.verdict);
    EXPECT_EQ(again->decision, record.judgement.decision);
    EXPECT_EQ(again->enforced, record.judgement.enforced);
    EXPECT_EQ(again->reasons, record.judgement.reasons);
  }
}

TEST(RecomputeTest, does_nothing_to_a_message_that_goes_to_somebody_else_too) {
  Record record = make_record({make_forged()});
  record.recipient_addresses.emplace_back(kForeign, false);
  const auto again = recompute(make_history_row(record, "4fzX1"));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->verdict, policy::Verdict::Forged);
  EXPECT_EQ(again->decision, policy::Decision::Accept);
}

TEST(RecomputeTest, gives_nothing_for_facts_it_cannot_read) {
  HistoryRow row = make_history_row(make_record({make_forged()}), "4fzX1");
  for (const std::string& facts :
       {std::string(), std::string("v=99"), row.facts + "|", "|" + row.facts, row.facts + "|junk",
        row.facts.substr(0, row.facts.size() - 1) + "?"}) {
    row.facts = facts;
    EXPECT_FALSE(recompute(row)) << facts;
  }
}

TEST(HistoryRowTest, tells_whose_the_facts_are) {
  policy::Facts at_role = make_forged();
  at_role.recipient = policy::RecipientClass::Role;
  const policy::Facts nobodys{.mode = policy::Mode::Off};
  Record record = make_record({make_forged(), nobodys, at_role, make_forged()});
  record.recipient_addresses = {{kOurs, true},
                                {kForeign, false},
                                {{"postmaster", "example.com"}, true},
                                {{"Bea", "example.com"}, true}};
  record.recipient_count = 4;
  const HistoryRow row = make_history_row(record, "4fzX1");
  EXPECT_EQ(row.facts_of, "0120");
  const auto facts = parse_row_facts(row.facts).value();
  ASSERT_EQ(facts.size(), 3U);
  EXPECT_EQ(facts[find_facts_of(row, 2).value()], at_role);
  EXPECT_EQ(facts[find_facts_of(row, 1).value()], nobodys);
  EXPECT_FALSE(find_facts_of(row, 4));
}

TEST(HistoryRowTest, tells_whose_the_facts_are_when_a_recipient_cannot_be_named) {
  policy::Facts at_role = make_forged();
  at_role.recipient = policy::RecipientClass::Role;
  Record record = make_record({policy::Facts{.mode = policy::Mode::Off}, at_role});
  record.hasher = nullptr;
  record.recipient_addresses = {{kForeign, false}, {{"abuse", "example.com"}, true}};
  const HistoryRow row = make_history_row(record, "4fzX1");
  ASSERT_EQ(row.recipients.size(), 1U);
  EXPECT_EQ(find_facts_of(row, 0), std::optional<std::size_t>(1));
}

TEST(HistoryRowTest, does_not_guess_whose_the_facts_are_in_a_row_of_the_first_version) {
  policy::Facts at_role = make_forged();
  at_role.recipient = policy::RecipientClass::Role;
  HistoryRow row = make_history_row(make_record({make_forged(), at_role}), "4fzX1");
  row.facts_of.clear();
  EXPECT_FALSE(find_facts_of(row, 0));
  row.facts_of = "9";
  EXPECT_FALSE(find_facts_of(row, 0));
  row.facts = policy::render_facts(at_role);
  EXPECT_EQ(find_facts_of(row, 0), std::optional<std::size_t>(0));
}

TEST(HistoryRowTest, recomputes_that_nothing_is_refused_for_recipients_past_the_limit) {
  HistoryRow row = make_history_row(make_record({make_forged()}), "4fzX1");
  EXPECT_EQ(recompute(row)->decision, policy::Decision::Refuse);
  row.recipient_count = limits::kTransactionRecipients + 1;
  EXPECT_EQ(recompute(row)->decision, policy::Decision::Mark);
}

}  // namespace
}  // namespace backstop::transaction
