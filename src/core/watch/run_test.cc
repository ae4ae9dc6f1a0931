#include <gtest/gtest.h>

#include "core/watch/made_up_test.h"
#include "core/watch/watch.h"

namespace backstop::watch {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

// Everything that an answer of a run has of its own.
struct Answer {
  std::string local = "alice";
  std::string domain = "example.com";
  std::string subject = "cheap watches for all";
  std::string message_id = "a1@mx3.spam.test";
  std::string from = "sales@spam.test";
  std::string link = {};
  AddressState address = AddressState::Unknown;
  Verdict verdict = Verdict::Forged;
  unsigned site = 1;
  std::optional<Instant> original_at = {};
  JudgedMessage message = {};
  std::string_view links[1] = {};

  Event event(Instant at) {
    message.kind = reading::Kind::Bounce;
    message.verdict = verdict;
    message.subject = subject;
    message.message_id = message_id;
    message.from = from;
    message.original_at = original_at;
    links[0] = link;
    if (!link.empty()) message.link_hosts = links;
    return Event{.at = at,
                 .what = Seen::Judged,
                 .client = make_site(site),
                 .null_sender = true,
                 .local = local,
                 .domain = domain,
                 .address = address,
                 .message = &message};
  }
};

constexpr AddressState kNonexistent = AddressState::Nonexistent;

// A run that forges made-up names; the time after it.
Instant play_run(Watch& watch, Instant from, unsigned n, const Answer& like = {}) {
  Instant at = from;
  for (unsigned i = 0; i < n; ++i) {
    Answer answer = like;
    if (answer.local == "alice") {
      answer.local = fmt::format("Anna{}Smith", std::string(1, static_cast<char>('a' + i % 26)));
      answer.address = kNonexistent;
    }
    answer.site = i % 200;
    if (!answer.original_at) answer.original_at = at - Seconds{40};
    watch.add(answer.event(at));
    at += Seconds{2};
  }
  return at;
}

const RunView* find_run(const std::vector<RunView>& runs, std::uint32_t id) {
  for (const RunView& run : runs) {
    if (run.id == id) return &run;
  }
  return nullptr;
}

TEST(Run, BeginsWithTheAlarmAndIsKnownByWhatComesBack) {
  Watch watch(1);
  Told told;
  told.take(watch, play_run(watch, kMonday, 200));
  ASSERT_NE(told.find(Change::What::RunBegun), nullptr);
  const std::vector<RunView> runs = watch.runs();
  ASSERT_EQ(runs.size(), 1U);
  const RunView& run = runs.front();
  EXPECT_EQ(run.id, told.raised(AttackKind::Backscatter)->run);
  EXPECT_EQ(run.subjects, std::vector<std::string>{"cheap watches for all"});
  EXPECT_EQ(run.message_ids, std::vector<std::string>{"mx0.spam.test"});
  EXPECT_EQ(run.from_patterns, std::vector<std::string>{"x@spam.test"});
  EXPECT_GT(run.messages, 170U);
  EXPECT_EQ(run.to_unknown, run.answers);
  EXPECT_EQ(run.kinds[0], run.messages);
  EXPECT_EQ(run.size.low, run.answers * 20);
  EXPECT_EQ(run.size.high, run.answers * 400);
}

TEST(Run, TwoAtATimeAreTwo) {
  Watch watch(1);
  Instant at = play_run(watch, kMonday, 100);
  at = play_run(watch, at, 100,
                Answer{.subject = "you have won the lottery",
                       .message_id = "z@lotto.test",
                       .from = "x@lotto.test"});
  watch.poll(at);
  const std::vector<RunView> runs = watch.runs();
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].subjects, std::vector<std::string>{"you have won the lottery"});
}

TEST(Run, OneAcrossManyDomainsIsOne) {
  Watch watch(1);
  Told told;
  Instant at = play_run(watch, kMonday, 100);
  for (unsigned domain = 0; domain < 5; ++domain) {
    at = play_run(watch, at, 60, Answer{.domain = fmt::format("d{}.example", domain)});
    told.take(watch, at);
  }
  EXPECT_NE(told.find(Change::What::RunGrown), nullptr);
  unsigned open = 0;
  for (const RunView& run : watch.runs())
    open += run.has_ended ? 0 : 1;
  EXPECT_EQ(open, 1U);
  EXPECT_EQ(watch.runs().front().domains.names_seen, 6U);
  for (const AttackView& attack : watch.attacks())
    EXPECT_EQ(attack.run, watch.runs().front().id);
}

TEST(Run, WhatWasRefusedAtRcptJoinsTheRunOnceThatIsKnown) {
  Watch watch(1);
  Told told;
  Instant at = play_run(watch, kMonday, 100);
  for (unsigned i = 0; i < 60; ++i) {
    Event refused = make_bounce(at += Seconds{1}, i * 256);
    refused.domain = "other.example";
    refused.address = kNonexistent;
    watch.add(refused);
  }
  told.take(watch, play_run(watch, at, 5, Answer{.domain = "other.example"}));
  EXPECT_NE(told.find(Change::What::RunMerged), nullptr);
  const std::vector<RunView> runs = watch.runs();
  EXPECT_FALSE(runs[0].has_ended);
  EXPECT_EQ(runs[0].refused, 60U - 19U);
  EXPECT_EQ(runs[1].merged_into, runs[0].id);
}

TEST(Run, OfASlowTrickleBeginsWithoutAnAlarm) {
  Watch watch(1);
  Told told;
  Instant at = kMonday;
  for (unsigned i = 0; i < 30; ++i) {
    Answer answer{.site = i};
    watch.add(answer.event(at += hours{2}));
    told.take(watch, at);
  }
  EXPECT_NE(told.find(Change::What::RunBegun), nullptr);
  EXPECT_EQ(told.raised(AttackKind::Backscatter), nullptr);
}

RunView view_after(unsigned n, const Answer& like) {
  Watch watch(1);
  play_run(watch, kMonday, n, like);
  return watch.runs().front();
}

TEST(Run, PatternIsThatOfTheForgedAddresses) {
  EXPECT_EQ(classify_local("JohnSmith"), AddressPattern::FirstnameLastname);
  EXPECT_EQ(classify_local("anna.lee77"), AddressPattern::FirstnameLastname);
  EXPECT_EQ(classify_local("x7f3k2q"), AddressPattern::Random);
  EXPECT_EQ(classify_local("qwrtplkj"), AddressPattern::Random);
  EXPECT_EQ(classify_local("anna"), AddressPattern::NameList);
  EXPECT_EQ(classify_local(""), AddressPattern::Random);
  EXPECT_EQ(view_after(300, Answer{}).pattern, AddressPattern::NameList);  // 26 of them, in turn.
  EXPECT_EQ(view_after(45, Answer{}).pattern, AddressPattern::FirstnameLastname);
  EXPECT_EQ(view_after(60, Answer{.local = "x7f3k2q"}).pattern, AddressPattern::Random);
  EXPECT_EQ(view_after(60, Answer{.local = "info", .address = AddressState::Exists}).pattern,
            AddressPattern::Real);
}

TEST(Run, IsAJoeJobOnlyWhenItIsAimedAtUs) {
  EXPECT_EQ(view_after(5000, Answer{}).intent, Intent::Convenience);
  EXPECT_EQ(view_after(60, Answer{.link = "www.example.com"}).intent, Intent::JoeJob);
  EXPECT_EQ(view_after(60, Answer{.link = "shop.spam.test"}).intent, Intent::Convenience);
  EXPECT_EQ(view_after(60, Answer{.link = "notexample.com"}).intent, Intent::Convenience);
  EXPECT_EQ(view_after(60, Answer{.local = "info", .address = AddressState::Exists}).intent,
            Intent::JoeJob);
  EXPECT_EQ(view_after(5000, Answer{.local = "info"}).intent, Intent::Unknown);
}

TEST(Run, SeverityIsAnotherQuestionThanIntent) {
  const RunView flood = view_after(5000, Answer{.local = "info"});
  EXPECT_EQ(flood.severity, Severity::Severe);
  EXPECT_EQ(flood.intent, Intent::Unknown);
}

TEST(Run, OneSiteCannotMakeAJoeJobOfIt) {
  Watch watch(1);
  Instant at = play_run(watch, kMonday, 30, Answer{.link = "shop.spam.test"});
  for (unsigned i = 0; i < 100; ++i) {
    Answer answer{.local = "bob", .link = "example.com", .address = kNonexistent};
    watch.add(answer.event(at += Seconds{1}));
  }
  EXPECT_EQ(watch.runs().front().intent, Intent::Convenience);
}

TEST(Run, ForgedAddressesAreSplitByWhetherTheyExist) {
  Watch watch(1);
  Instant at = play_run(watch, kMonday, 100);
  at = play_run(watch, at, 50, Answer{.local = "info", .address = AddressState::Exists});
  play_run(watch, at, 25, Answer{.local = "old", .address = AddressState::Retired});
  const RunView run = watch.runs().front();
  const auto count = [&](AddressState state) {
    return run.address_states.at(static_cast<std::size_t>(state));
  };
  EXPECT_EQ(count(AddressState::Exists), 50U);
  EXPECT_EQ(count(AddressState::Retired), 25U);
  EXPECT_EQ(count(kNonexistent), run.to_unknown);
  EXPECT_GT(count(kNonexistent), 70U);
}

TEST(Run, NamesWhoKnewItWasSpamAndSentItBack) {
  Watch watch(1);
  const Instant at = play_run(watch, kMonday, 60);
  for (unsigned i = 0; i < 10; ++i) {
    Answer answer{.local = "AnnaSmith", .site = i};
    answer.message.source = "mx.careless.test";
    answer.message.source_knew = true;
    answer.message.language = "de";
    answer.message.reason = reading::FailureReason::Spam;
    const std::string_view sender_domains[] = {"example.com", "sibling.test"};
    answer.message.sender_domains = sender_domains;
    watch.add(answer.event(at + Seconds{i}));
  }
  const RunView run = watch.runs().front();
  EXPECT_EQ(run.source_knew, 10U);
  ASSERT_EQ(run.knowing_sources.names.size(), 1U);
  EXPECT_EQ(run.knowing_sources.names[0].name, "mx.careless.test");
  EXPECT_EQ(run.languages.names[0].name, "de");
  EXPECT_EQ(run.siblings.names.size(), 1U);
  EXPECT_EQ(run.siblings.names[0].name, "sibling.test");
  EXPECT_EQ(run.reasons[static_cast<std::size_t>(reading::FailureReason::Spam)], 10U);
}

TEST(Run, EndsWithTheAllClearAndItsReason) {
  Watch watch(1);
  Told told;
  const Instant stopped = play_run(watch, kMonday, 400);
  Instant at = stopped;
  // The tail: what queues held for days.
  for (unsigned i = 0; i < 39; ++i) {
    Answer answer{.local = "AnnaSmith", .site = i, .original_at = stopped - minutes{1}};
    at += hours{3};
    watch.add(answer.event(at));
    told.take(watch, at);
  }
  EXPECT_EQ(told.find(Change::What::AlarmEnded), nullptr);
  const Instant newest = watch.runs().front().clock.last_activity.value();
  EXPECT_LE(newest, stopped);
  EXPECT_GE(newest, stopped - minutes{2});
  for (const Instant end = stopped + Days{6}; at < end; at += minutes{10})
    told.take(watch, at);
  const Change* const ended = told.find(Change::What::AlarmEnded);
  ASSERT_NE(ended, nullptr);
  ASSERT_TRUE(ended->all_clear);
  EXPECT_EQ(ended->all_clear->newest_original, newest);
  EXPECT_GE(ended->at, newest + Days{5});
  EXPECT_EQ(say(*ended),
            "below twice the normal rate for 5 d, and the newest original that came back is 5 d "
            "old");
  EXPECT_NE(told.find(Change::What::RunEnded), nullptr);
  EXPECT_TRUE(watch.attacks().empty());
  EXPECT_TRUE(find_run(watch.runs(), ended->run)->has_ended);
}

TEST(Run, NoAllClearWhileYoungSpamComesBack) {
  Watch watch(1);
  Told told;
  Instant at = play_run(watch, kMonday, 400);
  for (unsigned i = 0; i < 200; ++i) {
    Answer answer{.local = "AnnaSmith", .site = i};
    at += hours{1};
    answer.original_at = at - minutes{1};
    watch.add(answer.event(at));
    told.take(watch, at);
  }
  EXPECT_EQ(told.find(Change::What::AlarmEnded), nullptr);
}

// What fits -------------------------------------------------------------------------------------

Attack state_of(Watch& watch, Answer answer) {
  const Event event = answer.event(kMonday);
  return watch.attack_list()->state_of(event);
}

TEST(Fit, InPeaceNothingDoes) {
  Watch watch(1);
  EXPECT_EQ(state_of(watch, Answer{}), Attack::Peace);
}

TEST(Fit, NeedsTwoMarksOfTheRun) {
  Watch watch(1);
  play_run(watch, kMonday, 100);
  EXPECT_EQ(state_of(watch, Answer{.local = "carol"}), Attack::Fits);
  EXPECT_EQ(state_of(watch, Answer{.local = "carol", .message_id = "", .from = ""}), Attack::Apart);
  EXPECT_EQ(state_of(watch, Answer{.local = "carol", .subject = "minutes of our meeting"}),
            Attack::Fits);
  EXPECT_EQ(state_of(watch, Answer{.local = "carol",
                                   .subject = "minutes of our meeting",
                                   .message_id = "m@mail.example.com",
                                   .from = "carol@example.com"}),
            Attack::Apart);
  EXPECT_EQ(state_of(watch, Answer{.domain = "elsewhere.example"}), Attack::Peace);
}

TEST(Fit, OneMarkAndAForgedAddressDo) {
  Watch watch(1);
  play_run(watch, kMonday, 100);
  EXPECT_EQ(state_of(watch, Answer{.local = "AnnaaSmith", .message_id = "", .from = ""}),
            Attack::Fits);
  EXPECT_EQ(state_of(watch,
                     Answer{.local = "new", .message_id = "", .from = "", .address = kNonexistent}),
            Attack::Fits);
}

TEST(Fit, AnAlarmCannotBeBought) {
  // 30 of ten hosts, dressed as a bounce of what carol might have sent.
  Watch watch(1);
  Instant at = kMonday;
  for (unsigned i = 0; i < 30; ++i) {
    Answer answer{.local = "carol", .subject = "", .message_id = "", .from = "", .site = i % 10};
    answer.verdict = Verdict::Unproven;
    watch.add(answer.event(at += Seconds{1}));
  }
  ASSERT_EQ(watch.attacks().size(), 1U);
  Answer genuine{.local = "carol",
                 .subject = "minutes of our meeting",
                 .message_id = "m@mail.example.com",
                 .from = "carol@example.com",
                 .address = AddressState::Exists,
                 .verdict = Verdict::Unproven,
                 .site = 500};
  EXPECT_EQ(state_of(watch, genuine), Attack::Apart);
  Answer fragment{.local = "carol",
                  .subject = "",
                  .message_id = "",
                  .from = "",
                  .address = AddressState::Exists,
                  .verdict = Verdict::Unproven,
                  .site = 500};
  EXPECT_EQ(state_of(watch, fragment), Attack::Apart);
}

TEST(Fit, WhatReturnsNothingDoesByItsAddressAlone) {
  Watch watch(1);
  Instant at = play_run(watch, kMonday, 100);
  Answer empty{.local = "carol", .subject = "", .message_id = "", .from = "", .site = 500};
  EXPECT_EQ(state_of(watch, empty), Attack::Apart);
  empty.address = kNonexistent;
  EXPECT_EQ(state_of(watch, empty), Attack::Fits);
  // Or when that server has answered to that address for the run before.
  for (unsigned i = 0; i < 3; ++i) {
    Answer answer{.local = "carol", .address = AddressState::Exists, .site = 600};
    watch.add(answer.event(at += Seconds{1}));
  }
  watch.poll(at + minutes{1});
  empty.address = AddressState::Exists;
  EXPECT_EQ(state_of(watch, empty), Attack::Apart);
  empty.site = 600;
  EXPECT_EQ(state_of(watch, empty), Attack::Fits);
}

TEST(Fit, AtRcptOnlyAnAddressThatDoesNotExist) {
  Watch watch(1);
  play_run(watch, kMonday, 100);
  Event event = make_bounce(kMonday, 7);
  EXPECT_EQ(watch.attack_list()->state_of(event), Attack::Apart);
  event.address = kNonexistent;
  EXPECT_EQ(watch.attack_list()->state_of(event), Attack::Fits);
}

TEST(Fit, WhatOurOwnMailHasIsNoMark) {
  Watch watch(1);
  const Instant at = play_run(watch, kMonday, 100);
  EXPECT_EQ(state_of(watch, Answer{.local = "carol", .from = ""}), Attack::Fits);
  Answer ours{.local = "carol", .message_id = "", .from = "", .verdict = Verdict::Genuine};
  watch.add(ours.event(at));
  EXPECT_EQ(state_of(watch, Answer{.local = "carol", .from = ""}), Attack::Apart);
  play_run(watch, at, 100);
  EXPECT_EQ(watch.runs().front().subjects, std::vector<std::string>{});
}

TEST(Fit, ARunDoesNotGrowUntilItTakesInEverything) {
  // Each answer of the run shares one mark with it, and has a subject of its own.
  Watch watch(1);
  Instant at = play_run(watch, kMonday, 100);
  for (unsigned i = 0; i < 400; ++i) {
    Answer answer{.local = fmt::format("n{}", i),
                  .subject = fmt::format("subject {} of many", std::string(1 + i % 80, 'x')),
                  .address = kNonexistent,
                  .site = i % 200};
    watch.add(answer.event(at += Seconds{1}));
  }
  const RunView run = watch.runs().front();
  EXPECT_GE(run.messages, 450U);
  EXPECT_LE(run.subjects.size(), 2U);
}

TEST(Fit, ARunWithoutMarksTakesInNothing) {
  Watch watch(1);
  for (unsigned i = 0; i < 100; ++i) {
    Answer answer{.local = "carol",
                  .subject = fmt::format("one {}", std::string(1 + i, 'y')),
                  .message_id = fmt::format("m@{}.test", std::string(1 + i, 'z')),
                  .from = "",
                  .site = i};
    watch.add(answer.event(kMonday + Seconds{i}));
  }
  ASSERT_EQ(watch.attacks().size(), 1U);
  EXPECT_EQ(state_of(watch, Answer{.local = "carol"}), Attack::Apart);
}

}  // namespace
}  // namespace backstop::watch
