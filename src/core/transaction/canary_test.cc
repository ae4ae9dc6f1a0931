// What the pass of a canary changes, and what it does not, whoever brings it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <utility>

#include "core/transaction/origin.h"
#include "core/transaction/transaction.h"

namespace backstop::transaction {
namespace {

const Instant kNow{Seconds{1'795'231'414}};
const mail::Address kAnna{"anna", "example.com"};
constexpr proof::Nonce kNonce{1, 2, 3, 4, 5};

std::shared_ptr<const proof::KeyRing> make_ring(std::uint8_t byte = 7) {
  const std::vector<std::uint8_t> bytes(proof::kSecretBytes, byte);
  return std::make_shared<const proof::KeyRing>(
      crypto::Secret(bytes),
      std::vector<std::shared_ptr<const proof::Key>>{
          std::make_shared<const proof::Key>(proof::KeyInfo{.id = 1,
                                                            .state = proof::KeyState::Emitting,
                                                            .created = kNow - Days(60),
                                                            .emits_until = {}},
                                             crypto::Secret(bytes))});
}

Surroundings make_surroundings(const std::string& mode) {
  const auto config = config::parse_config(
      fmt::format("[domains.\"example.com\"]\nmode = \"{}\"\n"
                  "signing_since = 2026-01-01T00:00:00Z\ncoverage = \"covered\"\n",
                  mode),
      "test");
  const auto ring = make_ring();
  return {.config = std::make_shared<const config::Config>(*config),
          .ring = ring,
          .hasher = std::make_shared<const proof::SentHasher>(ring->ring_secret())};
}

std::string make_pass(Instant issued = kNow, const mail::Address& recipient = kAnna) {
  return proof::make_canary_pass({.issued = issued, .nonce = kNonce}, recipient,
                                 make_ring()->ring_secret());
}

std::string make_token() {
  const auto ring = make_ring();
  return proof::sign_token(kAnna, *ring, *ring->emitting(), kNow, {9, 9, 9, 9, 9});
}

struct Mail {
  std::vector<std::string> recipients = {"anna@example.com"};
  std::vector<std::string> passes = {make_pass()};
  std::string token = {};  // Of the returned header; "" for a forged bounce.
  bool is_answer = true;   // Else ordinary mail.
  bool granted = true;     // What is answered when the pass is asked for.
  std::string client = "192.0.2.77";
  std::string daemon_name = {};
};

struct Outcome {
  unsigned asked = 0;
  std::optional<Record> record;
  std::optional<Reply> reply;
  bool counted = false;
  bool verdict_written = false;
};

Outcome bring(const Mail& mail, const std::string& mode = "enforce") {
  Transaction one(
      make_surroundings(mode),
      {.address = IpAddress::parse(mail.client), .name = "", .daemon_name = mail.daemon_name});
  Effects effects;
  Outcome out;
  // The answer to what is asked.
  const auto take = [&] {
    std::optional<Result<Answer>> answer;
    for (const Effect& effect : std::exchange(effects, {})) {
      if (std::holds_alternative<AskLedger>(effect)) answer.emplace(proof::LedgerAnswer{});
      if (std::holds_alternative<AskCanaryPass>(effect)) {
        ++out.asked;
        answer.emplace(mail.granted ? Result<Answer>(CanaryGranted{})
                                    : Result<Answer>(fail(Errc::Exists, "", "used")));
      }
      if (const auto* record = std::get_if<Record>(&effect)) out.record = *record;
      if (const auto* reply = std::get_if<Reply>(&effect)) out.reply = *reply;
      if (const auto* field = std::get_if<InsertField>(&effect))
        out.verdict_written = out.verdict_written || field->name == "Backstop-Verdict";
      out.counted = out.counted || std::holds_alternative<CountUses>(effect);
    }
    return answer;
  };
  const auto tell = [&](const Event& event) {
    one.on(event, kNow, effects);
    while (auto answer = take())
      one.on(Answered{*std::move(answer)}, kNow, effects);
  };
  tell(MailFrom{.sender = mail.is_answer ? "<>" : "<bob@remote.test>", .authenticated = ""});
  for (const std::string& recipient : mail.recipients)
    tell(RcptTo{.recipient = recipient});
  for (const std::string& pass : mail.passes)
    tell(HeaderField{.name = "Backstop-Canary", .raw = " " + pass});
  tell(HeaderField{.name = "From",
                   .raw = mail.is_answer ? " MAILER-DAEMON@remote.test" : " bob@remote.test"});
  if (mail.is_answer)
    tell(HeaderField{.name = "Content-Type",
                     .raw = " multipart/report; report-type=delivery-status; boundary=b"});
  tell(EndOfHeaders{});
  const std::string body = fmt::format(
      "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; remote.test\r\n\r\n"
      "Final-Recipient: rfc822; gone@remote.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
      "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
      "Received: from a.test by remote.test; Thu, 19 Nov 2026 00:00:00 +0000\r\n{}"
      "From: anna@example.com\r\nTo: gone@remote.test\r\nMessage-ID: <x@example.com>\r\n\r\n"
      "--b--\r\n",
      mail.token.empty() ? "" : fmt::format("Backstop-Token: {}\r\n", mail.token));
  tell(BodyChunk{body});
  tell(EndOfMessage{"4Bxyz"});
  return out;
}

TEST(CanaryTest, a_genuine_bounce_with_a_pass_is_judged_and_reaches_nobody) {
  const Outcome out = bring({.token = make_token()});
  ASSERT_TRUE(out.record);
  EXPECT_EQ(out.record->judgement.verdict, policy::Verdict::Genuine);
  EXPECT_EQ(out.record->direction, Direction::Canary);
  EXPECT_EQ(out.reply->kind, ReplyKind::Discard);
  EXPECT_FALSE(out.counted);
}

TEST(CanaryTest, a_forged_bounce_with_a_pass_is_refused_all_the_same) {
  const Outcome out = bring({});
  ASSERT_TRUE(out.record);
  EXPECT_EQ(out.record->judgement.verdict, policy::Verdict::Forged);
  EXPECT_EQ(out.record->direction, Direction::Canary);
  EXPECT_EQ(out.reply->kind, ReplyKind::Refuse);
}

TEST(CanaryTest, in_observe_it_is_called_forged_and_reaches_nobody) {
  const Outcome out = bring({}, "observe");
  ASSERT_TRUE(out.record);
  EXPECT_EQ(out.record->judgement.verdict, policy::Verdict::Forged);
  EXPECT_EQ(out.reply->kind, ReplyKind::Discard);
}

// A bounce like any other: delivered, counted, with its verdict.
void expect_ordinary_treatment(const Mail& mail, unsigned asked, const char* what) {
  Mail genuine = mail;
  genuine.token = make_token();
  const Outcome out = bring(genuine);
  EXPECT_EQ(out.asked, asked) << what;
  ASSERT_TRUE(out.record) << what;
  EXPECT_EQ(out.record->direction, Direction::Inbound) << what;
  EXPECT_EQ(out.record->judgement.verdict, policy::Verdict::Genuine) << what;
  EXPECT_EQ(out.reply->kind, ReplyKind::Accept) << what;
  EXPECT_TRUE(out.verdict_written) << what;
  EXPECT_TRUE(out.counted) << what;
  Mail forged = mail;
  const Outcome refused = bring(forged);
  EXPECT_EQ(refused.record->judgement.verdict, policy::Verdict::Forged) << what;
  EXPECT_EQ(refused.record->direction, Direction::Inbound) << what;
}

TEST(CanaryTest, whoever_invents_keeps_or_replays_a_pass_gains_nothing) {
  expect_ordinary_treatment({.passes = {std::string(42, 'a')}}, 0, "invented");
  expect_ordinary_treatment({.passes = {make_pass(kNow - Seconds{301})}}, 0, "expired");
  expect_ordinary_treatment({.passes = {make_pass(kNow + Seconds{1})}}, 0, "from ahead");
  expect_ordinary_treatment({.passes = {make_pass(kNow, {"ben", "example.com"})}}, 0,
                            "for another recipient");
  expect_ordinary_treatment({.passes = {make_pass(), make_pass()}}, 0, "two of them");
  expect_ordinary_treatment({.granted = false}, 1, "used before");
  expect_ordinary_treatment({.passes = {}}, 0, "none");
}

TEST(CanaryTest, a_pass_says_nothing_where_there_are_several_recipients) {
  const Outcome out =
      bring({.recipients = {"anna@example.com", "ben@example.com"}, .token = make_token()});
  EXPECT_EQ(out.asked, 0U);
  EXPECT_EQ(out.record->direction, Direction::Inbound);
  EXPECT_EQ(out.reply->kind, ReplyKind::Accept);
}

TEST(CanaryTest, a_pass_says_nothing_on_ordinary_mail) {
  const Outcome out = bring({.is_answer = false});
  EXPECT_EQ(out.asked, 0U);
  EXPECT_FALSE(out.record);
  EXPECT_EQ(out.reply->kind, ReplyKind::Accept);
}

TEST(CanaryTest, who_comes_by_the_canarys_listener_is_a_stranger_wherever_he_is) {
  const Mail mail{.client = "127.0.0.1", .daemon_name = std::string(kCanaryDaemon)};
  EXPECT_EQ(bring(mail).reply->kind, ReplyKind::Refuse);
  config::Config config;
  config.relays.inbound = config.relays.reinject = config.own_networks;
  const Client client{.address = IpAddress::parse("127.0.0.1"),
                      .name = "",
                      .daemon_name = std::string(kCanaryDaemon)};
  EXPECT_EQ(find_origin(config, client, "a-login", kAnna), Origin::Stranger);
}

}  // namespace
}  // namespace backstop::transaction
