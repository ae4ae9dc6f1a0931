#include "core/config/config.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace backstop::config {
namespace {

constexpr std::string_view kWhole = R"(
authserv_id = "mx.example.com"
[networks]
own = ["127.0.0.0/8", "2001:db8::/32"]
[domains."Example.COM"]
mode = "enforce"
signing_since = 2026-11-01T02:00:00+02:00
coverage = "covered"
[domains."bücher.example"]
sends_mail = false
[addresses]
roles = ["DMARC@example.com"]
never_sends = ["info@example.com"]
[addresses."Bob@Example.com"]
mode = "off"
[relays]
inbound = ["198.51.100.0/24"]
reinject = "127.0.0.3"
forged = "discard"
names = ["MX2.example.com"]
strips_received = true
[peers]
"203.0.113.0/24".treat = "untagged_valid"
"Robot.test".treat = "never_judge"
[allow]
"alice@example.com" = ["Watch@robot.test", "partner.test"]
[actions."auto-reply"]
unproven = "refuse"
[actions."alice@example.com"]
forged = "quarantine"
[coverage]
dns = false
[store]
directory = "/tmp/store"
partial = true
[history]
days = 7
rows = 5000
[quarantine]
days = 12
postmaster = "Held@Example.com"
notify = false
[sample]
per_minute = 0
megabytes = 5
[limits]
unproven_per_hour = 30
[logs]
mail = "/var/log/mail.log"
[proofs]
lifetime = "14d"
[keys]
directory = "/tmp/keys"
[milter]
listen = ["unix:/run/backstop/milter.sock", "inet:[::1]:8891"]
socket_mode = "0600"
threads = 4
[log]
to = "syslog"
level = "debug"
)";

TEST(Config, CoverageIsTheOperatorsWordOnlyWhereItIsWritten) {
  const auto says = [](const std::string& text) {
    return parse_config("[domains.\"a.test\"]\n" + text, "t").value().domains.at("a.test");
  };
  EXPECT_FALSE(says("mode = \"observe\"").says_coverage());
  EXPECT_TRUE(says("coverage = \"unknown\"").says_coverage());
  EXPECT_TRUE(says("coverage = \"partly\"").says_coverage());
}

TEST(Config, ReadsEveryOption) {
  const auto config = parse_config(kWhole, "backstop.toml");
  ASSERT_TRUE(config) << config.error().text();
  EXPECT_EQ(config->authserv_id, "mx.example.com");
  EXPECT_TRUE(config->is_own(*IpAddress::parse("127.0.0.1")));
  EXPECT_FALSE(config->is_own(*IpAddress::parse("192.0.2.1")));
  const Domain* domain = config->find_domain("example.com");
  ASSERT_NE(domain, nullptr);
  EXPECT_EQ(domain->mode, policy::Mode::Enforce);
  EXPECT_EQ(domain->coverage, policy::Coverage::Covered);
  EXPECT_TRUE(domain->says_coverage());
  EXPECT_FALSE(config->coverage_asks_dns);
  EXPECT_EQ(render_instant(*domain->signing_since), "2026-11-01T00:00:00Z");
  ASSERT_NE(config->find_domain("xn--bcher-kva.example"), nullptr);
  EXPECT_EQ(config->find_domain("xn--bcher-kva.example")->mode, policy::Mode::Observe);
  EXPECT_EQ(config->find_domain("sub.example.com"), nullptr);
  EXPECT_EQ(config->lifetime, Days(14));
  EXPECT_EQ(config->keys_directory, "/tmp/keys");
  ASSERT_EQ(config->milter_listen.size(), 2U);
  EXPECT_EQ(config->milter_listen[0].text(), "unix:/run/backstop/milter.sock");
  EXPECT_EQ(config->milter_listen[1].text(), "inet:[::1]:8891");
  EXPECT_EQ(config->milter_socket_mode, 0600U);
  EXPECT_EQ(config->milter_threads, 4U);
  EXPECT_EQ(config->log_target, LogTarget::Syslog);
  EXPECT_EQ(config->log_level, LogLevel::Debug);
  EXPECT_FALSE(config->find_domain("xn--bcher-kva.example")->sends_mail);
  EXPECT_EQ(config->role_addresses, std::vector<std::string>{"dmarc@example.com"});
  EXPECT_EQ(config->never_sends, std::vector<std::string>{"info@example.com"});
  EXPECT_EQ(config->relays.inbound.size(), 1U);
  EXPECT_EQ(config->relays.reinject.size(), 1U);
  EXPECT_TRUE(config->relays.discard_forged);
  EXPECT_TRUE(config->relays.strips_received);
  EXPECT_EQ(config->relays.names, std::vector<std::string>{"mx2.example.com"});
  ASSERT_EQ(config->peers.size(), 2U);
  EXPECT_TRUE(config->peers[0].network);
  EXPECT_EQ(config->peers[1].key, "robot.test");
  EXPECT_EQ(config->peers[1].standing, policy::Standing::NeverJudge);
  EXPECT_EQ(config->allow.at("alice@example.com"),
            (std::vector<std::string>{"watch@robot.test", "partner.test"}));
  EXPECT_EQ(config->store_directory, "/tmp/store");
  EXPECT_TRUE(config->store_is_partial);
  EXPECT_EQ(config->history_days, 7U);
  EXPECT_EQ(config->history_rows, 5000U);
  EXPECT_EQ(config->quarantine_days, 12U);
  EXPECT_EQ(config->quarantine_postmaster, "held@example.com");
  EXPECT_FALSE(config->quarantine_notifies);
  EXPECT_EQ(config->samples, (Samples{.per_minute = 0, .megabytes = 5}));
  EXPECT_EQ(config->unproven_per_hour, 30U);
  EXPECT_EQ(config->mail_logs, std::vector<std::string>{"/var/log/mail.log"});
}

TEST(Config, AnAddressMayDifferFromItsDomainAndItsActionsFromThoseOfItsKind) {
  const auto config = parse_config(kWhole, "backstop.toml");
  ASSERT_TRUE(config) << config.error().text();
  const mail::Address alice{.local = "Alice", .domain = "example.com"};
  const mail::Address bob{.local = "bob", .domain = "EXAMPLE.com"};
  EXPECT_EQ(config->mode_of(alice), policy::Mode::Enforce);
  EXPECT_EQ(config->mode_of(bob), policy::Mode::Off);
  EXPECT_EQ(config->mode_of({.local = "x", .domain = "other.test"}), policy::Mode::Off);
  EXPECT_EQ(config->actions_of(alice, reading::Kind::AutoReply).forged,
            policy::Decision::Quarantine);
  EXPECT_EQ(config->actions_of(bob, reading::Kind::AutoReply).unproven, policy::Decision::Refuse);
  EXPECT_EQ(config->actions_of(bob, reading::Kind::Bounce), policy::Actions{});
  EXPECT_TRUE(config->enforces());
}

TEST(Config, ErrorsNameFileLineColumnAndWhatToDo) {
  struct Case {
    std::string_view text;
    std::string_view where;
    std::string_view detail;
  };
  const Case table[] = {
      {"[milter]\nlisten = 5\n", "f.toml:2:10", "milter.listen: want a list of texts"},
      {"[milter]\nlisten = [\"tcp:1\"]\n", "f.toml:2:10", "unix:/path"},
      {"[milter]\nlitsen = [\"unix:/x\"]\n", "f.toml:2:1", "do you mean milter.listen?"},
      {"nonsense = 1\n", "f.toml:1:1", "there is no option of this name"},
      {"[domains.\"a.test\"]\nmode = \"on\"\n", "f.toml:2:8", "\"off\" \"observe\" \"enforce\""},
      {"[domains.\"a.test\"]\nsigning_since = 2026-11-01T00:00:00\n", "f.toml:2:17",
       "with its zone"},
      {"[domains.\"a@b\"]\n", "f.toml:1:", "the name of a domain"},
      {"[domains.\"x'syscmd(`id')`y.test\"]\n", "f.toml:1:", "the name of a domain"},
      {"[domains.\"a.test\\nb.test\"]\n", "f.toml:1:", "the name of a domain"},
      {"[domains.\"a.test|b.test\"]\n", "f.toml:1:", "the name of a domain"},
      {"domains = 5\n", "f.toml:1:11", "want a table"},
      {"[networks]\nown = [\"10.0.0.1/8\"]\n", "f.toml:2:7", "bits are set beyond"},
      {"[proofs]\nlifetime = \"21\"\n", "f.toml:2:12", "21d"},
      {"[proofs]\nlifetime = \"1h\"\n", "f.toml:2:12", "from 1d to 90d"},
      {"[milter]\nthreads = 0\n", "f.toml:2:11", "1 to 64"},
      {"[milter]\nsocket_mode = \"0999\"\n", "f.toml:2:15", "octal"},
      {"[actions.\"letter\"]\nforged = \"mark\"\n", "f.toml:2:10", "a kind or an address"},
      {"[actions.\"bounce\"]\nlate = \"refuse\"\n", "f.toml:2:8", "\"quarantine\""},
      {"[actions.\"bounce\"]\nforged = \"discard\"\n", "f.toml:2:10", "\"refuse\""},
      {"[addresses]\nroles = [\"example.com\"]\n", "f.toml:2:9", "an address"},
      {"alarms.webhook = \"http://example.com/x\"\n", "f.toml:1:18", "http:// to this host alone"},
      {"alarms.webhook = \"https://user@example.com/x\"\n", "f.toml:1:18", "https://example.com"},
      {"feed.webhook = \"https://\"\n", "f.toml:1:16", "https://example.com"},
      {"feed.webhook = \"ftp://example.com/\"\n", "f.toml:1:16", "https://example.com"},
      {"alarms.command = [\"page-me\"]\n", "f.toml:1:18", "whole path"},
      {"feed.file = \"feed.jsonl\"\n", "f.toml:1:13", "whole path"},
      {"[peers.\"x.test\"]\ntreat = \"love\"\n", "f.toml:2:9", "untagged_valid"},
      {"[allow]\nalice = [\"x.test\"]\n", "f.toml:2:9", "an address"},
      {"[relays]\nforged = \"refuse\"\n", "f.toml:2:10", "discard"},
      {"[history]\nrows = 3\n", "f.toml:2:8", "a number from 1000"},
      {"[milter\n", "f.toml:1:", ""},
      {"a = \n", "f.toml:1:", ""},
  };
  for (const Case& c : table) {
    const auto config = parse_config(c.text, "f.toml");
    ASSERT_FALSE(config) << c.text;
    EXPECT_EQ(config.error().where.substr(0, c.where.size()), c.where) << c.text;
    EXPECT_NE(config.error().detail.find(c.detail), std::string::npos) << config.error().text();
  }
}

// What tags of other hosts are judged by.
TEST(Config, NoLifetimeIsLongerThanTheLongest) {
  const auto text = [](Days lifetime) {
    return "[proofs]\nlifetime = \"" + render_duration(lifetime) + "\"\n";
  };
  EXPECT_TRUE(parse_config(text(proof::kLongestLifetime), "f.toml"));
  EXPECT_FALSE(parse_config(text(proof::kLongestLifetime + Days{1}), "f.toml"));
}

TEST(Config, OverridesApplyOverWhatIsThere) {
  Config config;
  ASSERT_TRUE(apply_text(config, "[domains.\"a.test\"]", "--domain"));
  ASSERT_TRUE(apply_text(config, "domains.\"a.test\".mode = \"enforce\"", "--set"));
  EXPECT_EQ(config.find_domain("a.test")->mode, policy::Mode::Enforce);
}

TEST(Config, TheSampleFileIsTheCommittedOneAndReadsAsTheDefaults) {
  if (std::getenv("BACKSTOP_BLESS") != nullptr)
    std::ofstream("conf/backstop.toml") << render_sample();
  std::stringstream committed;
  committed << std::ifstream("conf/backstop.toml").rdbuf();
  EXPECT_EQ(committed.str(), render_sample()) << "run: ./do bless";
  EXPECT_TRUE(parse_config(render_sample(), "sample"));
}

// Each sample line with its comment sign taken off must be read, so that the table of options and
// the readers cannot part.
TEST(Config, EveryOptionOfTheTableCanBeSetAsTheSampleShowsIt) {
  std::string text;
  std::stringstream sample(render_sample());
  for (std::string line; std::getline(sample, line);) {
    const bool option = line.size() > 1 && line[0] == '#' && line[1] != ' ';
    text += option ? line.substr(1) : line;
    text += "\n";
  }
  const auto config = parse_config(text, "sample");
  ASSERT_TRUE(config) << config.error().text() << "\n" << text;
  EXPECT_EQ(config->authserv_id, "mx.example.com");
  EXPECT_NE(config->find_domain("example.com"), nullptr);
}

TEST(Config, MetricsAreShownToThisHostOnly) {
  const auto listens = [](std::string_view endpoint) {
    return parse_config("metrics.listen = \"" + std::string(endpoint) + "\"\n", "f.toml")
        .has_value();
  };
  for (const char* endpoint : {"unix:/run/m.sock", "inet:127.0.0.1:9780", "inet:127.8.9.1:9780",
                               "inet:[::1]:9780", "systemd:metrics"})
    EXPECT_TRUE(listens(endpoint)) << endpoint;
  for (const char* endpoint :
       {"inet:0.0.0.0:9780", "inet:192.0.2.1:9780", "inet:[::]:9780", "inet:[2001:db8::1]:9780"})
    EXPECT_FALSE(listens(endpoint)) << endpoint;
}

TEST(Config, TheFileOfMetricsHasANameThatItsReaderTakes) {
  const auto takes = [](std::string_view path) {
    return parse_config("metrics.file = \"" + std::string(path) + "\"\n", "f.toml").has_value();
  };
  EXPECT_TRUE(takes("/run/backstop/backstop.prom"));
  EXPECT_TRUE(takes(""));
  EXPECT_FALSE(takes("backstop.prom"));
  EXPECT_FALSE(takes("/run/backstop/metrics"));
}

TEST(Config, TheCanaryEntersFromThisHostOnly) {
  const auto takes = [](const std::string& line) {
    return parse_config(line + "\n", "f.toml").has_value();
  };
  EXPECT_EQ(parse_config("canary.listener = \"inet:127.0.0.1:2525\"\n", "f.toml")->canary.port,
            2525);
  EXPECT_FALSE(parse_config("canary.listener = \"none\"\n", "f.toml")->canary.is_on());
  for (const char* endpoint : {"inet:0.0.0.0:2525", "inet:192.0.2.1:25", "unix:/run/c.sock",
                               "inet:127.0.0.1:0", "systemd", ""})
    EXPECT_FALSE(takes("canary.listener = \"" + std::string(endpoint) + "\"")) << endpoint;
  EXPECT_EQ(parse_config("canary.interval = \"5m\"\n", "f.toml")->canary.interval, Seconds(300));
  EXPECT_FALSE(takes("canary.interval = \"59s\""));
  EXPECT_FALSE(takes("canary.interval = \"2d\""));
  EXPECT_EQ(parse_config("canary.recipient = \"Anna@Example.com\"\n", "f.toml")->canary.recipient,
            "anna@example.com");
  EXPECT_FALSE(takes("canary.recipient = \"anna\""));
  EXPECT_TRUE(takes("canary.client = \"2001:db8::7\""));
  EXPECT_FALSE(takes("canary.client = \"stranger\""));
}

TEST(Endpoint, ReadsTheFormsOfPostfixAndSendmail) {
  EXPECT_EQ(parse_endpoint("unix:/a/b")->text(), "unix:/a/b");
  EXPECT_EQ(parse_endpoint("local:/a/b")->text(), "unix:/a/b");
  EXPECT_EQ(parse_endpoint("inet:127.0.0.1:8891")->text(), "inet:127.0.0.1:8891");
  EXPECT_EQ(parse_endpoint("inet:8891@127.0.0.1")->text(), "inet:127.0.0.1:8891");
  EXPECT_EQ(parse_endpoint("inet:[::1]:8891")->text(), "inet:[::1]:8891");
  EXPECT_EQ(parse_endpoint("systemd")->text(), "systemd");
  EXPECT_EQ(parse_endpoint("systemd:milter")->text(), "systemd:milter");
  for (const char* text : {"", "unix:", "inet:", "inet:8891", "inet:localhost:8891",
                           "inet:127.0.0.1:99999", "systemd:", "/a/b", "tcp:127.0.0.1:1"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
  EXPECT_FALSE(parse_endpoint("unix:/" + std::string(107, 'x')));
}

}  // namespace
}  // namespace backstop::config
