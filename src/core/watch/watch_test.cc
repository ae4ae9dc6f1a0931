#include "core/watch/watch.h"

#include <gtest/gtest.h>

#include <random>

#include "core/watch/made_up_test.h"

namespace backstop::watch {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

// `n` bounces, one every `apart`, from `clients` clients in turn.
Told play(Watch& watch, Instant from, unsigned n, Seconds apart, unsigned clients,
          const Event& like = make_bounce({}, 0)) {
  Told told;
  for (unsigned i = 0; i < n; ++i) {
    Event event = like;
    event.at = from + apart * i;
    event.client = make_client(i % clients);
    watch.add(event);
    told.take(watch, event.at);
  }
  return told;
}

TEST(Watch, TwentyWithinAMinuteFromEightClientsAreAnAlarm) {
  Watch watch(1);
  const Told told = play(watch, kMonday, 20, Seconds{3}, 8);
  const Change* const alarm = told.raised(AttackKind::Backscatter);
  ASSERT_NE(alarm, nullptr);
  EXPECT_EQ(alarm->path, Path::Fast);
  EXPECT_EQ(alarm->at, kMonday + Seconds{57});
  EXPECT_EQ(alarm->domain, "example.com");
  EXPECT_EQ(say(*alarm), "20 forged-sender bounces from 8 servers in 57 s");
}

TEST(Watch, FewerOrSlowerOrFromFewerClientsAreNone) {
  const auto alarms = [](unsigned n, Seconds apart, unsigned clients) {
    Watch watch(1);
    return play(watch, kMonday, n, apart, clients).raised(AttackKind::Backscatter) != nullptr;
  };
  EXPECT_FALSE(alarms(19, Seconds{1}, 19));
  EXPECT_FALSE(alarms(29, Seconds{4}, 29));
  EXPECT_FALSE(alarms(30, Seconds{11}, 30));
  EXPECT_FALSE(alarms(1000, Seconds{1}, 3));
  EXPECT_TRUE(alarms(30, Seconds{10}, 30));
}

TEST(Watch, ClientsOfOneSlash64AreOne) {
  Watch watch(1);
  Told told;
  for (unsigned i = 0; i < 1000; ++i) {
    Event event = make_bounce(kMonday + Seconds{i / 10}, 0);
    event.client = IpAddress::parse(fmt::format("2001:db8:0:1::{:x}", i + 1));
    watch.add(event);
    told.take(watch, event.at);
  }
  EXPECT_EQ(told.raised(AttackKind::Backscatter), nullptr);
}

TEST(Watch, TwentyFiveInThirtySecondsAlarmBeforeTheyAreOver) {
  Watch watch(1);
  const Told told = play(watch, kMonday, 25, Seconds{1}, 25);
  ASSERT_NE(told.raised(AttackKind::Backscatter), nullptr);
  EXPECT_LT(told.raised(AttackKind::Backscatter)->at, kMonday + Seconds{30});
}

TEST(Watch, ThousandsAnHourAlarmWithinAMinute) {
  Watch watch(1);
  std::mt19937 random(3);
  std::exponential_distribution<double> apart(3000.0 / 3600);
  Told told;
  double at = 0;
  while (at < 300) {
    Event event = make_bounce(kMonday + Seconds(static_cast<int>(at)),
                              static_cast<unsigned>(random() % 5000));
    watch.add(event);
    told.take(watch, event.at);
    at += apart(random);
  }
  ASSERT_NE(told.raised(AttackKind::Backscatter), nullptr);
  EXPECT_LT(told.raised(AttackKind::Backscatter)->at, kMonday + Seconds{60});
}

TEST(Watch, FourHundredADayAlarmWithinFourHours) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Watch watch(seed);
    std::mt19937 random(seed);
    std::exponential_distribution<double> apart(400.0 / 86400);
    Told told;
    double at = 0;
    while (at < 86400) {
      Event event = make_bounce(kMonday + Seconds(static_cast<int>(at)),
                                static_cast<unsigned>(random() % 500));
      watch.add(event);
      told.take(watch, event.at);
      at += apart(random);
    }
    const Change* const alarm = told.raised(AttackKind::Backscatter);
    ASSERT_NE(alarm, nullptr);
    EXPECT_LT(alarm->at, kMonday + hours{4}) << seed;
    EXPECT_EQ(alarm->path, Path::Slow);
  }
}

TEST(Watch, CalloutsAreToldApart) {
  Watch watch(1);
  Event callout = make_bounce({}, 0);
  callout.what = Seen::Taken;
  callout.data = Data::NotReached;
  const Told told = play(watch, kMonday, 500, Seconds{1}, 200, callout);
  EXPECT_NE(told.raised(AttackKind::Callout), nullptr);
  EXPECT_EQ(told.raised(AttackKind::Backscatter), nullptr);
}

TEST(Watch, ADictionaryAttackIsToldApart) {
  Watch watch(1);
  Told told;
  for (unsigned i = 0; i < 200; ++i) {
    const std::string local = fmt::format("name{}", i);
    Event event = make_bounce(kMonday + Seconds{i}, i % 3);
    event.null_sender = false;
    event.local = local;
    event.address = AddressState::Nonexistent;
    watch.add(event);
    told.take(watch, event.at);
  }
  EXPECT_NE(told.raised(AttackKind::Dictionary), nullptr);
  EXPECT_EQ(told.raised(AttackKind::Backscatter), nullptr);
}

TEST(Watch, OurOwnNewsletterIsToldApart) {
  for (const Proof proof : {Proof::Ledger, Proof::Token, Proof::LearntPath}) {
    Watch watch(1);
    JudgedMessage message{.kind = reading::Kind::Bounce};
    Event bounce = make_bounce({}, 0);
    bounce.what = Seen::Judged;
    bounce.proof = proof;
    bounce.message = &message;
    const Told told = play(watch, kMonday, 500, Seconds{1}, 200, bounce);
    EXPECT_NE(told.raised(AttackKind::OwnNewsletter), nullptr);
    EXPECT_EQ(told.raised(AttackKind::Backscatter), nullptr);
  }
}

TEST(Watch, ALearntPathExplainsNothingForAnAddressThatDoesNotExist) {
  Watch watch(1);
  JudgedMessage message{.kind = reading::Kind::Bounce};
  Event bounce = make_bounce({}, 0);
  bounce.what = Seen::Judged;
  bounce.proof = Proof::LearntPath;
  bounce.address = AddressState::Nonexistent;
  bounce.message = &message;
  const Told told = play(watch, kMonday, 60, Seconds{1}, 30, bounce);
  EXPECT_NE(told.raised(AttackKind::Backscatter), nullptr);
}

TEST(Watch, AHelpDeskFloodIsToldByItsOneMailbox) {
  const auto flood = [](unsigned mailboxes, Authentication dkim) {
    Watch watch(1);
    Told told;
    JudgedMessage message{.kind = reading::Kind::TicketAck, .sender_dkim = dkim};
    for (unsigned i = 0; i < 40; ++i) {
      const std::string local = fmt::format("m{}", i % mailboxes);
      Event event = make_bounce(kMonday + Seconds{5} * i, i % 4);
      event.what = Seen::Judged;
      event.null_sender = false;
      event.local = local;
      event.message = &message;
      watch.add(event);
      told.take(watch, event.at);
    }
    return told;
  };
  const Told told = flood(1, Authentication::Pass);
  ASSERT_NE(told.raised(AttackKind::HelpDesk), nullptr);
  EXPECT_EQ(told.raised(AttackKind::HelpDesk)->mailbox, "m0");
  EXPECT_EQ(told.raised(AttackKind::Backscatter), nullptr);
  EXPECT_EQ(flood(20, Authentication::Pass).raised(AttackKind::HelpDesk), nullptr);
  EXPECT_EQ(flood(1, Authentication::Fail).raised(AttackKind::HelpDesk), nullptr);
}

TEST(Watch, AtMostOneFalseAlarmInAMonthOfAHundredQuietDomains) {
  Watch watch(1);
  std::mt19937 random(7);
  Told told;
  unsigned false_alarms = 0;
  // 40 a day at the most; by day twice as many as by night.
  for (unsigned minute = 0; minute < 30 * 24 * 60; ++minute) {
    const Instant now = kMonday + minutes{minute};
    const bool by_day = minute / 60 % 24 >= 8 && minute / 60 % 24 < 20;
    for (unsigned domain = 0; domain < 100; ++domain) {
      const double per_day = 0.4 * (domain + 1);
      std::poisson_distribution<unsigned> count(per_day / 1440 * (by_day ? 1.33 : 0.67));
      const std::string name = fmt::format("d{}.example", domain);
      for (unsigned n = count(random); n > 0; --n) {
        Event event = make_bounce(now, static_cast<unsigned>(random() % 3000));
        event.domain = name;
        watch.add(event);
      }
    }
    for (const Change& change : watch.poll(now))
      false_alarms += change.what == Change::What::AlarmRaised ? 1 : 0;
  }
  EXPECT_LE(false_alarms, 1U);
}

}  // namespace
}  // namespace backstop::watch
