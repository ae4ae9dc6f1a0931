#include "app/attack_watch.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "testing/fake_alarms.h"
#include "testing/fake_entropy.h"
#include "testing/fake_log.h"
#include "testing/temporary_directory.h"

namespace backstop::app {
namespace {

using alarm::Alarm;

const Instant kNow = parse_instant("2026-11-16T00:00:00Z").value();

class AttackWatchTest : public ::testing::Test {
 protected:
  void begin() { watch_.emplace(folder_.path(), entropy_, log_, alarms_, kNow); }

  // A bounce to bob that returns spam of the run, from a host of its own.
  transaction::Record make_record(unsigned n) const {
    auto reading = std::make_shared<reading::Reading>();
    reading->kind = reading::Kind::Bounce;
    reading->returned.subject = "cheap watches for all";
    reading->returned.from = mail::Address{.local = "sales", .domain = "spam.test"};
    transaction::Record record;
    record.at = kNow + Seconds{n};
    record.client = "198.51." + std::to_string(n) + ".1";
    record.recipient_addresses = {{mail::Address{.local = "bob", .domain = "Example.com"}, true}};
    record.facts = {policy::Facts{.kind = reading::Kind::Bounce, .mode = policy::Mode::Enforce}};
    record.kind = reading::Kind::Bounce;
    record.reading = std::move(reading);
    return record;
  }
  void flood(unsigned n) {
    for (unsigned i = 0; i < n; ++i)
      watch_->on_record(make_record(i), "4B");
    watch_->beat(kNow + Seconds{n});
  }
  watch::Attack state_of(std::string_view subject, std::string_view from) const {
    const watch::JudgedMessage message{
        .kind = reading::Kind::Bounce, .subject = subject, .from = from};
    return watch_->list()->state_of({.at = kNow,
                                     .what = watch::Seen::Judged,
                                     .client = IpAddress::parse("203.0.113.9"),
                                     .null_sender = true,
                                     .local = "carol",
                                     .domain = "example.com",
                                     .message = &message});
  }

  ::backstop::testing::TemporaryDirectory folder_;
  ::backstop::testing::FakeEntropy entropy_;
  ::backstop::testing::FakeLog log_;
  ::backstop::testing::FakeAlarms alarms_{log_};
  std::optional<AttackWatch> watch_;
};

TEST_F(AttackWatchTest, RaisesTheAlarmAndTellsWhatFitsTheRun) {
  begin();
  EXPECT_EQ(state_of("cheap watches for all", "x@spam.test"), watch::Attack::Peace);
  flood(40);
  EXPECT_TRUE(alarms_.is_open(Alarm::BackscatterAttack));
  EXPECT_EQ(watch_->counts().attacks, 1U);
  EXPECT_EQ(watch_->counts().runs, 1U);
  EXPECT_EQ(state_of("cheap watches for all", "x@spam.test"), watch::Attack::Fits);
  EXPECT_EQ(state_of("minutes of our meeting", "carol@example.com"), watch::Attack::Apart);
}

TEST_F(AttackWatchTest, TheAlarmIsOverWithTheAttack) {
  begin();
  flood(40);
  watch_->beat(kNow + Days{4});
  EXPECT_TRUE(alarms_.is_open(Alarm::BackscatterAttack));
  watch_->beat(kNow + Days{6});
  EXPECT_FALSE(alarms_.is_open(Alarm::BackscatterAttack));
  EXPECT_EQ(state_of("cheap watches for all", "x@spam.test"), watch::Attack::Peace);
}

TEST_F(AttackWatchTest, CanariesOwnMailAndForeignRecipientsCountForNothing) {
  begin();
  for (unsigned i = 0; i < 200; ++i) {
    auto record = make_record(i % 100);
    if (i % 3 == 0) record.direction = transaction::Direction::Canary;
    if (i % 3 == 1) record.direction = transaction::Direction::Own;
    if (i % 3 == 2) record.recipient_addresses.front().second = false;
    watch_->on_record(record, "4B");
  }
  watch_->beat(kNow + Seconds{100});
  EXPECT_EQ(watch_->counts().attacks, 0U);
}

TEST_F(AttackWatchTest, WhatIsProvedToBeOursIsNoAttack) {
  begin();
  for (unsigned i = 0; i < 100; ++i) {
    auto record = make_record(i);
    record.facts.front().token = proof::ProofResult::Valid;
    watch_->on_record(record, "4B");
  }
  watch_->beat(kNow + Seconds{100});
  EXPECT_FALSE(alarms_.is_open(Alarm::BackscatterAttack));
}

TEST_F(AttackWatchTest, WhatLeftByAPathOfOursIsNoAttack) {
  begin();
  watch_->tell_paths([](const reading::Reading& reading, const std::string& domain) {
    return domain == "example.com" && reading.returned.subject == "cheap watches for all";
  });
  flood(100);
  EXPECT_FALSE(alarms_.is_open(Alarm::BackscatterAttack));
}

TEST_F(AttackWatchTest, AnAttackOutlivesARestart) {
  begin();
  flood(40);
  watch_->rest();
  begin();
  EXPECT_EQ(state_of("cheap watches for all", "x@spam.test"), watch::Attack::Fits);
  EXPECT_FALSE(alarms_.is_open(Alarm::WatchFailing));
}

TEST_F(AttackWatchTest, AnAlarmOfAnAttackThatNobodyKnowsIsEnded) {
  alarms_.raise(Alarm::BackscatterAttack, "from before");
  begin();
  EXPECT_FALSE(alarms_.is_open(Alarm::BackscatterAttack));
}

TEST_F(AttackWatchTest, WhatTheServerRefusesIsSeenInItsLog) {
  begin();
  logs::LineParser parser(kNow + Days{1}, logs::LogZone::Utc);
  const auto log = [&](std::string_view sender) {
    for (unsigned i = 0; i < 100; ++i) {
      const std::string line =
          "2026-11-16T00:00:00+00:00 mx postfix/smtpd[7]: NOQUEUE: reject: RCPT from host" +
          std::to_string(i) + ".test[198.51." + std::to_string(i) + ".1]: 550 5.1.1 <n" +
          std::to_string(i) +
          "@example.com>: Recipient address rejected: User unknown in local recipient table; "
          "from=<" +
          std::string(sender) + "> to=<n" + std::to_string(i) +
          "@example.com> proto=ESMTP helo=<host.test>";
      const auto parsed = parser.parse(line);
      ASSERT_TRUE(parsed) << line;
      watch_->on_logged(*parsed, kNow);
    }
    watch_->beat(kNow + Seconds{1});
  };
  log("");
  EXPECT_TRUE(alarms_.is_open(Alarm::BackscatterAttack));
  EXPECT_FALSE(alarms_.is_open(Alarm::DictionaryAttack));
  log("spammer@spam.test");
  EXPECT_TRUE(alarms_.is_open(Alarm::DictionaryAttack));
}

TEST_F(AttackWatchTest, ADamagedFileIsMovedAsideAndTheWatchBeginsAnew) {
  std::ofstream(folder_ / "watch") << "watch 1 5 7\nnonsense\n";
  begin();
  EXPECT_TRUE(alarms_.is_open(Alarm::WatchFailing));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "watch.damaged"));
  flood(40);
  EXPECT_TRUE(alarms_.is_open(Alarm::BackscatterAttack));
}

TEST_F(AttackWatchTest, WhatCannotBeWrittenIsAnAlarmAndIsTriedAgain) {
  begin();
  std::filesystem::remove_all(folder_.path());
  flood(40);
  EXPECT_TRUE(alarms_.is_open(Alarm::BackscatterAttack));
  watch_->beat(kNow + Seconds{120});
  EXPECT_TRUE(alarms_.is_open(Alarm::WatchFailing));
  std::filesystem::create_directories(folder_.path());
  watch_->beat(kNow + Seconds{240});
  EXPECT_FALSE(alarms_.is_open(Alarm::WatchFailing));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "watch"));
}

TEST_F(AttackWatchTest, AFloodLargerThanItsRoomIsTold) {
  begin();
  for (unsigned i = 0; i < 5000; ++i)
    watch_->on_record(make_record(i % 200), "4B");
  watch_->beat(kNow + Seconds{200});
  EXPECT_TRUE(alarms_.is_open(Alarm::BackscatterAttack));
  EXPECT_EQ(log_.count("1000 messages of this second were not watched"), 1U);
}

}  // namespace
}  // namespace backstop::app
