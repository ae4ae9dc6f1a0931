#include "edge/logs/log_line.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/base/escape.h"
#include "core/base/limits.h"

namespace backstop::logs {
namespace {

const Instant kNow = parse_instant("2026-11-21T12:00:00Z").value();

std::string describe(const std::optional<LogLine>& line) {
  if (!line) return "-";
  std::string out = fmt::format("{} {} {} id={}", render_instant(line->at), line->program,
                                name_of(line->event), line->queue_id);
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) out += fmt::format(" {}={}", name, escape_log(value));
  };
  if (line->has_sender) out += fmt::format(" from={}", escape_log(line->sender));
  if (line->is_empty) out += line->has_recipients ? " left-after-rcpt" : " left";
  add("message-id", line->message_id);
  add("client", line->client);
  add("login", line->login);
  add("to", line->recipient);
  add("for", line->original_recipient);
  add("relay", line->relay);
  add("dsn", line->dsn);
  add("status", line->status);
  add("text", line->text);
  add("notice", line->notice_id);
  add("parent", line->parent);
  return out;
}

std::string read_whole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string describe_file(const std::string& path) {
  LineParser parser(kNow, LogZone::Utc);
  std::istringstream lines(read_whole(path));
  std::string out;
  for (std::string line; std::getline(lines, line);)
    out += describe(parser.parse(line)) + "\n";
  return out;
}

class FixtureTest : public testing::TestWithParam<const char*> {};

TEST_P(FixtureTest, says_of_each_line_what_the_committed_file_says) {
  const std::string stem = std::string("testdata/logs/") + GetParam();
  const std::string got = describe_file(stem + ".log");
  if (std::getenv("BACKSTOP_BLESS") != nullptr) std::ofstream(stem + ".want") << got;
  EXPECT_EQ(got, read_whole(stem + ".want"));
}

INSTANTIATE_TEST_SUITE_P(Servers, FixtureTest,
                         testing::Values("postfix", "postfix_hostile", "exim", "sendmail"));

std::optional<LogLine> parse(std::string_view line) {
  return LineParser(kNow, LogZone::Utc).parse(line);
}

TEST(LineParserTest, takes_a_quoted_address_that_looks_like_fields_for_an_address) {
  const auto line = parse(
      R"(Nov 21 06:00:02 m postfix/smtp[1]: 4fzXJ03pRXz1xT: to=<"x>, dsn=2.0.0, status=sent (y"@r.test>, )"
      "relay=none, delay=1, dsn=5.1.1, status=bounced (no)");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->status, kBounced);
  EXPECT_EQ(line->dsn, "5.1.1");
}

TEST(LineParserTest, dates_a_line_of_december_read_in_november_to_last_year) {
  EXPECT_EQ(render_instant(parse("Dec 24 23:59:59 m postfix/qmgr[9]: 4fgxQ13pRXz1xT: removed")->at),
            "2025-12-24T23:59:59Z");
}

TEST(LineParserTest, grants_other_clocks_a_day) {
  EXPECT_EQ(render_instant(parse("Nov 22 11:00:00 m postfix/qmgr[9]: 4fgxQ13pRXz1xT: removed")->at),
            "2026-11-22T11:00:00Z");
  EXPECT_EQ(render_instant(parse("Nov 22 13:00:00 m postfix/qmgr[9]: 4fgxQ13pRXz1xT: removed")->at),
            "2025-11-22T13:00:00Z");
}

TEST(LineParserTest, reads_new_year_from_both_sides) {
  const std::string_view line = "Jan  1 00:10:00 m postfix/qmgr[9]: 4fgxQ13pRXz1xT: removed";
  LineParser before(parse_instant("2026-12-31T23:55:00Z").value(), LogZone::Utc);
  EXPECT_EQ(render_instant(before.parse(line)->at), "2027-01-01T00:10:00Z");
  LineParser after(parse_instant("2027-01-01T00:15:00Z").value(), LogZone::Utc);
  EXPECT_EQ(render_instant(after.parse(line)->at), "2027-01-01T00:10:00Z");
}

TEST(LineParserTest, reads_local_time_as_the_host_has_it) {
  const char* const kept = std::getenv("TZ");
  const std::string before = kept == nullptr ? "" : kept;
  setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
  LineParser parser(kNow);
  EXPECT_EQ(render_instant(
                parser.parse("Nov 21 06:30:00 m postfix/qmgr[9]: 4fgxQ13pRXz1xT: removed")->at),
            "2026-11-21T05:30:00Z");
  EXPECT_EQ(render_instant(
                parser.parse("Jul  1 06:30:59 m postfix/qmgr[9]: 4fgxQ13pRXz1xT: removed")->at),
            "2026-07-01T04:30:59Z");
  EXPECT_EQ(render_instant(parser.parse("2026-07-01 06:30:59 1vAbCd-000123-4X Completed")->at),
            "2026-07-01T04:30:59Z");
  if (kept == nullptr) {
    unsetenv("TZ");
  } else {
    setenv("TZ", before.c_str(), 1);
  }
}

TEST(LineParserTest, passes_over_a_line_that_is_too_long) {
  std::string line = "Nov 21 06:00:02 m postfix/qmgr[9]: 4fgxQ13pRXz1xT: message-id=<";
  line += std::string(limits::kLogLineBytes, 'x') + ">";
  EXPECT_FALSE(parse(line));
}

TEST(LineParserTest, stays_total_when_a_line_is_cut_anywhere) {
  for (const char* name : {"postfix", "postfix_hostile", "exim", "sendmail"}) {
    std::istringstream lines(read_whole(std::string("testdata/logs/") + name + ".log"));
    LineParser parser(kNow, LogZone::Utc);
    for (std::string line; std::getline(lines, line);) {
      for (std::size_t size = 0; size <= line.size(); ++size)
        parser.parse(std::string_view(line).substr(0, size));
    }
  }
}

}  // namespace
}  // namespace backstop::logs
