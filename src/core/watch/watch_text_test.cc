#include <gtest/gtest.h>

#include "core/watch/made_up_test.h"
#include "core/watch/watch.h"

namespace backstop::watch {
namespace {

// In the middle of an attack of each kind.
Watch make_watch() {
  Watch watch(99);
  Instant at = kMonday;
  for (unsigned i = 0; i < 24 * 15; ++i) {
    watch.add(make_bounce(at, i));
    at += std::chrono::hours{1};
  }
  for (unsigned i = 0; i < 100; ++i) {
    at += Seconds{2};
    const JudgedMessage spam{.kind = reading::Kind::Bounce,
                             .verdict = Verdict::Forged,
                             .subject = "cheap watches, 100% for all",
                             .from = "sales@spam.test",
                             .original_at = at - Seconds{30},
                             .source = "mx.odd \x1b[1m.test",
                             .source_knew = true,
                             .language = "de"};
    Event event = make_bounce(at, 0);
    event.what = Seen::Judged;
    event.client = make_site(i);
    event.message = &spam;
    watch.add(event);
    Event callout = make_bounce(at, i);
    callout.what = Seen::Taken;
    callout.data = Data::NotReached;
    watch.add(callout);
    const JudgedMessage ticket{.kind = reading::Kind::TicketAck,
                               .sender_dkim = Authentication::Pass};
    Event acknowledgement = make_bounce(at, i % 3);
    acknowledgement.what = Seen::Judged;
    acknowledgement.null_sender = false;
    acknowledgement.local = "help me";
    acknowledgement.message = &ticket;
    watch.add(acknowledgement);
  }
  watch.poll(at);
  return watch;
}

TEST(WatchText, ComesBackAsItWas) {
  const Watch watch = make_watch();
  auto again = Watch::parse(watch.render());
  ASSERT_TRUE(again) << again.error().text();
  const auto attacks = again->attacks();
  ASSERT_EQ(attacks.size(), 3U);
  EXPECT_EQ(attacks[0].kind, AttackKind::Backscatter);
  EXPECT_EQ(attacks[0].count, watch.attacks()[0].count);
  EXPECT_EQ(attacks[0].clients, watch.attacks()[0].clients);
  EXPECT_EQ(attacks[2].mailbox, "help me");
  const RunView was = watch.runs().front();
  const RunView is = again->runs().front();
  EXPECT_EQ(is.id, was.id);
  EXPECT_EQ(is.answers, was.answers);
  EXPECT_EQ(is.subjects, was.subjects);
  EXPECT_EQ(is.kinds, was.kinds);
  EXPECT_EQ(is.clock.last_activity, was.clock.last_activity);
  EXPECT_EQ(is.knowing_sources.names[0].name, "mx.odd \x1b[1m.test");
  EXPECT_EQ(is.languages.names[0].name, "de");
  const Instant later = kMonday + Days{15};
  EXPECT_EQ(again->normal_per_hour("example.com", later),
            watch.normal_per_hour("example.com", later));
  EXPECT_EQ(watch.normal_per_hour("example.com", later), 1);
}

TEST(WatchText, WhatFitTheRunStillDoes) {
  auto again = Watch::parse(make_watch().render());
  ASSERT_TRUE(again);
  const JudgedMessage spam{.kind = reading::Kind::Bounce,
                           .subject = "cheap watches, 100% for all",
                           .from = "sales@spam.test"};
  Event event = make_bounce(kMonday, 5000);
  event.what = Seen::Judged;
  event.message = &spam;
  EXPECT_EQ(again->attack_list()->state_of(event), Attack::Fits);
  event.domain = "elsewhere.example";
  EXPECT_EQ(again->attack_list()->state_of(event), Attack::Peace);
}

TEST(WatchText, OfNothingIsNothing) {
  auto again = Watch::parse(Watch(1).render());
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->attacks().empty());
  EXPECT_TRUE(again->runs().empty());
}

TEST(WatchText, AnEventWithoutADomainLeavesItWhole) {
  Watch watch(1);
  for (unsigned i = 0; i < 50; ++i) {
    Event event = make_bounce(kMonday + Seconds{i}, i);
    event.domain = "";
    watch.add(event);
  }
  EXPECT_TRUE(Watch::parse(watch.render()));
}

TEST(WatchText, ADamagedOneIsRefusedWhole) {
  const std::string good = make_watch().render();
  // Cut anywhere.
  for (std::size_t end = 0; end + 1 < good.size(); end += 97)
    EXPECT_FALSE(Watch::parse(good.substr(0, end)));
  const auto refuse = [&](std::string_view what, std::string_view with) {
    std::string text = good;
    const std::size_t at = text.find(what);
    ASSERT_NE(at, text.npos) << what;
    text.replace(at, what.size(), with);
    EXPECT_FALSE(Watch::parse(text)) << with;
  };
  refuse("watch 1 ", "watch 2 ");
  refuse("\nalarm backscatter", "\nalarm weather");
  refuse("\nlast-run 1", "\nlast-run 0");
  refuse("\nrun 1 ", "\nrun 0 ");
  refuse("\nrun 1 ", "\nrun x ");
  refuse("\ncounts ", "\ncounts 1,");
  refuse("\nfeature 0 ", "\nfeature 9 ");
  refuse("\nend", "\nmore\nend");
  const auto error = Watch::parse("watch 1 5 7\nnonsense\nend\n");
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().where, "line 2");
}

}  // namespace
}  // namespace backstop::watch
