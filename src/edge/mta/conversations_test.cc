// What the doors for requests answer, with tags made by a real ring and messages led through real
// transactions.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/proof/tag.h"
#include "edge/door/wrong_tag_count.h"
#include "edge/mta/line_conversation.h"
#include "edge/mta/map_conversation.h"
#include "edge/mta/netstring.h"
#include "edge/mta/policy_conversation.h"
#include "edge/mta/rspamc_conversation.h"
#include "testing/fake_clock.h"
#include "testing/fake_ledger.h"
#include "testing/fake_log.h"
#include "testing/fake_permits.h"
#include "testing/fixed_surroundings.h"

namespace backstop::mta {
namespace {

crypto::Secret secret_of(std::uint8_t byte) {
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill(byte);
  return crypto::Secret(bytes);
}

std::shared_ptr<const proof::KeyRing> one_key_ring() {
  auto key = std::make_shared<const proof::Key>(
      proof::KeyInfo{.id = 7, .state = proof::KeyState::Emitting, .created = {}, .emits_until = {}},
      secret_of(7));
  return std::make_shared<const proof::KeyRing>(
      secret_of(1), std::vector<std::shared_ptr<const proof::Key>>{key});
}

class Doors : public ::testing::Test {
 protected:
  Doors() { guard(policy::Mode::Enforce); }

  void guard(policy::Mode mode, std::shared_ptr<const proof::KeyRing> ring = one_key_ring()) {
    auto config = std::make_shared<config::Config>();
    config->domains.emplace("example.com", config::Domain{.name = "example.com",
                                                          .mode = mode,
                                                          .signing_since = Instant{},
                                                          .coverage = policy::Coverage::Covered,
                                                          .tag = proof::TagStyle::Prvs});
    surroundings_.set({.config = config, .ring = std::move(ring)});
  }
  // The configuration, but for this.
  template <class Edit>
  void change(Edit&& edit) {
    transaction::Surroundings now = surroundings_.current();
    auto config = std::make_shared<config::Config>(*now.config);
    edit(*config);
    now.config = std::move(config);
    surroundings_.set(std::move(now));
  }
  // alice's tag, of a message submitted so long ago.
  std::string tagged(Days ago = Days{0}, const std::string& local = "alice") const {
    const auto ring = one_key_ring();
    return proof::sign_tag({.local = local, .domain = "example.com"}, *ring->find(7),
                           clock_.now() - ago, proof::kDefaultLifetime, {})
        .text();
  }
  // The tag with its last digit changed.
  std::string forged() const {
    std::string address = tagged();
    char& digit = address[address.find("=alice") - 1];
    digit = digit == '0' ? '1' : '0';
    return address;
  }

  // All that is answered to these bytes, however they are cut; "?" in front when it complained.
  template <class Make>
  std::string converse(const Make& make, const std::string& bytes) {
    const std::string whole = converse_once(*make(), bytes, bytes.size());
    for (std::size_t cut = 0; cut < bytes.size(); ++cut)
      EXPECT_EQ(converse_once(*make(), bytes, cut), whole) << cut;
    return whole;
  }
  std::string converse_once(RequestConversation& conversation, const std::string& bytes,
                            std::size_t cut) {
    permits_.emplace(one_key_ring());  // Nonces from the first on.
    std::string out;
    for (const std::string_view piece :
         {std::string_view(bytes).substr(0, cut), std::string_view(bytes).substr(cut)}) {
      conversation.on_bytes(piece, out);
      answer_all(conversation, out);
    }
    return (conversation.complaint().empty() ? "" : "?") + out;
  }
  void answer_all(RequestConversation& conversation, std::string& out) {
    while (conversation.asking()) {
      if (std::holds_alternative<transaction::AskPermit>(conversation.question())) {
        conversation.on_answer(permits_->permit(clock_.now()), out);
      } else {
        conversation.on_answer(fail(Errc::Unavailable, "", "no ledger"), out);
      }
    }
  }

  std::string map(const std::string& request) {
    std::string bytes;
    append_netstring(bytes, request);
    const std::string out =
        converse([&] { return std::make_unique<MapConversation>(addresses_); }, bytes);
    NetstringReader reader;
    std::string_view input = out;
    const auto text = reader.next(input);
    return text ? std::string(*text) : "nothing: " + out;
  }
  std::string policy(const std::string& recipient, const std::string& sender = "",
                     const std::string& state = "RCPT") {
    return converse([&] { return std::make_unique<PolicyConversation>(addresses_); },
                    fmt::format("request=smtpd_access_policy\nprotocol_state={}\nsender={}\n"
                                "recipient={}\nclient_address=192.0.2.1\n\n",
                                state, sender, recipient));
  }
  std::unique_ptr<RequestConversation> make_line() {
    return std::make_unique<LineConversation>(addresses_, messages_);
  }
  std::string line(const std::string& request) {
    return converse([&] { return make_line(); }, request + "\n");
  }
  std::string rspamc(const std::string& message, const std::string& sender = "<>",
                     const std::string& more = "IP: 192.0.2.1\r\n") {
    const std::string bytes = fmt::format(
        "CHECK RSPAMC/1.3\r\nContent-length: {}\r\nQueue-Id: 1vAbCd\r\nFrom: {}\r\n"
        "Recipient-Number: 1\r\nRcpt: <alice@example.com>\r\n{}\r\n{}",
        message.size(), sender, more, message);
    RspamcConversation one(messages_);
    return converse_once(one, bytes, bytes.size());
  }

  testing::FakeClock clock_;
  testing::FakeLog log_;
  testing::FixedSurroundings surroundings_;
  std::optional<testing::FakePermits> permits_;
  AddressWorld addresses_{.clock = clock_, .surroundings = surroundings_};
  door::TransactionSource source_{surroundings_};
  door::MessageWorld messages_{.clock = clock_, .log = log_, .messages = source_};
};

constexpr std::string_view kReturned =
    "From: MAILER-DAEMON@example.net\nTo: alice@example.com\nSubject: Undelivered\n"
    "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
    "--b\n\nIt could not be delivered.\n"
    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n"
    "Final-Recipient: rfc822; x@example.net\nAction: failed\nStatus: 5.1.1\n\n"
    "--b\nContent-Type: text/rfc822-headers\n\n"
    "Received: from a by b; Sun, 1 Mar 2026 10:00:00 +0000\nFrom: alice@example.com\n"
    "To: x@example.net\nSubject: hi\nDate: Sun, 1 Mar 2026 10:00:00 +0000\n"
    "Message-ID: <1@example.com>\n\n--b--\n";

std::string from_exim(std::string_view message) {
  return "From MAILER-DAEMON Sat Nov 21 16:00:00 2026\nX-Envelope-To: alice@example.com\n"
         "Received: from mx.example.net\n\tby mx.example.com with esmtp (Exim 4.96)\n"
         "\tid 1vAbCd;\n\tSun, 1 Mar 2026 16:00:00 +0000\n" +
         std::string(message);
}

// --- socketmap

TEST_F(Doors, UnsignGivesTheAddressOfAnAuthenticTagOfAnyAge) {
  EXPECT_EQ(map("unsign " + tagged()), "OK alice@example.com");
  EXPECT_EQ(map("unsign " + tagged(Days{60})), "OK alice@example.com");
  EXPECT_EQ(map("unsign " + tagged(Days{300})), "OK alice@example.com");
}

TEST_F(Doors, UnsignKnowsNothingElse) {
  EXPECT_EQ(map("unsign " + forged()), "NOTFOUND ");
  EXPECT_EQ(map("unsign alice@example.com"), "NOTFOUND ");
  EXPECT_EQ(map("unsign prvs=0785f64625=alice@elsewhere.example"), "NOTFOUND ");
  EXPECT_EQ(map("unsign "), "NOTFOUND ");
  EXPECT_EQ(map("unsign"), "NOTFOUND ");
}

TEST_F(Doors, UnsignAsksToComeAgainOnlyForTagsWhileThereAreNoKeys) {
  guard(policy::Mode::Enforce, nullptr);
  EXPECT_TRUE(map("unsign " + tagged()).starts_with("TEMP "));
  EXPECT_EQ(map("unsign alice@example.com"), "NOTFOUND ");
  EXPECT_EQ(map("unsign prvs=0785f64625=alice@elsewhere.example"), "NOTFOUND ");
}

TEST_F(Doors, VerifyOfTheMapSaysOnlyWhatIsToBeRefused) {
  EXPECT_EQ(map("verify " + forged() + "/192.0.2.1"), "OK bad");
  EXPECT_EQ(map("verify " + forged() + "/"), "OK bad");
  EXPECT_EQ(map("verify " + forged()), "OK bad");
  for (const std::string& address :
       {tagged(), tagged(Days{60}), std::string("alice@example.com"),
        std::string("prvs=0785f64625=alice@elsewhere.example"), std::string()})
    EXPECT_EQ(map("verify " + address + "/192.0.2.1"), "NOTFOUND ") << address;
  guard(policy::Mode::Observe);
  EXPECT_EQ(map("verify " + forged() + "/192.0.2.1"), "NOTFOUND ");
  guard(policy::Mode::Enforce, nullptr);
  EXPECT_TRUE(map("verify " + tagged() + "/192.0.2.1").starts_with("TEMP "));
}

TEST_F(Doors, VerifyOfTheMapTellsNothingToANetworkThatSearches) {
  door::WrongTagCount wrong_tags;
  addresses_.wrong_tags = &wrong_tags;
  const auto ask = [&](const std::string& key) {
    MapConversation one(addresses_);
    std::string request;
    append_netstring(request, "verify " + key);
    std::string out;
    one.on_bytes(request, out);
    return out;
  };
  while (ask(forged() + "/IPv6:2001:db8::1") == "6:OK bad,") {
  }
  EXPECT_NE(ask(tagged() + "/IPv6:2001:db8::2").find(":TEMP "), std::string::npos);
  EXPECT_EQ(ask(tagged() + "/198.51.100.1"), "9:NOTFOUND ,");
}

TEST_F(Doors, SignGivesATagOnceAndNotToOthers) {
  EXPECT_EQ(map("sign alice@example.com"), "OK " + tagged());
  EXPECT_EQ(map("sign " + tagged()), "NOTFOUND ");
  EXPECT_EQ(map("sign bob@elsewhere.example"), "NOTFOUND ");
  EXPECT_EQ(map("sign " + std::string(60, 'a') + "@example.com"), "NOTFOUND ");
}

TEST_F(Doors, MapsOfOtherNamesAreNotThere) {
  EXPECT_TRUE(map("virtual alice@example.com").starts_with("PERM "));
}

TEST_F(Doors, RequestsOfOneConnectionAreAnsweredInTheirOrder) {
  std::string bytes;
  append_netstring(bytes, "sign alice@example.com");
  append_netstring(bytes, "unsign " + tagged());
  std::string wanted;
  append_netstring(wanted, "OK " + tagged());
  append_netstring(wanted, "OK alice@example.com");
  EXPECT_EQ(converse([&] { return std::make_unique<MapConversation>(addresses_); }, bytes), wanted);
}

TEST_F(Doors, PeerThatSpeaksSomethingElseIsDropped) {
  const auto map_door = [&] { return std::make_unique<MapConversation>(addresses_); };
  EXPECT_EQ(converse(map_door, "GET / HTTP/1.1\r\n"), "?");
  EXPECT_EQ(converse([&] { return make_line(); }, "GET / HTTP/1.1\r\n"), "?");
}

// --- policy

TEST_F(Doors, PolicyRefusesOnlyAForgedTag) {
  EXPECT_EQ(policy(forged()), "action=550 5.1.1 The tag of this address is not ours\n\n");
  EXPECT_EQ(policy(forged(), "eve@example.net"),
            "action=550 5.1.1 The tag of this address is not ours\n\n");
  for (const std::string& recipient :
       {tagged(), tagged(Days{60}), tagged(Days{300}), std::string("alice@example.com"),
        std::string("prvs=0785f64625=alice@elsewhere.example"), std::string()})
    EXPECT_EQ(policy(recipient), "action=DUNNO\n\n") << recipient;
  EXPECT_EQ(policy(forged(), "", "DATA"), "action=DUNNO\n\n");
}

TEST_F(Doors, NothingIsRefusedInObserveOrWithoutKeys) {
  guard(policy::Mode::Observe);
  EXPECT_EQ(policy(forged()), "action=DUNNO\n\n");
  EXPECT_EQ(line("verify " + forged()), "none");
  guard(policy::Mode::Enforce, nullptr);
  EXPECT_EQ(policy(forged()), "action=DUNNO\n\n");
}

TEST_F(Doors, NetworkThatSearchesForTagsIsToldNothing) {
  door::WrongTagCount wrong_tags;
  addresses_.wrong_tags = &wrong_tags;
  const auto ask = [&](const std::string& recipient) {
    PolicyConversation one(addresses_);
    std::string out;
    one.on_bytes("protocol_state=RCPT\nclient_address=192.0.2.1\nrecipient=" + recipient + "\n\n",
                 out);
    return out;
  };
  while (ask(forged()).starts_with("action=550")) {
  }
  EXPECT_TRUE(ask(forged()).starts_with("action=451 4.7.1 "));
  EXPECT_TRUE(ask(tagged()).starts_with("action=451 4.7.1 "));
  EXPECT_EQ(ask("alice@example.com"), "action=DUNNO\n\n");
  EXPECT_EQ(line("verify " + tagged() + " 192.0.2.77"), "away");
  EXPECT_EQ(line("verify " + tagged() + " 198.51.100.1"), "ok alice@example.com");
  guard(policy::Mode::Observe);
  EXPECT_EQ(ask(tagged()), "action=DUNNO\n\n");
}

TEST_F(Doors, ServersOfOurOwnAreNeitherRefusedNorCounted) {
  door::WrongTagCount wrong_tags;
  addresses_.wrong_tags = &wrong_tags;
  change([](config::Config& config) {
    config.relays.inbound = {IpNetwork::parse("192.0.2.0/24").value()};
  });
  for (int i = 0; i < 100; ++i)
    ASSERT_EQ(policy(forged()), "action=DUNNO\n\n");
  EXPECT_EQ(line("verify " + forged() + " 192.0.2.1"), "none");
  EXPECT_EQ(line("verify " + tagged() + " 192.0.2.1"), "ok alice@example.com");
}

TEST_F(Doors, DomainWithoutTagsRefusesNoneForItsTag) {
  change([](config::Config& config) { config.domains.begin()->second.tag.reset(); });
  EXPECT_EQ(policy(forged()), "action=DUNNO\n\n");
}

// --- line

TEST_F(Doors, VerifySaysWhatATagIsWorth) {
  EXPECT_EQ(line("verify " + tagged()), "ok alice@example.com");
  EXPECT_EQ(line("verify " + tagged(Days{60})), "late alice@example.com");
  EXPECT_EQ(line("verify " + forged()), "bad");
  EXPECT_EQ(line("verify alice@example.com"), "none");
  guard(policy::Mode::Enforce, nullptr);
  EXPECT_EQ(line("verify " + tagged()), "away");
}

TEST_F(Doors, LineAnswersHaveNoEndAndCloseTheConversation) {
  const auto conversation = make_line();
  std::string out;
  conversation->on_bytes("unsign " + tagged() + "\nunsign " + tagged() + "\n", out);
  EXPECT_EQ(out, "alice@example.com");
  EXPECT_TRUE(conversation->over());
  EXPECT_EQ(line("unsign alice@example.com"), "none");
}

TEST_F(Doors, SenderHasOneTagForADayOfSubmission) {
  const auto today = std::chrono::floor<Days>(clock_.now()).time_since_epoch() / Days{1};
  EXPECT_EQ(line("sign alice@example.com"), tagged());
  EXPECT_EQ(line(fmt::format("sign alice@example.com {} elsewhere.example", today)), tagged());
  const std::string before = line(fmt::format("sign alice@example.com {}", today - 2));
  EXPECT_EQ(before, tagged(Days{2}));
  clock_.set(clock_.now() + Days{1});
  EXPECT_EQ(line(fmt::format("sign alice@example.com {}", today - 2)), before);
  EXPECT_EQ(line(fmt::format("sign alice@example.com {}", today + 5)), tagged());
}

TEST_F(Doors, SenderThatGetsNoTagStaysAsItIs) {
  EXPECT_EQ(line("sign " + tagged()), tagged());
  EXPECT_EQ(line("sign bob@elsewhere.example 20000"), "bob@elsewhere.example");
}

TEST_F(Doors, SenderGoesUntaggedWhileNothingMaySign) {
  const auto conversation = make_line();
  std::string out;
  conversation->on_bytes("sign alice@example.com\n", out);
  ASSERT_TRUE(conversation->asking());
  conversation->on_answer(fail(Errc::Unavailable, "", "the disk is full"), out);
  EXPECT_EQ(out, "alice@example.com");
}

// from=alice@example.com to=x@y.z, head: From, To and a Message-ID.
constexpr std::string_view kToken =
    "token id=MXZBYkNk host= user=YWxpY2U= from=YWxpY2VAZXhhbXBsZS5jb20= to=eEB5Lno= "
    "head=RnJvbTogYWxpY2VAZXhhbXBsZS5jb20KVG86IHhAeS56Ck1lc3NhZ2UtSUQ6IDwxQGV4YW1wbGUuY29tPgo=";

TEST_F(Doors, OutgoingMessageGetsATokenAndIsRecorded) {
  const std::string answer = line(std::string(kToken));
  EXPECT_TRUE(answer.starts_with("Backstop-Token: ")) << answer;
  EXPECT_EQ(answer.find('\n'), std::string::npos);
  EXPECT_NE(log_.count("1vAbCd: direction=outgoing"), 0u) << log_.text();
}

TEST_F(Doors, MessageThatIsNotOursGetsNoToken) {
  // host=192.0.2.9, without a login.
  EXPECT_EQ(line("token id=MXZBYkNk host=MTkyLjAuMi45 from=YWxpY2VAZXhhbXBsZS5jb20= to=eEB5Lno= "
                 "head=RnJvbTogYUBiLmMKCg=="),
            "");
}

// --- RSPAMC

TEST_F(Doors, ForgedBounceIsRejectedInEnforceAndMarkedInObserve) {
  const std::string refused = rspamc(from_exim(kReturned));
  EXPECT_TRUE(
      refused.starts_with("RSPAMD/1.3 0 EX_OK\r\n"
                          "Metric: default; True; 15.00 / 10.00 / 20.00\r\n"
                          "Action: reject\r\nBackstop-Reply: 550 5.7.1 "))
      << refused;
  guard(policy::Mode::Observe);
  const std::string marked = rspamc(from_exim(kReturned));
  EXPECT_NE(marked.find("Action: add header\r\nBackstop-Verdict: forged; "), std::string::npos)
      << marked;
}

TEST_F(Doors, ServerIsKnownByTheNameInItsOwnReceivedField) {
  transaction::Surroundings now = surroundings_.current();
  const Instant received = parse_instant("2026-03-01T10:00:00Z").value();
  now.gaps = std::make_shared<const std::vector<proof::SigningGap>>(
      1, proof::SigningGap{.from = received, .to = received});
  surroundings_.set(std::move(now));
  clock_.set(received + Days{1});
  std::string returned(kReturned);
  returned.replace(returned.find("from a by b;"), 12, "from a by mx.example.com;");
  const std::string reply = rspamc(from_exim(returned));
  EXPECT_NE(reply.find("reason=in-signing-gap"), std::string::npos) << reply;
  EXPECT_NE(rspamc(from_exim(kReturned)).find("Action: reject"), std::string::npos);
}

TEST_F(Doors, OrdinaryMessageIsLeftAlone) {
  const std::string reply =
      rspamc(from_exim("From: a@example.net\nSubject: hi\n\nHello.\n"), "<a@example.net>");
  EXPECT_EQ(reply,
            "RSPAMD/1.3 0 EX_OK\r\nMetric: default; False; 0.00 / 10.00 / 20.00\r\n"
            "Action: no action\r\n");
}

TEST_F(Doors, MessageIsJudgedAlikeHoweverItIsCut) {
  const std::string message = from_exim(kReturned);
  const std::string bytes = fmt::format(
      "CHECK RSPAMC/1.3\r\nContent-length: {}\r\nFrom: <>\r\nRcpt: "
      "<alice@example.com>\r\nIP: 192.0.2.1\r\n\r\n{}",
      message.size(), message);
  converse([&] { return std::make_unique<RspamcConversation>(messages_); }, bytes);
}

TEST_F(Doors, OutgoingMessageIsSignedWhereItIsHandedOverWhole) {
  const std::string reply = rspamc(from_exim("From: alice@example.com\nTo: x@y.z\n\nHello.\n"),
                                   "<alice@example.com>", "IP: 192.0.2.9\r\nUser: alice\r\n");
  EXPECT_NE(reply.find("Action: add header\r\nBackstop-Token: "), std::string::npos) << reply;
  EXPECT_NE(reply.find("\r\nMessage-ID: <"), std::string::npos) << reply;
}

TEST_F(Doors, PeerThatLeavesWithinAMessageIsSaidToHaveLeft) {
  RspamcConversation one(messages_);
  std::string out;
  one.on_bytes("CHECK RSPAMC/1.3\r\nContent-length: 100\r\nFrom: <>\r\n\r\nFrom: a@b.c\n", out);
  EXPECT_TRUE(one.in_message());
  one.on_end();
  EXPECT_TRUE(one.over());
  EXPECT_NE(one.complaint(), "");
  EXPECT_EQ(out, "");
}

}  // namespace
}  // namespace backstop::mta
