#include "app/log_watch.h"

#include <gtest/gtest.h>

#include <fstream>
#include <numeric>
#include <string>
#include <thread>

#include "core/base/limits.h"
#include "core/proof/tag.h"
#include "testing/fake_alarms.h"
#include "testing/fake_log.h"
#include "testing/fixed_surroundings.h"
#include "testing/temporary_directory.h"

namespace backstop::app {
namespace {

using std::chrono::minutes;

const Instant kNoon = parse_instant("2026-11-21T12:00:00Z").value();

class LogWatchTest : public ::testing::Test {
 protected:
  LogWatchTest() : gaps_(folder_.path(), Days{21}, log_, alarms_, kNoon) {
    for (const auto& [name, mode] : {std::pair{"shop.test", policy::Mode::Enforce},
                                     std::pair{"off.test", policy::Mode::Off}}) {
      config_.domains[name].name = name;
      config_.domains[name].mode = mode;
    }
    config_.relays.reinject.push_back(IpNetwork::parse("127.0.0.3").value());
    config_.relays.inbound.push_back(IpNetwork::parse("127.0.0.4").value());
    std::vector<std::uint8_t> bytes(32);
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{1});
    hasher_ = std::make_shared<const proof::SentHasher>(crypto::Secret(bytes));
    put_in_force();
    std::ofstream(folder_ / "mail.log") << "";
    watch_ = std::make_unique<LogWatch>(std::vector{folder_ / "mail.log"}, surroundings_, gaps_,
                                        log_, alarms_);
    watch_->poll(kNoon);
  }
  void put_in_force() {
    transaction::Surroundings in_force;
    in_force.config = std::make_shared<const config::Config>(config_);
    in_force.hasher = hasher_;
    surroundings_.set(in_force);
  }
  void line(const std::string& text) {
    std::ofstream(folder_ / "mail.log", std::ios::app)
        << "2026-11-21T12:00:00.000000+00:00 mx " << text << "\n";
  }
  // What Postfix logs of one message.
  void mail(const std::string& id, const std::string& client,
            const std::string& sender = "anna@shop.test", const std::string& by = "smtp") {
    line("postfix/smtpd[1]: " + id + ": client=" + client);
    line("postfix/cleanup[2]: " + id + ": message-id=<" + id + "@shop.test>");
    line("postfix/qmgr[3]: " + id + ": from=<" + sender + ">, size=400, nrcpt=1 (queue active)");
    line("postfix/" + by + "[4]: " + id +
         ": to=<bob@else.test>, relay=mx.else.test[192.0.2.9]:25, delay=0.1, delays=0/0/0/0.1, "
         "dsn=2.0.0, status=sent (250 ok)");
    line("postfix/qmgr[3]: " + id + ": removed");
  }
  // How many messages were found to have passed by us, when all waiting is over.
  std::size_t unseen() {
    watch_->poll(kNoon);
    watch_->poll(kNoon + kUnseenWait + Seconds(1));
    return gaps_.snapshot()->size();
  }
  proof::SentMessage record(std::optional<std::string> id,
                            std::optional<std::string> message) const {
    proof::SentMessage sent;
    if (id) sent.queue_id = hasher_->queue_id(*id);
    if (message) sent.message = hasher_->message(*message);
    return sent;
  }

  ::backstop::testing::TemporaryDirectory folder_;
  ::backstop::testing::FakeLog log_;
  ::backstop::testing::FakeAlarms alarms_{log_};
  config::Config config_;
  std::shared_ptr<const proof::SentHasher> hasher_;
  ::backstop::testing::FixedSurroundings surroundings_;
  SigningWatch gaps_;
  std::unique_ptr<LogWatch> watch_;
};

TEST_F(LogWatchTest, MailOfOursWithoutARecordIsAGapOfTheTimeItCame) {
  mail("4AAA7", "desk[127.0.0.1]");
  ASSERT_EQ(unseen(), 1u);
  EXPECT_EQ(gaps_.snapshot()->front(),
            (proof::SigningGap{.from = kNoon, .to = kNoon, .cause = proof::GapCause::Unseen}));
  EXPECT_EQ(log_.count("4AAA7 from=anna@shop.test"), 1u) << log_.text();
  EXPECT_EQ(log_.count("non_smtpd_milters"), 1u);
}

TEST_F(LogWatchTest, ALoginFromAnywhereMakesMailOurs) {
  mail("4AAA7", "far[198.51.100.1], sasl_method=PLAIN, sasl_username=anna");
  EXPECT_EQ(unseen(), 1u);
}

TEST_F(LogWatchTest, MailThatAProgramHandedInIsOurs) {
  line("postfix/pickup[1]: 4AAA7: uid=1000 from=<anna>");
  line("postfix/qmgr[3]: 4AAA7: from=<anna@shop.test>, size=400, nrcpt=1 (queue active)");
  line(
      "postfix/smtp[4]: 4AAA7: to=<b@else.test>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, "
      "status=deferred (connect to else.test: timed out)");
  EXPECT_EQ(unseen(), 1u);
}

TEST_F(LogWatchTest, MailThatWasRecordedIsNone) {
  watch_->saw(record("4AAA7", std::nullopt));
  mail("4AAA7", "desk[127.0.0.1]");
  mail("4BBB7", "desk[127.0.0.1]");
  watch_->poll(kNoon);
  watch_->saw(record("4BBB7", std::nullopt));
  EXPECT_EQ(unseen(), 0u) << "the record may come later than the line";
}

TEST_F(LogWatchTest, WhatAFilterHandsBackIsKnownByItsMessageId) {
  watch_->saw(record("4AAA7", "4BBB7@shop.test"));
  mail("4BBB7", "localhost[127.0.0.1]");
  EXPECT_EQ(unseen(), 0u);
}

TEST_F(LogWatchTest, ReinjectingFiltersAndInboundRelaysHandInNothingOfOurs) {
  mail("4AAA7", "filter[127.0.0.3]");
  mail("4BBB7", "front[127.0.0.4], sasl_method=PLAIN, sasl_username=relay");
  EXPECT_EQ(unseen(), 0u);
}

TEST_F(LogWatchTest, AStrangerWhoUsesOurNameMakesNoGap) {
  mail("4AAA7", "spam[198.51.100.1]");
  mail("4BBB7", "[127.0.0.1] desk[198.51.100.1]");
  mail("4CCC7", "unknown[unknown]");
  EXPECT_EQ(unseen(), 0u);
}

TEST_F(LogWatchTest, OtherSendersAndDomainsThatAreOffMakeNone) {
  mail("4AAA7", "desk[127.0.0.1]", "");
  mail("4BBB7", "desk[127.0.0.1]", "anna@other.test");
  mail("4CCC7", "desk[127.0.0.1]", "anna@off.test");
  EXPECT_EQ(unseen(), 0u);
}

TEST_F(LogWatchTest, DeliveryIntoAMailboxHereMakesNone) {
  mail("4AAA7", "desk[127.0.0.1]", "anna@shop.test", "virtual");
  EXPECT_EQ(unseen(), 0u);
}

TEST_F(LogWatchTest, AMessageThatIsOnlyTriedAgainWasHandedInBeforeWeLooked) {
  line("postfix/qmgr[3]: 4AAA7: from=<anna@shop.test>, size=400, nrcpt=1 (queue active)");
  line(
      "postfix/smtp[4]: 4AAA7: to=<b@else.test>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, "
      "status=deferred (timed out)");
  EXPECT_EQ(unseen(), 0u);
}

TEST_F(LogWatchTest, WhatWeRefusedOurselvesNeverWentOut) {
  line("postfix/smtpd[1]: 4AAA7: client=desk[127.0.0.1]");
  line(
      "postfix/cleanup[2]: 4AAA7: milter-reject: END-OF-MESSAGE from desk[127.0.0.1]: 5.7.1 no; "
      "from=<anna@shop.test> to=<b@else.test> proto=ESMTP helo=<desk>");
  EXPECT_EQ(unseen(), 0u);
}

TEST_F(LogWatchTest, WithoutKeysNothingIsExpected) {
  hasher_ = nullptr;
  put_in_force();
  mail("4AAA7", "desk[127.0.0.1]");
  EXPECT_EQ(unseen(), 0u);
}

TEST_F(LogWatchTest, AQueueIdThatComesAgainIsAnotherMessage) {
  watch_->saw(record(std::nullopt, "first@shop.test"));
  line("postfix/smtpd[1]: 4AAA7: client=desk[127.0.0.1]");
  line("postfix/cleanup[2]: 4AAA7: message-id=<first@shop.test>");
  mail("4AAA7", "desk[127.0.0.1]");
  EXPECT_EQ(unseen(), 1u);
}

TEST_F(LogWatchTest, AStampFarFromNowIsNotBelieved) {
  std::ofstream(folder_ / "mail.log", std::ios::app)
      << "2031-01-01T12:00:00.000000+00:00 mx postfix/smtpd[1]: 4AAA7: client=desk[127.0.0.1]\n";
  line("postfix/qmgr[3]: 4AAA7: from=<anna@shop.test>, size=400, nrcpt=1 (queue active)");
  line(
      "postfix/smtp[4]: 4AAA7: to=<b@else.test>, relay=x[192.0.2.1]:25, delay=1, delays=0/0/1/0, "
      "dsn=2.0.0, status=sent (ok)");
  ASSERT_EQ(unseen(), 1u);
  EXPECT_EQ(gaps_.snapshot()->front().from, kNoon);
}

TEST_F(LogWatchTest, AFloodIsSaidOnceAndForgottenInPart) {
  for (int i = 0; i < 30'000; ++i)
    mail("4A000" + std::to_string(i), "desk[127.0.0.1]");
  for (int i = 0; i < 50; ++i)
    watch_->poll(kNoon);
  EXPECT_EQ(unseen(), 1u) << "all in one second";
  EXPECT_EQ(log_.count("passed by us unsigned"), 1u) << log_.text();
}

TEST_F(LogWatchTest, ALogThatCannotBeReadIsSaidOnce) {
  LogWatch watch({folder_ / "none.log"}, surroundings_, gaps_, log_, alarms_);
  watch.poll(kNoon);
  watch.poll(kNoon);
  EXPECT_EQ(log_.count("none.log: "), 1u) << log_.text();
  std::ofstream(folder_ / "none.log") << "";
  watch.poll(kNoon);
  EXPECT_EQ(log_.count("none.log: is followed"), 1u) << log_.text();
}

TEST_F(LogWatchTest, RecordsComeFromManyThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([this, t] {
      for (int i = 0; i < 1000; ++i)
        watch_->saw(record("4ABC" + std::to_string(t) + "X" + std::to_string(i), std::nullopt));
    });
  for (int t = 0; t < 4; ++t)
    mail("4ABC" + std::to_string(t) + "X" + std::to_string(t * 100), "desk[127.0.0.1]");
  watch_->poll(kNoon);
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(unseen(), 0u);
}

TEST_F(LogWatchTest, TellsOfTaggedSendersThatWereRefusedForTheirSender) {
  const std::vector<std::uint8_t> bytes(proof::kSecretBytes, 7);
  const auto key = std::make_shared<const proof::Key>(
      proof::KeyInfo{1, proof::KeyState::Emitting, kNoon, kNoon}, crypto::Secret(bytes));
  transaction::Surroundings in_force = surroundings_.current();
  in_force.ring = std::make_shared<const proof::KeyRing>(
      crypto::Secret(bytes), std::vector<std::shared_ptr<const proof::Key>>{key});
  surroundings_.set(in_force);
  std::vector<proof::TagRefusal> told;
  watch_->tell_refusals([&](const proof::TagRefusal& refusal) { told.push_back(refusal); });
  const auto bounce = [&](const std::string& id, const std::string& sender, const std::string& to,
                          const std::string& dsn, const std::string& text) {
    line("postfix/smtpd[1]: " + id + ": client=localhost[127.0.0.1]");
    line("postfix/qmgr[3]: " + id + ": from=<" + sender + ">, size=400, nrcpt=1 (queue active)");
    line("postfix/smtp[4]: " + id + ": to=<" + to +
         ">, relay=mx.else.test[192.0.2.9]:25, delay=0.1, delays=0/0/0/0.1, dsn=" + dsn +
         ", status=bounced (host mx.else.test[192.0.2.9] said: 550 " + dsn + " " + text + ")");
  };
  const std::string tagged =
      proof::sign_tag({"Anna", "shop.test"}, *key, kNoon, Days{21}, {}).text();
  bounce("4AAA1", tagged, "talk@Lists.test", "5.7.1", "you are not a member of else.test");
  bounce("4AAA2", tagged, "bob@else.test", "5.1.1", "User unknown");
  bounce("4AAA3", "anna@shop.test", "bob@else.test", "5.7.1", "not a member");
  bounce("4AAA4", "prvs=1799d94d41=anna@shop.test", "bob@else.test", "5.7.1", "not a member");
  bounce("4AAA5", tagged, "dora@shop.test", "5.7.1", "not a member");
  watch_->poll(kNoon);
  EXPECT_EQ(told, (std::vector<proof::TagRefusal>{{kNoon, "lists.test", "anna@shop.test"}}));
}

}  // namespace
}  // namespace backstop::app
