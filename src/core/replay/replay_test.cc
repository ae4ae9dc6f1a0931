#include "core/replay/replay.h"

#include <gtest/gtest.h>

namespace backstop::replay {
namespace {

using policy::Decision;
using policy::Facts;
using policy::Verdict;
using transaction::HistoryRow;

const Instant kNow = parse_instant("2026-11-21T12:00:00Z").value();

config::Config make_config(std::string_view text = "") {
  auto config = config::parse_config(
      "[domains.\"example.com\"]\nmode = \"observe\"\ncoverage = \"covered\"\n"
      "signing_since = 2026-01-01T00:00:00Z\n",
      "test");
  EXPECT_TRUE(config::apply_text(*config, text, "test"));
  return *std::move(config);
}

Facts make_forged() {
  Facts facts;
  facts.kind = reading::Kind::Bounce;
  facts.returned = policy::ReturnedShape::Enough;
  facts.coverage = policy::Coverage::Covered;
  return facts;
}

Facts make_genuine() {
  Facts facts = make_forged();
  facts.token = proof::ProofResult::Valid;
  return facts;
}

HistoryRow make_row(const std::vector<Facts>& facts, std::vector<std::string> recipients,
                    std::string facts_of = "") {
  HistoryRow row;
  row.at = kNow;
  row.queue_id = "4fzX1";
  row.recipients = std::move(recipients);
  row.recipient_count = static_cast<std::uint32_t>(row.recipients.size());
  row.facts_of = std::move(facts_of);
  row.client = "203.0.113.77";
  row.kind = "bounce";
  for (const Facts& one : facts)
    row.facts += (row.facts.empty() ? "" : "|") + policy::render_facts(one);
  const auto judgement = transaction::recompute(row).value();
  row.verdict = policy::name_of(judgement.verdict);
  row.decision = policy::name_of(judgement.decision);
  row.enforced = policy::name_of(judgement.enforced);
  row.reasons = transaction::join_reasons(judgement.reasons);
  return row;
}

HistoryRow make_row(const Facts& facts) {
  return make_row(std::vector<Facts>{facts}, {"anna@example.com"});
}

Replayed replay(const HistoryRow& row, std::string_view change, std::string_view in_force = "") {
  const config::Config before = make_config(in_force);
  config::Config next = before;
  EXPECT_TRUE(config::apply_text(next, change, "change"));
  return Replay(before, next, nullptr).judge(row, 1);
}

constexpr std::string_view kEnforce = "domains.\"example.com\".mode = \"enforce\"";

TEST(Replay, UnderTheTableInForceFindsEveryRowAsItWas) {
  Replay table;
  std::int64_t outcome = 0;
  for (const Facts& facts : {make_forged(), make_genuine(), Facts{}}) {
    const Replayed& out = table.judge(make_row(facts), ++outcome);
    EXPECT_FALSE(out.differs);
    EXPECT_TRUE(out.unknowns.empty());
  }
}

TEST(Replay, UnderTheTableInForceTellsWhatDiffers) {
  const HistoryRow good = make_row(make_forged());
  for (std::string HistoryRow::* text :
       {&HistoryRow::verdict, &HistoryRow::decision, &HistoryRow::enforced, &HistoryRow::reasons}) {
    HistoryRow row = good;
    row.*text = "other";
    EXPECT_TRUE(Replay().judge(row, 1).differs);
  }
  HistoryRow unread = good;
  unread.facts = "v=99";
  const Replayed out = Replay().judge(unread, 1);
  EXPECT_FALSE(out.differs);
  EXPECT_TRUE(out.unknowns.has(Unknown::Facts));
}

TEST(Replay, OfARowWithAForeignRecipientIsNotMixedUpWithOneWithout) {
  Facts facts = make_forged();
  facts.mode = policy::Mode::Enforce;
  const HistoryRow alone = make_row(facts);
  HistoryRow beside = alone;
  beside.recipients.emplace_back("#0123456789abcdef");
  beside.decision = "accept";
  Replay table;
  EXPECT_FALSE(table.judge(alone, 1).differs);
  EXPECT_FALSE(table.judge(beside, 1).differs);
}

TEST(Replay, UnderEnforceRefusesWhatIsForgedAndNothingElse) {
  const Replayed forged = replay(make_row(make_forged()), kEnforce);
  EXPECT_TRUE(forged.differs);
  EXPECT_EQ(forged.now.decision, Decision::Refuse);
  EXPECT_FALSE(forged.is_harmful);
  EXPECT_FALSE(replay(make_row(make_genuine()), kEnforce).differs);
}

TEST(Replay, OfAChangeThatSaysNothingFindsEveryRowAsItWas) {
  EXPECT_FALSE(replay(make_row(make_forged()), "").differs);
}

TEST(Replay, WarnsOfGenuineMailThatWouldBeRefusedAtRcpt) {
  const Replayed out =
      replay(make_row(make_genuine()),
             "domains.\"example.com\" = { mode = \"enforce\", sends_mail = false }");
  EXPECT_EQ(out.now.decision, Decision::Refuse);
  EXPECT_EQ(out.reasons, "sends-no-mail");
  EXPECT_TRUE(out.is_harmful);
}

TEST(Replay, WarnsOfOneThatWouldBeRefusedAtRcptBesideOneThatIsTaken) {
  const auto row =
      make_row(std::vector<Facts>{make_genuine()}, {"anna@example.com", "bea@example.net"});
  constexpr std::string_view there = "domains.\"example.net\".mode = \"observe\"";
  const Replayed out =
      replay(row, "domains.\"example.com\" = { mode = \"enforce\", sends_mail = false }", there);
  EXPECT_EQ(out.now.decision, Decision::Accept);
  EXPECT_TRUE(out.is_harmful);
  EXPECT_TRUE(out.differs);
}

TEST(Replay, JudgesEachRecipientByItsOwnFacts) {
  Facts at_role = make_forged();
  at_role.recipient = policy::RecipientClass::Role;
  const HistoryRow row =
      make_row({make_forged(), at_role}, {"anna@example.com", "abuse@example.com"}, "01");
  // Both roles: the mildest, quarantine; anna alone off: nothing can be done.
  EXPECT_EQ(replay(row, kEnforce).now.decision, Decision::Quarantine);
  EXPECT_EQ(replay(row,
                   "domains.\"example.com\".mode = \"enforce\"\n"
                   "addresses.\"anna@example.com\".mode = \"off\"")
                .now.decision,
            Decision::Accept);
  EXPECT_TRUE(replay(row, kEnforce).unknowns.empty());
  HistoryRow old = row;
  old.facts_of.clear();
  EXPECT_TRUE(replay(old, kEnforce).unknowns.has(Unknown::Recipient));
}

TEST(Replay, FindsRolesAndActionsOfTheOtherPolicy) {
  const HistoryRow row = make_row(make_forged());
  EXPECT_EQ(replay(row,
                   "domains.\"example.com\".mode = \"enforce\"\n"
                   "addresses.roles = [\"anna@example.com\"]")
                .now.decision,
            Decision::Quarantine);
  EXPECT_EQ(replay(row,
                   "domains.\"example.com\".mode = \"enforce\"\n"
                   "actions.bounce.forged = \"mark\"")
                .now.decision,
            Decision::Mark);
}

TEST(Replay, KnowsPeersByNetworkAndNotByName) {
  const HistoryRow row = make_row(make_forged());
  const Replayed by_network = replay(row, "peers.\"203.0.113.0/24\".treat = \"untagged_valid\"");
  EXPECT_EQ(by_network.now.verdict, Verdict::Genuine);
  EXPECT_TRUE(by_network.unknowns.empty());
  const Replayed by_name = replay(row, "peers.\"robot@remote.test\".treat = \"untagged_valid\"");
  EXPECT_EQ(by_name.now.verdict, Verdict::Forged);
  EXPECT_TRUE(by_name.unknowns.has(Unknown::From));
}

TEST(Replay, KnowsAnAllowedSenderByItsHash) {
  const std::vector<std::uint8_t> bytes(proof::kSecretBytes, 7);
  const proof::SentHasher hasher{crypto::Secret(bytes)};
  HistoryRow row = make_row(make_forged());
  row.sender = transaction::shown_address({"robot", "remote.test"}, false, &hasher);
  const config::Config before = make_config();
  config::Config next = before;
  ASSERT_TRUE(
      config::apply_text(next, "allow.\"anna@example.com\" = [\"robot@remote.test\"]", "change"));
  Replay known(before, next, &hasher);
  EXPECT_EQ(known.judge(row, 1).reasons, "never-judged");
  row.sender = "#0000000000000001";
  EXPECT_TRUE(known.judge(row, 1).unknowns.has(Unknown::From));
  row.recipients = {"bea@example.com"};
  EXPECT_TRUE(known.judge(row, 1).unknowns.empty());
}

TEST(Replay, TakesAClientForARelayThatTheOtherPolicyNames) {
  const Replayed out = replay(make_row(make_forged()),
                              "domains.\"example.com\".mode = \"enforce\"\n"
                              "relays.inbound = [\"203.0.113.0/24\"]");
  EXPECT_EQ(out.now.decision, Decision::Quarantine);
  Facts relayed = make_forged();
  relayed.standing = policy::Standing::Relay;
  EXPECT_TRUE(replay(make_row(relayed), "relays.inbound = []", "relays.inbound = [\"192.0.2.1\"]")
                  .unknowns.has(Unknown::Relay));
}

TEST(Replay, DerivesCoverageAndSigningWhereTheOtherPolicyNamesThem) {
  const HistoryRow row = make_row(make_forged());
  EXPECT_EQ(replay(row, "domains.\"example.com\".coverage = \"partly\"").now.verdict,
            Verdict::Unproven);
  EXPECT_EQ(replay(row, "domains.\"example.com\".signing_since = 2026-12-01T00:00:00Z").now.verdict,
            Verdict::Unproven);
  EXPECT_TRUE(replay(row, "domains.\"example.com\".signing_since = 2026-11-20T00:00:00Z")
                  .unknowns.has(Unknown::Signing));
  EXPECT_FALSE(replay(row, "domains.\"example.com\".signing_since = 2026-02-01T00:00:00Z").differs);
}

TEST(Replay, DoesNotGuessWhatNobodyJudged) {
  Facts enforced = make_forged();
  enforced.mode = policy::Mode::Enforce;
  const HistoryRow row = make_row({enforced, {.mode = policy::Mode::Off}},
                                  {"anna@example.com", "bea@example.com"}, "01");
  EXPECT_TRUE(replay(row, kEnforce).unknowns.has(Unknown::NotJudged));
}

TEST(Replay, NamesOptionsThatNoHistoryCanTellOf) {
  const config::Config before = make_config();
  config::Config next =
      make_config("proofs.lifetime = \"7d\"\ndomains.\"example.com\".tag = \"prvs\"");
  EXPECT_EQ(Replay(before, next, nullptr).not_replayed(),
            (std::vector<std::string_view>{"domains.*.tag", "proofs.lifetime"}));
}

}  // namespace
}  // namespace backstop::replay
