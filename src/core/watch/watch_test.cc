#include "core/watch/watch.h"

#include <gtest/gtest.h>

#include <algorithm>
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

// `callouts` that were let in and left, among `refused` at RCPT, of which nobody knows, and
// bounces.
Told play_mix(unsigned callouts, unsigned refused, unsigned bounces) {
  Watch watch(1);
  Told told;
  const JudgedMessage message{.kind = reading::Kind::Bounce};
  for (unsigned i = 0; i < 600; ++i) {
    Event event = make_bounce(kMonday + Seconds{i}, i);
    const unsigned draw = i % (callouts + refused + bounces);
    if (draw >= refused) event.what = draw < refused + callouts ? Seen::Taken : Seen::Judged;
    event.data = draw < refused + callouts ? Data::NotReached : Data::Reached;
    if (event.what == Seen::Judged) event.message = &message;
    watch.add(event);
    told.take(watch, event.at);
  }
  return told;
}

TEST(Watch, WhatWasRefusedIsTakenForWhatWasLetIn) {
  EXPECT_EQ(play_mix(1, 1, 0).raised(AttackKind::Backscatter), nullptr);
  EXPECT_NE(play_mix(1, 1, 0).raised(AttackKind::Callout), nullptr);
  EXPECT_NE(play_mix(1, 1, 2).raised(AttackKind::Backscatter), nullptr);
  EXPECT_NE(play_mix(0, 1, 0).raised(AttackKind::Backscatter), nullptr);
}

TEST(Watch, AMailingOfOursExplainsSomeAnswersThatCannotBeProved) {
  const auto alarms = [](unsigned unproven_in_ten) {
    Watch watch(1);
    Told told;
    const JudgedMessage message{.kind = reading::Kind::Bounce};
    for (unsigned i = 0; i < 600; ++i) {
      Event event = make_bounce(kMonday + Seconds{i}, i);
      event.what = Seen::Judged;
      event.proof = i % 10 < unproven_in_ten ? Proof::None : Proof::Token;
      event.message = &message;
      watch.add(event);
      told.take(watch, event.at);
    }
    return told.raised(AttackKind::Backscatter) != nullptr;
  };
  EXPECT_FALSE(alarms(2));
  EXPECT_TRUE(alarms(5));
}

TEST(Watch, TheSlowRuleKnowsWhatIsNormal) {
  // Twelve an hour are normal here, and not at the other domain.
  Watch watch(1);
  Told told;
  Instant at = kMonday;
  for (unsigned hour = 0; hour < 24 * 7 * 12; ++hour) {
    for (unsigned i = 0; i < 12; ++i) {
      at += minutes{5};
      watch.add(make_bounce(at, hour + i));
    }
    told.take(watch, at);
  }
  EXPECT_EQ(told.raised(AttackKind::Backscatter), nullptr);
  EXPECT_EQ(watch.normal_per_hour("example.com", at), 12);
  const auto twenty_an_hour = [&](std::string_view domain) {
    Told more;
    Instant then = at;
    for (unsigned i = 0; i < 80; ++i) {
      Event event = make_bounce(then += minutes{3}, i);
      event.domain = domain;
      watch.add(event);
      more.take(watch, then);
    }
    return more.raised(AttackKind::Backscatter) != nullptr;
  };
  EXPECT_FALSE(twenty_an_hour("example.com"));
  EXPECT_TRUE(twenty_an_hour("other.example"));
}

TEST(Watch, WhatWasJudgedForgedIsNeverNormal) {
  Watch watch(1);
  const JudgedMessage forged{.kind = reading::Kind::Bounce, .verdict = Verdict::Forged};
  Instant at = kMonday;
  for (unsigned i = 0; i < 24 * 7 * 4 * 5; ++i) {
    Event event = make_bounce(at += minutes{12}, i);
    event.what = Seen::Judged;
    event.message = &forged;
    watch.add(event);
  }
  EXPECT_EQ(watch.normal_per_hour("example.com", at), 0);
}

TEST(Watch, FourTimesTheConnectionsAndThreeQuartersRefusedAreAnAlarm) {
  const auto flood = [](unsigned per_minute, unsigned refused_in_eight, bool null_sender) {
    Watch watch(1);
    Told told;
    Instant at = kMonday;
    // Three weeks of 5 connections a minute, then an hour of more; from few clients, each recipient
    // another.
    for (unsigned minute = 0; minute < 21 * 24 * 60 + 60; ++minute) {
      const bool is_flood = minute >= 21 * 24 * 60;
      for (unsigned i = 0; i < (is_flood ? per_minute : 5); ++i) {
        watch.add({.at = at, .what = Seen::Connection, .client = make_client(i % 3)});
        Event event = make_bounce(at, i % 3);
        event.null_sender = is_flood && null_sender;
        event.what = is_flood && i % 8 < refused_in_eight ? Seen::Refused : Seen::Taken;
        watch.add(event);
      }
      at += minutes{1};
    }
    told.take(watch, at);
    return told;
  };
  const Told null_sender = flood(24, 7, true);
  ASSERT_NE(null_sender.raised(AttackKind::Backscatter), nullptr);
  const Change& alarm = *null_sender.raised(AttackKind::Backscatter);
  EXPECT_EQ(alarm.path, Path::Connections);
  EXPECT_GE(alarm.figures.factor, 4);
  EXPECT_NE(flood(24, 7, false).raised(AttackKind::Dictionary), nullptr);
  EXPECT_TRUE(flood(24, 4, false).changes.empty());
  EXPECT_TRUE(flood(15, 7, false).changes.empty());
}

TEST(Watch, AClockThatWasSetIsFollowedAndOneOddDateIsNot) {
  Watch watch(1);
  Told told = play(watch, kMonday, 10, Seconds{1}, 10);
  watch.add(make_bounce(kMonday + Days{4000}, 1));
  told = play(watch, kMonday + Seconds{10}, 20, Seconds{1}, 10);
  ASSERT_NE(told.raised(AttackKind::Backscatter), nullptr);
  EXPECT_LE(told.raised(AttackKind::Backscatter)->at, kMonday + Seconds{30});
  // Back by a year, for good.
  Instant at = kMonday - Days{365};
  for (unsigned i = 0; i < 3000; ++i)
    told.take(watch, at += Seconds{1});
  Event later = make_bounce(at, 1);
  later.domain = "other.example";
  told = play(watch, at, 20, Seconds{1}, 10, later);
  ASSERT_NE(told.raised(AttackKind::Backscatter), nullptr);
  EXPECT_LE(told.raised(AttackKind::Backscatter)->at, at + Seconds{30});
}

TEST(Watch, MemoryIsBoundedWhateverAnAttackerDoes) {
  Watch watch(1);
  std::size_t most = 0;
  for (unsigned i = 0; i < 1'200'000; ++i) {
    const std::string local = fmt::format("n{}", i);
    const std::string subject = fmt::format("subject {}", std::string(i % 97, 'x') + local);
    const JudgedMessage message{.kind = reading::Kind::Bounce,
                                .verdict = Verdict::Forged,
                                .subject = subject,
                                .message_id = subject,
                                .source = subject};
    Event event = make_bounce(kMonday + Seconds{i / 400}, i % 100'000);
    event.local = local;
    if (i % 4 == 0) {
      event.what = Seen::Judged;
      event.message = &message;
    }
    watch.add(event);
    if (i % 100'000 == 0) most = std::max(most, watch.memory_bytes());
  }
  EXPECT_LT(std::max(most, watch.memory_bytes()), std::size_t{64} * 1024 * 1024);
  EXPECT_NEAR(static_cast<double>(watch.attacks().front().clients), 100'000, 25'000);
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

TEST(Watch, AcknowledgementsThatComeWithARunAreNoHelpDeskFlood) {
  const auto flood = [](Authentication dkim) {
    Watch watch(1);
    Told told;
    JudgedMessage message{.kind = reading::Kind::TicketAck, .sender_dkim = dkim};
    for (unsigned i = 0; i < 40; ++i)
      watch.add(make_bounce(kMonday + Seconds{i}, i));
    for (unsigned i = 0; i < 40; ++i) {
      Event event = make_bounce(kMonday + Seconds{60 + 5 * i}, i % 4);
      event.what = Seen::Judged;
      event.null_sender = false;
      event.message = &message;
      event.local = "held";
      watch.add(event);
      told.take(watch, event.at);
    }
    EXPECT_NE(told.raised(AttackKind::Backscatter), nullptr);
    return told.raised(AttackKind::HelpDesk) != nullptr;
  };
  EXPECT_FALSE(flood(Authentication::Unknown));
  // What is signed by its sender answers no forged mail.
  EXPECT_TRUE(flood(Authentication::Pass));
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
