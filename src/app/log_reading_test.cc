#include "app/log_reading.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace backstop::app {
namespace {

using watch::AttackKind;

const Instant kStart = parse_instant("2026-11-16T08:00:00Z").value();

// Lines of one log, read as they are written.
class LogReadingTest : public testing::Test {
 protected:
  void read(Instant at, const std::string& program, const std::string& text) {
    std::string line = render_instant(at) + " mail " + program + "[7]: " + text;
    const auto parsed = parser_.parse(line);
    ASSERT_TRUE(parsed) << line;
    reading_.add(*parsed);
  }
  void exim(Instant at, const std::string& text) {
    const std::string stamp = render_instant(at);
    const std::string line = stamp.substr(0, 10) + " " + stamp.substr(11, 8) + " " + text;
    const auto parsed = parser_.parse(line);
    ASSERT_TRUE(parsed) << line;
    reading_.add(*parsed);
  }
  static std::string client(unsigned n) {
    return fmt::format("mx{}.remote.test[198.51.{}.{}]", n, n / 250, n % 250 + 1);
  }
  void refuse(Instant at, unsigned n, const std::string& sender, const std::string& local) {
    read(at, "postfix/smtpd",
         fmt::format("NOQUEUE: reject: RCPT from {}: 550 5.1.1 <{}@example.com>: Recipient address "
                     "rejected: User unknown in virtual mailbox table; from=<{}> "
                     "to=<{}@example.com> proto=ESMTP helo=<x>",
                     client(n), local, sender, local));
  }
  // One message of the null sender, taken and delivered here.
  void bounce_to(Instant at, unsigned n, const std::string& local) {
    const std::string id = fmt::format("B{:07}", n);
    read(at, "postfix/smtpd", id + ": client=" + client(n));
    read(at, "postfix/qmgr", id + ": from=<>, size=3000, nrcpt=1 (queue active)");
    read(at, "postfix/virtual",
         fmt::format("{}: to=<{}@example.com>, relay=virtual, delay=1, delays=1/0/0/0, dsn=2.0.0, "
                     "status=sent (delivered to maildir)",
                     id, local));
    read(at, "postfix/qmgr", id + ": removed");
  }
  std::size_t count(AttackKind kind) const {
    std::size_t n = 0;
    for (const LoggedAttack& attack : reading_.report().attacks)
      n += attack.kind == kind ? 1 : 0;
    return n;
  }

  config::Config config_;
  LogReading reading_{config_};
  logs::LineParser parser_{kStart + Days{300}, logs::LogZone::Utc};
};

TEST_F(LogReadingTest, twenty_five_refusals_of_the_null_sender_in_thirty_seconds_are_an_alarm) {
  for (unsigned i = 0; i < 25; ++i)
    refuse(kStart + Seconds{i}, i, "", fmt::format("x{}", i));
  ASSERT_EQ(count(AttackKind::Backscatter), 1U);
  const LoggedAttack attack = reading_.report().attacks.front();
  EXPECT_EQ(attack.domain, "example.com");
  EXPECT_EQ(attack.n, 25U);
  EXPECT_GE(attack.clients, 20U);
  EXPECT_EQ(attack.first, kStart);
  EXPECT_EQ(attack.last, kStart + Seconds{24});
}

TEST_F(LogReadingTest, ten_refusals_are_none) {
  for (unsigned i = 0; i < 10; ++i)
    refuse(kStart + Seconds{i}, i, "", "x");
  EXPECT_TRUE(reading_.report().attacks.empty());
}

TEST_F(LogReadingTest, four_hundred_a_day_are_an_alarm_within_four_hours) {
  for (unsigned i = 0; i < 67; ++i)
    refuse(kStart + Seconds{i * 216}, i, "", fmt::format("x{}", i));
  const auto changes = reading_.take_changes();
  ASSERT_FALSE(changes.empty());
  EXPECT_EQ(changes.front().kind, AttackKind::Backscatter);
  EXPECT_LT(changes.front().at, kStart + std::chrono::hours{4});
}

TEST_F(LogReadingTest, recipients_tried_with_a_sender_are_a_dictionary_attack) {
  for (unsigned i = 0; i < 200; ++i)
    refuse(kStart + Seconds{i}, i % 3, "a@stranger.test", fmt::format("name{}", i));
  EXPECT_EQ(count(AttackKind::Dictionary), 1U);
  EXPECT_EQ(count(AttackKind::Backscatter), 0U);
}

TEST_F(LogReadingTest, clients_that_leave_before_data_are_callouts) {
  for (unsigned i = 0; i < 60; ++i)
    read(kStart + Seconds{i}, "postfix/smtpd",
         "disconnect from " + client(i) + " ehlo=1 mail=1 rcpt=1 quit=1 commands=4");
  for (unsigned i = 0; i < 60; ++i)
    exim(kStart + Seconds{60 + i},
         fmt::format("H=mx{0}.remote.test [198.51.100.{0}] incomplete transaction (QUIT) from <> "
                     "for anna@example.com",
                     i + 1));
  EXPECT_GE(count(AttackKind::Callout), 1U);
  EXPECT_EQ(count(AttackKind::Backscatter), 0U);
}

TEST_F(LogReadingTest, bounces_of_a_mailing_that_left_are_no_attack) {
  for (unsigned i = 0; i < 300; ++i) {
    const std::string id = fmt::format("A{:07}", i);
    read(kStart, "postfix/submission/smtpd",
         id + ": client=web[192.0.2.10], sasl_method=PLAIN, sasl_username=news@example.com");
    read(kStart, "postfix/qmgr", id + ": from=<news@example.com>, size=9, nrcpt=1 (queue active)");
    read(kStart, "postfix/smtp",
         fmt::format("{}: to=<u{}@remote.test>, relay=mx.remote.test[198.51.100.7]:25, delay=1, "
                     "delays=1/0/0/0, dsn=2.0.0, status=sent (250 OK)",
                     id, i));
    read(kStart, "postfix/qmgr", id + ": removed");
  }
  for (unsigned i = 0; i < 200; ++i)
    bounce_to(kStart + Seconds{600 + i}, i, "news");
  EXPECT_TRUE(reading_.report().attacks.empty());
  EXPECT_EQ(reading_.report().explained, 200U);
}

TEST_F(LogReadingTest, the_same_bounces_without_a_mailing_are_an_attack) {
  for (unsigned i = 0; i < 200; ++i)
    bounce_to(kStart + Seconds{600 + i}, i, "news");
  EXPECT_EQ(count(AttackKind::Backscatter), 1U);
}

TEST_F(LogReadingTest, sendmail_names_the_sender_after_the_refusal) {
  for (unsigned i = 0; i < 30; ++i) {
    const std::string id = fmt::format("6AL60B3k{:06}", i);
    read(kStart + Seconds{i}, "sm-mta",
         fmt::format("{}: <x{}@example.com>... User unknown", id, i));
    read(kStart + Seconds{i}, "sm-mta",
         fmt::format("{}: from=<>, size=0, class=0, nrcpts=0, proto=ESMTP, daemon=MTA-v4, "
                     "relay=mx{}.remote.test [198.51.100.{}]",
                     id, i, i + 1));
  }
  EXPECT_EQ(count(AttackKind::Backscatter), 1U);
}

TEST_F(LogReadingTest, exim_refusals_are_told) {
  for (unsigned i = 0; i < 30; ++i)
    exim(
        kStart + Seconds{i},
        fmt::format("H=(mx{0}) [198.51.100.{1}] F=<> rejected RCPT <x{0}@example.com>: Unrouteable "
                    "address",
                    i, i + 1));
  EXPECT_EQ(count(AttackKind::Backscatter), 1U);
}

TEST_F(LogReadingTest, bounces_that_our_server_makes_for_strangers_are_counted) {
  bounce_to(kStart, 9, "anna");  // So that the domain is known.
  for (unsigned i = 0; i < 3; ++i) {
    const std::string id = fmt::format("C{:07}", i);
    read(kStart, "postfix/smtpd", id + ": client=" + client(i));
    read(kStart, "postfix/qmgr", id + ": from=<victim@far.test>, size=9, nrcpt=1 (queue active)");
    read(kStart, "postfix/virtual",
         id + ": to=<full@example.com>, relay=virtual, delay=1, delays=1/0/0/0, dsn=5.2.2, "
              "status=bounced (quota exceeded)");
    read(kStart, "postfix/bounce",
         id + fmt::format(": sender non-delivery notification: D{:07}", i));
  }
  const LogReport report = reading_.report();
  ASSERT_TRUE(report.emitted);
  ASSERT_EQ(report.emitted->size(), 1U);
  EXPECT_EQ(report.emitted->front().to, "victim@far.test");
  EXPECT_EQ(report.emitted->front().n, 3U);
  EXPECT_EQ(report.emitted->front().cause, "quota exceeded");
  EXPECT_EQ(report.emitted->front().message, "C0000000");
}

TEST_F(LogReadingTest, an_account_of_many_senders_is_told) {
  for (unsigned i = 0; i < 40; ++i) {
    const std::string id = fmt::format("A{:07}", i);
    read(kStart, "postfix/smtpd",
         id + ": client=x[192.0.2.10], sasl_method=PLAIN, sasl_username=anna@example.com");
    read(kStart, "postfix/qmgr",
         fmt::format("{}: from=<s{}@far.test>, size=9, nrcpt=1 (queue active)", id, i));
    read(kStart, "postfix/smtp",
         fmt::format("{}: to=<u@remote.test>, relay=m.test[198.51.100.7]:25, delay=1, "
                     "delays=1/0/0/0, dsn={}",
                     id, i % 2 == 0 ? "2.0.0, status=sent (OK)" : "5.1.1, status=bounced (no)"));
  }
  const LogReport report = reading_.report();
  ASSERT_TRUE(report.outscatter);
  ASSERT_EQ(report.outscatter->size(), 1U);
  EXPECT_EQ(report.outscatter->front().who, "anna@example.com");
  EXPECT_EQ(report.outscatter->front().distinct_senders, 40U);
  EXPECT_DOUBLE_EQ(report.outscatter->front().invalid_ratio, 0.5);
}

TEST_F(LogReadingTest, the_contract_is_kept_and_nothing_foreign_breaks_it) {
  refuse(kStart, 1, "", "a\xff\x1b[31m");
  const auto json = nlohmann::json::parse(render_logs_json(reading_.report()));
  EXPECT_EQ(json.at("v"), 1);
  EXPECT_TRUE(json.at("attacks").empty());
  EXPECT_TRUE(json.at("emitted").is_null());
  EXPECT_TRUE(json.at("outscatter").is_null());
  EXPECT_EQ(json.at("connections"), 0);
}

}  // namespace
}  // namespace backstop::app
